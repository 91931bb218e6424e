package dev.millrace.aggregator.schema;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumOptions;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A {@code .proto} text as the descriptor that {@code protoc} would make of it, as far as reading needs it: registries hand
 * out the text, and protobuf's Java library reads descriptors only. Options, services and extensions are skipped; names of
 * types are left as they stand, the library resolves them.
 */
final class ProtoFile {
    private static final Map<String, Type> SCALARS = Map.ofEntries(
            Map.entry("double", Type.TYPE_DOUBLE),
            Map.entry("float", Type.TYPE_FLOAT),
            Map.entry("int32", Type.TYPE_INT32),
            Map.entry("int64", Type.TYPE_INT64),
            Map.entry("uint32", Type.TYPE_UINT32),
            Map.entry("uint64", Type.TYPE_UINT64),
            Map.entry("sint32", Type.TYPE_SINT32),
            Map.entry("sint64", Type.TYPE_SINT64),
            Map.entry("fixed32", Type.TYPE_FIXED32),
            Map.entry("fixed64", Type.TYPE_FIXED64),
            Map.entry("sfixed32", Type.TYPE_SFIXED32),
            Map.entry("sfixed64", Type.TYPE_SFIXED64),
            Map.entry("bool", Type.TYPE_BOOL),
            Map.entry("string", Type.TYPE_STRING),
            Map.entry("bytes", Type.TYPE_BYTES));

    private final ProtoTokens in;
    private boolean proto3;

    private ProtoFile(ProtoTokens in) {
        this.in = in;
    }

    /** @param name as others import it */
    static FileDescriptorProto parse(String name, String text) throws UndecodableException {
        return new ProtoFile(new ProtoTokens(text)).file(name);
    }

    private FileDescriptorProto file(String name) throws UndecodableException {
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder().setName(name);
        while (!in.atEnd()) {
            switch (in.peek()) {
                case "syntax" -> {
                    in.take();
                    in.expect("=");
                    String syntax = in.text();
                    in.expect(";");
                    proto3 = syntax.equals("proto3");
                    file.setSyntax(syntax);
                }
                case "edition" -> throw new UndecodableException("editions of Protobuf are not supported, use proto3");
                case "package" -> {
                    in.take();
                    file.setPackage(in.name());
                    in.expect(";");
                }
                case "import" -> {
                    in.take();
                    if (in.taken("public")) {
                        file.addPublicDependency(file.getDependencyCount());
                    } else {
                        in.taken("weak");
                    }
                    file.addDependency(in.text());
                    in.expect(";");
                }
                case "message" -> {
                    in.take();
                    file.addMessageType(message());
                }
                case "enum" -> {
                    in.take();
                    file.addEnumType(enumeration());
                }
                case "option" -> in.skipStatement();
                case "service", "extend" -> in.skipBlock();
                default -> in.expect(";");
            }
        }
        return file.build();
    }

