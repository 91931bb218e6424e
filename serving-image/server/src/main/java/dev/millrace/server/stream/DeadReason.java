package dev.millrace.server.stream;

/**
 * Why a reading went to the dead letter topic; the text of its {@code millrace-reason} header. What the aggregator says too
 * has the same name there.
 */
enum DeadReason {
    /** The record has no value, or an empty one. */
    EmptyValue,
    /** Not one JSON object. */
    NotJson,
    /** A field of the entity's keys is absent or cannot be an id. */
    InvalidEntityKey,
    /** A request field is required and absent, or no number. */
    InvalidInput,
    /** {@code onMissing} is Reject, or a feature has no default; no fallback covers it. */
    FeatureMissing,
    /** {@code onStale} is Reject; no fallback covers it. */
    FeatureStale,
    /** The model answers others and not this one; no fallback covers it. */
    ModelFailed,
    /** {@code only} failed, or did not answer with a truth value. */
    OnlyError
}
