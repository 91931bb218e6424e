package dev.millrace.contract.config;

import org.jspecify.annotations.Nullable;

/**
 * How to reach Kafka; the shape of {@code spec.kafka} with secrets as mounted directories.
 *
 * @param caDir directory with {@code ca.crt}; null = plain text or the system's authorities
 * @param clientDir directory with {@code user.crt} and {@code user.key}
 * @param mechanism SASL mechanism, null = none
 * @param credentialsDir directory with {@code username} and {@code password}
 */
public record Kafka(
        String bootstrapServers,
        @Nullable String caDir,
        @Nullable String clientDir,
        @Nullable String mechanism,
        @Nullable String credentialsDir) {}
