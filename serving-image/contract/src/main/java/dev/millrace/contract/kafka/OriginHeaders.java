package dev.millrace.contract.kafka;

/** Headers of records that were made of another one: where that stood, and why it is a dead letter. All are UTF-8 texts. */
public final class OriginHeaders {
    /** CamelCase. */
    public static final String REASON = "millrace-reason";
    /** For people. */
    public static final String ERROR = "millrace-error";

    public static final String TOPIC = "millrace-topic";
    public static final String PARTITION = "millrace-partition";
    public static final String OFFSET = "millrace-offset";

    private OriginHeaders() {}
}
