package dev.millrace.aggregator.schema;

/** The formats whose schemas a registry has. */
public enum SchemaFormat {
    AVRO {
        @Override
        EventSchema read(SchemaText schema) throws UndecodableException {
            return AvroEventSchema.of(schema);
        }
    },
    PROTOBUF {
        @Override
        EventSchema read(SchemaText schema) throws UndecodableException {
            return ProtobufEventSchema.of(schema);
        }
    };

    abstract EventSchema read(SchemaText schema) throws UndecodableException;

    /** A schema that cannot be used reads nothing: its events go to the dead letter topic, with the reason. */
    EventSchema compile(SchemaText schema) {
        String why;
        if (!schema.type().equals(name())) {
            why = "it is of type " + schema.type() + ", the group reads " + name();
        } else {
            try {
                return read(schema);
            } catch (UndecodableException e) {
                why = "it cannot be used: " + e.getMessage();
            }
        }
        String message = why;
        return (value, at) -> {
            throw new UndecodableException(message);
        };
    }
}
