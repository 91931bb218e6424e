package dev.millrace.server.predict;

import dev.millrace.server.predict.CallException.Kind;

/** Why the model did not answer; the names are those of {@code fallback.on}. */
public enum Reason {
    ModelUnavailable(Kind.UNAVAILABLE, "the model is not available"),
    Timeout(Kind.TIMEOUT, "the deadline passed before the model answered"),
    Overload(Kind.SHED, "the server is overloaded; the deadline could not have been met"),
    FeatureStoreUnavailable(Kind.UNAVAILABLE, "the feature store did not answer in time"),
    FeatureMissing(Kind.REJECTED, "a feature is missing and onMissing is Reject, or it has no default"),
    FeatureStale(Kind.REJECTED, "a feature is stale and onStale is Reject");

    private final Kind kind;
    private final String text;

    Reason(Kind kind, String text) {
        this.kind = kind;
        this.text = text;
    }

    /** What the caller gets when no fallback answers. */
    public Kind kind() {
        return kind;
    }

    public String text() {
        return text;
    }

    /** For want of time: bad for the latency SLO even when the fallback answers. */
    public boolean isLate() {
        return this == Timeout || this == Overload;
    }
}
