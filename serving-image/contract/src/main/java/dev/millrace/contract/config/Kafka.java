package dev.millrace.contract.config;

import org.jspecify.annotations.Nullable;

/**
 * How to reach Kafka; the shape of {@code spec.kafka} with secrets as mounted directories.
 *
 * @param caDir directory with {@code ca.crt}; null = plain text or the system's authorities
 * @param clientDir directory with {@code user.crt} and {@code user.key}
 * @param mechanism SASL mechanism, null = none
 * @param credentialsDir directory with {@code username} and {@code password}
 * @param schemaRegistry for events of the formats avro and protobuf; null = there is none
 */
public record Kafka(
        String bootstrapServers,
        @Nullable String caDir,
        @Nullable String clientDir,
        @Nullable String mechanism,
        @Nullable String credentialsDir,
        @Nullable SchemaRegistry schemaRegistry) {

    /** A cluster without a schema registry. */
    public Kafka(
            String bootstrapServers,
            @Nullable String caDir,
            @Nullable String clientDir,
            @Nullable String mechanism,
            @Nullable String credentialsDir) {
        this(bootstrapServers, caDir, clientDir, mechanism, credentialsDir, null);
    }

    /**
     * @param url what stands before {@code /schemas/ids}
     * @param secretDir directory with {@code username} and {@code password}, and {@code ca.crt} where the authority is not a
     *     public one; each may be missing; null = none of them
     */
    public record SchemaRegistry(String url, @Nullable String secretDir) {}
}
