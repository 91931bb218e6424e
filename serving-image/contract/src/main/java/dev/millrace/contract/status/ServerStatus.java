package dev.millrace.contract.status;

import dev.millrace.contract.config.ServingConfig.DriftReference;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of a model server's {@code /millrace/status}.
 *
 * @param state {@code Loading}, {@code Warming}, {@code Ready}, {@code Failed}, {@code Draining}
 * @param reason CamelCase, set when not ready or degraded: {@code ModelFileMissing, DigestMismatch, ModelInvalid,
 *     SignatureMismatch, WarmingUp, WarmUpFailed, FeatureStoreUnavailable, DatabaseUnavailable, QueryInvalid,
 *     ColumnMismatch, KafkaUnavailable, TopicMissing}; of a ready
 *     server that does not follow its document: {@code ModelFileMissing, SwapFailed, RestartNeeded, DocumentInvalid}
 * @param message names the file, field or address and what to do
 * @param calibration null until the warm-up sweep has run
 * @param admission null until the warm-up has ended
 * @param variant {@code stable}, a canary's name, {@code cpu-fallback} or {@code mirror}; null = not told (an older release)
 * @param sli one for each objective; empty = not told
 * @param drift null = the spec does not watch it
 * @param stream null = no topic is scored, or not told (an older release)
 */
public record ServerStatus(
        String state,
        @Nullable String reason,
        @Nullable String message,
        String model,
        String version,
        @Nullable String digest,
        @Nullable String executionProvider,
        List<TensorSpec> inputs,
        List<TensorSpec> outputs,
        @Nullable Calibration calibration,
        List<GroupStatus> features,
        @Nullable Admission admission,
        @Nullable String variant,
        List<Sli> sli,
        @Nullable Drift drift,
        @Nullable Stream stream) {

    /** Of a server that scores no topic. */
    public ServerStatus(
            String state,
            @Nullable String reason,
            @Nullable String message,
            String model,
            String version,
            @Nullable String digest,
            @Nullable String executionProvider,
            List<TensorSpec> inputs,
            List<TensorSpec> outputs,
            @Nullable Calibration calibration,
            List<GroupStatus> features,
            @Nullable Admission admission,
            @Nullable String variant,
            List<Sli> sli,
            @Nullable Drift drift) {
        this(
                state,
                reason,
                message,
                model,
                version,
                digest,
                executionProvider,
                inputs,
                outputs,
                calibration,
                features,
                admission,
                variant,
                sli,
                drift,
                null);
    }

    /**
     * Stream inference.
     *
     * @param state {@code Running}, or {@code Waiting}: nothing is scored
     * @param reason of the waiting: {@code ModelUnavailable, KafkaUnavailable, TopicMissing}
     * @param message names the field, the topic or the address and what to do
     * @param partitions that this server scores
     */
    public record Stream(String state, @Nullable String reason, @Nullable String message, int partitions) {}

    /**
     * What the warm-up measured, for the capacity model.
     *
     * @param serviceMs mean time of one execution of one row
     * @param serviceCv coefficient of variation of it
     * @param overheadMs time of an undisturbed request outside the scheduler: decode, feature read, encode
     * @param points execution time by batch size
     */
    public record Calibration(double serviceMs, double serviceCv, double overheadMs, List<BatchPoint> points) {}

    /**
     * How much the server takes on.
     *
     * @param maxInFlight requests queued and executing; one more is shed at once
     * @param reason where the number comes from
     */
    public record Admission(int maxInFlight, String reason) {}

    /** Mean execution time of a batch of {@code rows}. */
    public record BatchPoint(int rows, double ms) {}

    /**
     * @param state {@code Fresh}, {@code Stale}, {@code Missing}
     * @param reason {@code HeartbeatMissing}, {@code LagTooHigh}, {@code BatchTooOld}, {@code FeatureStoreUnavailable};
     *     of an sql group {@code DatabaseUnavailable}, {@code QueryInvalid}, {@code ColumnMismatch}
     * @param lagMs stream: the worst partition's lag; batch: age of the last run; sql: age of the last answer of the
     *     database; null = unknown
     * @param progress batch: how far a load is that runs; null = none does
     */
    public record GroupStatus(
            String group,
            String revision,
            String state,
            @Nullable String reason,
            @Nullable Long lagMs,
            @Nullable String progress) {

        /** Of a group that nothing is loaded into. */
        public GroupStatus(String group, String revision, String state, @Nullable String reason, @Nullable Long lagMs) {
            this(group, revision, state, reason, lagMs, null);
        }
    }

    /**
     * The requests that counted for one objective, by the counter that the alerts read ({@code millrace_slo_events}).
     * Both windows begin with the process at the earliest.
     *
     * @param slo {@code latency} or {@code availability}
     * @param objective share of good ones, in per cent, as the spec wrote it
     * @param thresholdMs of the latency; null for the availability
     */
    public record Sli(
            String slo, String objective, @Nullable Double thresholdMs, Events lastFiveMinutes, Events lastHour) {}

    /** @param total good and bad ones */
    public record Events(long good, long total) {
        public long bad() {
            return total - good;
        }
    }

    /**
     * @param threshold PSI above which drift is reported
     * @param problem why nothing is counted, naming the file; null = all is well
     */
    public record Drift(double threshold, @Nullable String problem, List<FeatureDrift> features) {}

    /**
     * The values of one feature over the last 24 hours, or since the process began.
     *
     * @param counts values in each of the reference's bins; those of several servers may be added up
     * @param values the sum of {@code counts}
     * @param psi of this server alone
     * @param noise what {@code psi} would be by chance
     */
    public record FeatureDrift(
            String feature, DriftReference reference, List<Long> counts, long values, double psi, double noise) {}
}
