package dev.millrace.plan;

import dev.millrace.contract.config.ServingConfig.Candidates;
import dev.millrace.contract.config.ServingConfig.EntityCache;
import dev.millrace.contract.config.ServingConfig.HttpCache;
import dev.millrace.contract.config.ServingConfig.Ranking;
import org.jspecify.annotations.Nullable;

/**
 * What an answer consists of, beyond one score: a ranked list, kept by entity, offered to a CDN.
 *
 * @param candidates null = no ranking model
 * @param ranking null exactly when {@code candidates} is
 * @param entityCache null = none
 * @param httpCache null = none
 */
public record AnswersPlan(
        @Nullable Candidates candidates,
        @Nullable Ranking ranking,
        @Nullable EntityCache entityCache,
        @Nullable HttpCache httpCache) {}
