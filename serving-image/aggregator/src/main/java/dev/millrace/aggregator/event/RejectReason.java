package dev.millrace.aggregator.event;

/** Why an event went to the dead letter topic; the text of its {@code millrace-reason} header. */
public enum RejectReason {
    /** The record has no value, or an empty one. */
    EMPTY_VALUE("EmptyValue"),
    /** Not JSON, or not one JSON object. */
    NOT_JSON("NotJson"),
    /** Not a CloudEvent 1.0, or its data is not JSON. */
    NOT_CLOUD_EVENT("NotCloudEvent"),
    /** Not in the registries' wire format, or not what its schema says, or of a schema that cannot be used. */
    UNDECODABLE("Undecodable"),
    /** A field of the entity's keys is absent, null or of a type that cannot be an id. */
    INVALID_ENTITY_KEY("InvalidEntityKey"),
    /** The field of the event time is absent or cannot be read in its unit. */
    INVALID_EVENT_TIME("InvalidEventTime"),
    /** The field of {@code dedup} is absent or holds no id. */
    INVALID_ID("InvalidId"),
    /** The event time is later than now by more than {@code maxFuture}. */
    FUTURE_EVENT("FutureEvent"),
    /** The filter failed or did not answer with a boolean. */
    FILTER_ERROR("FilterError"),
    /** A column that is aggregated as a number holds something else. */
    INVALID_COLUMN("InvalidColumn"),
    /** The aggregation itself failed: a fault of Millrace, kept so that nothing is lost. */
    PROCESSING_ERROR("ProcessingError");

    private final String header;

    RejectReason(String header) {
        this.header = header;
    }

    /** The value of the {@code millrace-reason} header. */
    public String header() {
        return header;
    }
}
