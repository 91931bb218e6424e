package dev.millrace.aggregator.schema;

import java.util.List;

/**
 * A schema as the registry has it.
 *
 * @param type {@code AVRO}, {@code PROTOBUF} or {@code JSON}
 * @param references what it imports, each after those that it needs itself
 */
public record SchemaText(String type, String text, List<Reference> references) {
    /** @param name as the schema writes it: a full name in Avro, a file in Protobuf */
    public record Reference(String name, String text) {}

    public SchemaText {
        references = List.copyOf(references);
    }
}
