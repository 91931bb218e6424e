package dev.millrace.plan;

import org.jspecify.annotations.Nullable;

/**
 * How to reach Kafka, with the names of the secrets that hold the credentials.
 *
 * @param schemaRegistry its URL; null = there is none
 */
public record KafkaPlan(
        String bootstrapServers,
        @Nullable String caSecret,
        @Nullable String clientSecret,
        @Nullable String mechanism,
        @Nullable String credentialsSecret,
        @Nullable String schemaRegistry,
        @Nullable String schemaRegistrySecret) {}
