package dev.millrace.aggregator.event;

import dev.millrace.aggregator.schema.EventSchema;
import dev.millrace.aggregator.schema.SchemaCache;
import dev.millrace.aggregator.schema.UndecodableException;
import java.util.Map;

/** The registries' wire format: a zero byte, the schema's id in four bytes, the payload. */
final class FramedFormat implements RecordFormat {
    private static final int HEADER = 5;

    private final SchemaCache schemas;

    FramedFormat(SchemaCache schemas) {
        this.schemas = schemas;
    }

    /** Id of the schema that the record must have; -1 for one that is not in the wire format. */
    static int schemaId(byte[] value) {
        if (value.length < HEADER || value[0] != 0) {
            return -1;
        }
        int id = (value[1] & 0xff) << 24 | (value[2] & 0xff) << 16 | (value[3] & 0xff) << 8 | value[4] & 0xff;
        // registries count from 1 and up
        return id < 0 ? -1 : id;
    }

    @Override
    public Map<String, Object> fields(byte[] value, EventHeaders headers) throws RejectedEventException {
        int id = schemaId(value);
        if (id < 0) {
            throw new RejectedEventException(
                    RejectReason.UNDECODABLE, "it does not begin with a zero byte and the id of a schema");
        }
        EventSchema schema = schemas.get(id);
        if (schema == null) {
            // the consumer holds such records back, see RecordGate
            throw new IllegalStateException("schema " + id + " is not known: " + schemas.trouble(id));
        }
        try {
            return schema.read(value, HEADER);
        } catch (UndecodableException e) {
            throw new RejectedEventException(RejectReason.UNDECODABLE, "schema " + id + ": " + e.getMessage());
        }
    }
}
