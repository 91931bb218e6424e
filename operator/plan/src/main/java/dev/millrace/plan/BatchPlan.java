package dev.millrace.plan;

import org.jspecify.annotations.Nullable;

/**
 * How a batch group is loaded.
 *
 * @param source where the files are
 * @param schedule cron; null = once
 */
public record BatchPlan(Source source, @Nullable String schedule) {}
