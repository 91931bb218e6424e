package dev.millrace.server.predict;

import java.util.Map;

/**
 * A row that no caller has sent.
 *
 * @param entity canonical ids by key name
 * @param inputs one number for each request field; NaN = absent
 */
public record Reading(Map<String, String> entity, double[] inputs) {}
