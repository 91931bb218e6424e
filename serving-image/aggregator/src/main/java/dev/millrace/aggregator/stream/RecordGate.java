package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.event.EventReader;
import org.jspecify.annotations.Nullable;

/** Says which records cannot be read yet; a partition stands still before its first such record. */
interface RecordGate {
    /** Id of the schema that is missing, and is asked for from now on; -1 = it can be read. Never blocks. */
    int missingSchema(byte @Nullable [] value);

    boolean isKnown(int schema);

    static RecordGate of(EventReader reader) {
        return new RecordGate() {
            @Override
            public int missingSchema(byte @Nullable [] value) {
                return reader.missingSchema(value);
            }

            @Override
            public boolean isKnown(int schema) {
                return reader.knows(schema);
            }
        };
    }
}
