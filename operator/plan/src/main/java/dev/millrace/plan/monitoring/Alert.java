package dev.millrace.plan.monitoring;

/** Every alert; each has a runbook, {@code docs/runbooks/<name>.md}. */
public enum Alert {
    /** Users see slow answers now. */
    LATENCY_OUTAGE("RealtimeModelLatencyOutage"),
    /** The latency budget is spent too fast. */
    LATENCY_BUDGET_BURN("RealtimeModelLatencyBudgetBurn"),
    /** Users see failures now. */
    ERROR_OUTAGE("RealtimeModelErrorOutage"),
    /** The availability budget is spent too fast. */
    ERROR_BUDGET_BURN("RealtimeModelErrorBudgetBurn"),
    /** All the other alerts are mute. */
    METRICS_ABSENT("RealtimeModelMetricsAbsent"),
    /** A partition is further behind than the spec allows. */
    FEATURE_WATERMARK_LAG("RealtimeModelFeatureWatermarkLag"),
    /** Events take longer into the store than the spec promises. */
    FEATURE_PIPELINE_SLOW("RealtimeModelFeaturePipelineSlow"),
    /** A partition stands still. */
    FEATURE_PIPELINE_STALLED("RealtimeModelFeaturePipelineStalled"),
    /** No aggregator reports the group. */
    FEATURE_HEARTBEAT_MISSING("RealtimeModelFeatureHeartbeatMissing"),
    /** Events are malformed and go to the dead letter topic. */
    FEATURE_EVENTS_REJECTED("RealtimeModelFeatureEventsRejected"),
    /** The last complete batch is older than the spec allows. */
    FEATURE_BATCH_TOO_OLD("RealtimeModelFeatureBatchTooOld"),
    /** Readings of a topic wait for their results. */
    STREAM_INFERENCE_LAG("RealtimeModelStreamInferenceLag"),
    /** A feature is distributed otherwise than in training. */
    FEATURE_DRIFT("RealtimeModelFeatureDrift");

    private final String alertName;

    Alert(String alertName) {
        this.alertName = alertName;
    }

    /** As Prometheus and the runbook's file name have it. */
    public String alertName() {
        return alertName;
    }
}
