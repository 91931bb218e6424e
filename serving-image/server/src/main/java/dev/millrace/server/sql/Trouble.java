package dev.millrace.server.sql;

/**
 * Why a group's rows do not come.
 *
 * @param reason CamelCase, public: {@code DatabaseUnavailable}, {@code QueryInvalid} or {@code ColumnMismatch}
 * @param message names the field and the cure
 */
public record Trouble(String reason, String message) {}
