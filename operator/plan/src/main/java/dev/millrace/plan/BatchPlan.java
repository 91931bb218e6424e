package dev.millrace.plan;

import org.jspecify.annotations.Nullable;

/**
 * How a batch group is loaded.
 *
 * @param source where the files are
 * @param schedule cron; null = once
 * @param workers that divide the files among them
 * @param secret with the credentials for the source; null = it asks for none
 * @param endpoint of the object store; null = the public cloud's
 * @param region of the bucket; null = the scheme's usual one
 */
public record BatchPlan(
        Source source,
        @Nullable String schedule,
        int workers,
        @Nullable String secret,
        @Nullable String endpoint,
        @Nullable String region) {}