    private DescriptorProto message() throws UndecodableException {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(in.name());
        // behind the written ones: a message index counts those
        List<DescriptorProto> entries = new ArrayList<>();
        List<Integer> optional = new ArrayList<>();
        in.expect("{");
        while (!in.taken("}")) {
            switch (in.peek()) {
                case "message" -> {
                    in.take();
                    message.addNestedType(message());
                }
                case "enum" -> {
                    in.take();
                    message.addEnumType(enumeration());
                }
                case "oneof" -> {
                    in.take();
                    oneof(message);
                }
                case "option", "reserved", "extensions" -> in.skipStatement();
                case "extend" -> in.skipBlock();
                case ";" -> in.take();
                default -> field(message, entries, optional);
            }
        }
        message.addAllNestedType(entries);
        for (int index : optional) {
            // how a descriptor says that absent and zero are not the same in proto3
            FieldDescriptorProto.Builder field = message.getFieldBuilder(index);
            field.setProto3Optional(true).setOneofIndex(message.getOneofDeclCount());
            message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("_" + field.getName()));
        }
        return message.build();
    }

    private void oneof(DescriptorProto.Builder message) throws UndecodableException {
        int index = message.getOneofDeclCount();
        message.addOneofDecl(OneofDescriptorProto.newBuilder().setName(in.name()));
        in.expect("{");
        while (!in.taken("}")) {
            if (in.peek().equals("option")) {
                in.skipStatement();
            } else if (!in.taken(";")) {
                message.addField(field(in.name()).setLabel(Label.LABEL_OPTIONAL).setOneofIndex(index));
            }
        }
    }

    private void field(DescriptorProto.Builder message, List<DescriptorProto> entries, List<Integer> optional)
            throws UndecodableException {
        String first = in.name();
        if (first.equals("map") && in.peek().equals("<")) {
            map(message, entries);
            return;
        }
        Label label =
                switch (first) {
                    case "repeated" -> Label.LABEL_REPEATED;
                    case "required" -> Label.LABEL_REQUIRED;
                    default -> Label.LABEL_OPTIONAL;
                };
        boolean labelled = label != Label.LABEL_OPTIONAL || first.equals("optional");
        if (proto3 && first.equals("optional")) {
            optional.add(message.getFieldCount());
        }
        message.addField(field(labelled ? in.name() : first).setLabel(label));
    }

    /** From behind the type to the semicolon. */
    private FieldDescriptorProto.Builder field(String type) throws UndecodableException {
        if (type.equals("group")) {
            throw new UndecodableException("groups of proto2 are not supported");
        }
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder();
        Type scalar = SCALARS.get(type);
        if (scalar == null) {
            field.setTypeName(type);
        } else {
            field.setType(scalar);
        }
        field.setName(in.name());
        in.expect("=");
        field.setNumber(in.number());
        options();
        return field;
    }

    private void map(DescriptorProto.Builder message, List<DescriptorProto> entries) throws UndecodableException {
        in.expect("<");
        String keyType = in.name();
        in.expect(",");
        String valueType = in.name();
        in.expect(">");
        FieldDescriptorProto.Builder field = field(keyType);
        StringBuilder entry = new StringBuilder();
        for (String part : field.getName().split("_", -1)) {
            entry.append(part.isEmpty() ? "" : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        entry.append("Entry");
        FieldDescriptorProto.Builder key = FieldDescriptorProto.newBuilder()
                .setName("key")
                .setNumber(1)
                .setLabel(Label.LABEL_OPTIONAL)
                .setType(field.getType());
        FieldDescriptorProto.Builder value =
                FieldDescriptorProto.newBuilder().setName("value").setNumber(2).setLabel(Label.LABEL_OPTIONAL);
        Type scalar = SCALARS.get(valueType);
        if (scalar == null) {
            value.setTypeName(valueType);
        } else {
            value.setType(scalar);
        }
        entries.add(DescriptorProto.newBuilder()
                .setName(entry.toString())
                .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                .addField(key)
                .addField(value)
                .build());
        message.addField(field.clearType().setTypeName(entry.toString()).setLabel(Label.LABEL_REPEATED));
    }

    private void options() throws UndecodableException {
        if (in.taken("[")) {
            in.skipTo("[", "]");
        }
        in.expect(";");
    }

    private EnumDescriptorProto enumeration() throws UndecodableException {
        EnumDescriptorProto.Builder type = EnumDescriptorProto.newBuilder().setName(in.name());
        in.expect("{");
        while (!in.taken("}")) {
            switch (in.peek()) {
                case "option" -> {
                    in.take();
                    if (in.taken("allow_alias")) {
                        in.expect("=");
                        type.setOptions(
                                EnumOptions.newBuilder().setAllowAlias(in.name().equals("true")));
                    }
                    in.skipStatement();
                }
                case "reserved" -> in.skipStatement();
                case ";" -> in.take();
                default -> {
                    String name = in.name();
                    in.expect("=");
                    type.addValueBuilder().setName(name).setNumber(in.number());
                    options();
                }
            }
        }
        return type.build();
    }
}
