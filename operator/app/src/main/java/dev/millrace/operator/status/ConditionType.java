package dev.millrace.operator.status;

/** Types of {@code status.conditions}, in the order in which they are listed. */
public enum ConditionType {
    Ready,
    /** kstatus: abnormal-true, absent otherwise. */
    Reconciling,
    /** kstatus: only a change of the spec or of the cluster helps; absent otherwise. */
    Stalled,
    ModelReady,
    ServerReady,
    FeaturesReady,
    StreamsReady,
    FeaturesFresh,
    /** What was promised is kept, over the last hour. */
    SLOMet,
    /** Abnormal-true: features are distributed otherwise than in training. */
    DriftDetected,
    /** Abnormal-true: a part does not work as it should, though the stack may answer. */
    Degraded,
    AutoscalingReady,
    MonitoringReady,
    SLOFeasible,
    /** Abnormal-true, absent otherwise: what {@code SpecCheck} warns of. */
    SpecWarnings;

    /** True for the details whose AND is Ready; the others inform. */
    boolean countsForReady() {
        return switch (this) {
            case ModelReady, ServerReady, FeaturesReady, StreamsReady -> true;
            default -> false;
        };
    }
}
