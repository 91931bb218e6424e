package dev.millrace.aggregator.schema;

import com.google.protobuf.AnyProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.WrappersProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Protobuf message: the list of indexes that says which one of the schema's, and the message. */
final class ProtobufEventSchema implements EventSchema {
    private static final String MAIN = "event.proto";
    private static final int MAX_NESTING = 32;
    /** What every registry takes as given; the last has no class of its own here. */
    private static final String DECIMAL =
            "syntax = \"proto3\"; package confluent.type; message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }";

    private final FileDescriptor file;

    private ProtobufEventSchema(FileDescriptor file) {
        this.file = file;
    }

    static ProtobufEventSchema of(SchemaText schema) throws UndecodableException {
        Map<String, FileDescriptor> files = new HashMap<>();
        for (FileDescriptor known : List.of(
                AnyProto.getDescriptor(),
                DurationProto.getDescriptor(),
                EmptyProto.getDescriptor(),
                FieldMaskProto.getDescriptor(),
                StructProto.getDescriptor(),
                TimestampProto.getDescriptor(),
                WrappersProto.getDescriptor())) {
            files.put(known.getFullName(), known);
        }
        add(files, "confluent/type/decimal.proto", DECIMAL);
        for (SchemaText.Reference reference : schema.references()) {
            add(files, reference.name(), reference.text());
        }
        FileDescriptor file = add(files, MAIN, schema.text());
        if (file.getMessageTypes().isEmpty()) {
            throw new UndecodableException("it has no message");
        }
        return new ProtobufEventSchema(file);
    }

    private static FileDescriptor add(Map<String, FileDescriptor> files, String name, String text)
            throws UndecodableException {
        FileDescriptorProto parsed = ProtoFile.parse(name, text);
        FileDescriptorProto.Builder linked =
                parsed.toBuilder().clearDependency().clearPublicDependency();
        List<FileDescriptor> dependencies = new ArrayList<>();
        for (int i = 0; i < parsed.getDependencyCount(); i++) {
            // an import that nobody has may serve options alone; a type that is missing is told below
            FileDescriptor dependency = files.get(parsed.getDependency(i));
            if (dependency != null) {
                if (parsed.getPublicDependencyList().contains(i)) {
                    linked.addPublicDependency(dependencies.size());
                }
                // a reference's name is the importer's, whatever the file calls itself
                linked.addDependency(dependency.getName());
                dependencies.add(dependency);
            }
        }
        try {
            FileDescriptor file =
                    FileDescriptor.buildFrom(linked.build(), dependencies.toArray(new FileDescriptor[0]), false);
            files.put(name, file);
            return file;
        } catch (DescriptorValidationException | RuntimeException e) {
            throw new UndecodableException(name + ": " + e.getMessage());
        }
    }

    @Override
    public Map<String, Object> read(byte[] value, int at) throws UndecodableException {
        try {
            CodedInputStream in = CodedInputStream.newInstance(value, at, value.length - at);
            Descriptor type = type(in);
            DynamicMessage message = DynamicMessage.parseFrom(type, in);
            in.checkLastTagWas(0);
            return ProtobufValues.fields(message);
        } catch (IOException e) {
            throw new UndecodableException(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // a well-known type whose content is not what its type says, such as a time beyond the calendar
            throw new UndecodableException(e.toString());
        }
    }

    /** A count and so many indexes, from the file down; a count of 0 stands for the first message. */
    private Descriptor type(CodedInputStream in) throws IOException, UndecodableException {
        int count = in.readSInt32();
        if (count < 0 || count > MAX_NESTING) {
            throw new UndecodableException("a list of " + count + " message indexes");
        }
        List<Descriptor> choices = file.getMessageTypes();
        Descriptor type = choices.get(0);
        for (int i = 0; i < count; i++) {
            int index = in.readSInt32();
            if (index < 0 || index >= choices.size()) {
                throw new UndecodableException("message index " + index + " of " + choices.size());
            }
            type = choices.get(index);
            choices = type.getNestedTypes();
        }
        return type;
    }
}
