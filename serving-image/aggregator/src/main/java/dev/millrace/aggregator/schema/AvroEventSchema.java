package dev.millrace.aggregator.schema;

import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/** A record of Avro's binary encoding, read by the schema that wrote it. */
final class AvroEventSchema implements EventSchema {
    private final Schema schema;

    private AvroEventSchema(Schema schema) {
        this.schema = schema;
    }

    static AvroEventSchema of(SchemaText text) throws UndecodableException {
        try {
            // names are the registry's business; defaults are not used, since there is one schema
            Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION);
            parser.setValidateDefaults(false);
            for (SchemaText.Reference reference : text.references()) {
                parser.parse(reference.text());
            }
            Schema schema = parser.parse(text.text());
            if (schema.getType() != Schema.Type.RECORD) {
                throw new UndecodableException(
                        "an event is a record, not a " + schema.getType().getName());
            }
            return new AvroEventSchema(schema);
        } catch (AvroRuntimeException e) {
            throw new UndecodableException(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Map<String, Object> read(byte[] value, int at) throws UndecodableException {
        AvroReader reader = new AvroReader(value, at);
        Map<String, Object> fields = reader.fields(schema, 0);
        if (reader.remaining() > 0) {
            throw new UndecodableException(reader.remaining() + " bytes follow the record");
        }
        return fields;
    }
}
