package dev.millrace.server.features;

/** What became of one feature of one request; the names are public ({@code explain}, prediction log). */
public enum FeatureStatus {
    /** Read, and complete by its group's bound; or sent by the caller. */
    Fresh,
    /** Read and served although its group is over its bound. */
    Stale,
    /** The default stands in its place. */
    Default,
    /** Absent and without a default: the model sees NaN, if it is asked at all. */
    Missing,
    /** The store failed, or did not answer within the budget; the default stands in its place. */
    Error
}
