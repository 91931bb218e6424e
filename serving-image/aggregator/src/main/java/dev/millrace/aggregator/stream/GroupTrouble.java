package dev.millrace.aggregator.stream;

/** Why a group does not run; the message names the object and what to do. */
final class GroupTrouble extends Exception {
    private static final long serialVersionUID = 1L;

    /** The reasons of {@code AggregatorStatus}. */
    enum Reason {
        TOPIC_MISSING("TopicMissing"),
        KAFKA_UNAVAILABLE("KafkaUnavailable"),
        FEATURE_STORE_UNAVAILABLE("FeatureStoreUnavailable"),
        REHYDRATING("Rehydrating"),
        PARTITION_COUNT_CHANGED("PartitionCountChanged"),
        SCHEMA_UNAVAILABLE("SchemaUnavailable"),
        /** The stream itself failed; it is started again. */
        STREAM_FAILED("StreamFailed");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private final Reason reason;

    GroupTrouble(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    GroupTrouble(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
