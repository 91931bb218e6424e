package dev.millrace.plan;

/**
 * What {@code SpecCheck} has to say about one field.
 *
 * @param severity an error stops the new spec (the running stack stays); a warning only informs
 * @param field path from the object's root, {@code spec.features.vector[2]}
 * @param reason for programs: condition reasons and events
 * @param message what is wrong and what to do, in one sentence or two
 */
public record Finding(Severity severity, String field, Reason reason, String message) {
    /** Stops or informs. */
    public enum Severity {
        error,
        warning
    }

    /** Every kind of finding; the name is the CamelCase reason of conditions and events. */
    public enum Reason {
        UnknownField,
        InvalidValue,
        InvalidDuration,
        InvalidQuantity,
        Required,
        NameInvalid,
        DuplicateName,
        NotSupported,
        NotEnforced,
        BudgetOverThreshold,
        TtlTooShort,
        VectorEntryUnknown,
        VectorEntryNotNumeric,
        RequestFieldUnused,
        GroupUnused,
        VectorDoesNotFitModel,
        EntityUnknown,
        GroupWithoutSource,
        ColumnRequired,
        ColumnsRequired,
        AggregationsRequired,
        WindowOutOfBounds,
        ArgumentInvalid,
        DefaultInvalid,
        FreshnessDoesNotApply,
        RepartitionTooSlow,
        FieldDoesNotApply,
        KafkaRequired,
        SchemaRegistryRequired,
        StoreInvalid,
        DigestRequired,
        BaselineUnreachable,
        FallbackDoesNotFit,
        FallbackResponseRequired,
        FallbackUnreachable,
        ThresholdInvalid,
        ReplicasInvalid,
        SingleReplica,
        CacheOutlivesFreshness,
        ExpressionInvalid,
        ScheduleInvalid,
        ScheduleMissing,
        SqlQueryInvalid,
        RejectsFirstRequests
    }

    @Override
    public String toString() {
        return severity + " " + field + ": " + message + " [" + reason + "]";
    }
}
