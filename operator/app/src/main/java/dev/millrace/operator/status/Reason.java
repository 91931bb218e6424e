package dev.millrace.operator.status;

import org.jspecify.annotations.Nullable;

/**
 * Reasons of conditions and Events. Beside these, Stalled and SpecWarnings carry the reasons of {@code SpecCheck}'s
 * findings.
 */
public enum Reason {
    // Ready
    Available,
    Suspended,
    InvalidSpec,
    NameConflict,
    ApplyFailed,
    ReconcileError,
    Progressing,
    // the model
    Loaded,
    Loading,
    WarmingUp,
    ModelFileMissing,
    DigestMismatch,
    ModelInvalid,
    SignatureMismatch,
    ModelLoadFailed,
    Swapping,
    SwapFailed,
    RestartNeeded,
    DocumentInvalid,
    // the servers and every other workload
    MinimumReplicasAvailable,
    RollingOut,
    ReplicaFailure,
    ProgressDeadlineExceeded,
    ImagePullFailed,
    ContainerConfigError,
    ContainerCrashing,
    Unschedulable,
    // features
    StoreAvailable,
    StoreStarting,
    FeatureStoreUnavailable,
    BatchLoading,
    BatchLoadFailed,
    Fresh,
    FeaturesStale,
    FeaturesMissing,
    NotObserved,
    LagTooHigh,
    HeartbeatMissing,
    BatchTooOld,
    DatabaseUnavailable,
    QueryInvalid,
    ColumnMismatch,
    // streams
    Running,
    AggregatorStarting,
    AggregatorRecovering,
    Rehydrating,
    KafkaUnavailable,
    TopicMissing,
    PartitionCountChanged,
    SchemaUnavailable,
    StreamInferenceStarting,
    ModelUnavailable,
    // what only informs
    AsExpected,
    PartDegraded,
    ScalingActive,
    MetricsUnavailable,
    Installed,
    CrdNotInstalled,
    Feasible,
    Infeasible,
    ObjectivesMet,
    LatencyMissed,
    AvailabilityMissed,
    LatencyAndAvailabilityMissed,
    TooFewRequests,
    FeatureDrift,
    NoDrift,
    TooFewSamples,
    BaselineInvalid;

    /** A process' own word for it, where it is one of ours. */
    static Reason of(@Nullable String word, Reason otherwise) {
        if (word != null) {
            for (Reason reason : values()) {
                if (reason.name().equals(word)) {
                    return reason;
                }
            }
        }
        return otherwise;
    }

    /** True for what every start passes through: a more telling reason of another part goes first. */
    boolean isOnTheWay() {
        return switch (this) {
            case Loading,
                    Swapping,
                    // what asks for it rolls the pods
                    RestartNeeded,
                    WarmingUp,
                    RollingOut,
                    Progressing,
                    StoreStarting,
                    AggregatorStarting,
                    AggregatorRecovering,
                    StreamInferenceStarting,
                    BatchLoading -> true;
            default -> false;
        };
    }

    /** True when waiting does not help: the file, the digest or the spec must change. */
    boolean stalls() {
        return switch (this) {
            case ModelFileMissing,
                    DigestMismatch,
                    ModelInvalid,
                    SignatureMismatch,
                    SwapFailed,
                    NameConflict,
                    ProgressDeadlineExceeded -> true;
            default -> false;
        };
    }
}
