package dev.millrace.aggregator.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of schemas are understood as {@code protoc} understands them, and messages read by them. */
class ProtobufEventSchemaTest {
    private static final String TEXT =
            """
            syntax = "proto3"; // a comment; with { signs
            package shop;
            import "google/protobuf/timestamp.proto";
            import "google/protobuf/wrappers.proto";
            import "common.proto";
            import "confluent/meta.proto"; /* nobody has it, and only options need it */
            option java_package = "a.b";
            message Other { int32 x = 1; }
            message Purchase {
              option (confluent.message_meta) = { doc: "x", params: [{ key: "a;b" }] };
              reserved 100 to 200, 300;
              enum Status { OK = 0; DENIED = 1 [deprecated = true]; }
              message Line { string sku = 1; double price = 2; }
              string customer_id = 1 [json_name = "customerId"];
              double amount = 2;
              Status status = 3;
              google.protobuf.Timestamp ts = 4;
              repeated Line lines = 5;
              map<string, int64> counters = 6;
              optional int32 age = 7;
              oneof how { string card = 8; .shop.common.Cash cash = 9; }
              google.protobuf.StringValue note = 10;
              repeated sint32 packed = 11 [packed = true];
              bytes raw = 12;
              fixed64 unsigned = 13;
            }
            service S { rpc Do (Other) returns (Other) { option deprecated = true; } }
            """;
    private static final SchemaText.Reference COMMON = new SchemaText.Reference(
            "common.proto", "syntax = 'proto3'; package shop.common; message Cash { float given = 1; }");

    private static EventSchema schema(String text, SchemaText.Reference... references) {
        return SchemaFormat.PROTOBUF.compile(new SchemaText("PROTOBUF", text, List.of(references)));
    }

    private interface Fields {
        void write(CodedOutputStream out) throws Exception;
    }

    private static byte[] bytes(Fields fields) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] written() throws Exception {
        return bytes(out -> {
            // the second message of the file
            out.writeSInt32NoTag(1);
            out.writeSInt32NoTag(1);
            out.writeString(1, "c-1");
            out.writeDouble(2, 12.5);
            out.writeEnum(3, 1);
            out.writeMessage(
                    4,
                    Timestamp.newBuilder()
                            .setSeconds(1_795_600_000L)
                            .setNanos(5_000_000)
                            .build());
            out.writeByteArray(5, bytes(line -> {
                line.writeString(1, "sku-1");
                line.writeDouble(2, 2.5);
            }));
            out.writeByteArray(6, bytes(entry -> {
                entry.writeString(1, "clicks");
                entry.writeInt64(2, 3);
            }));
            out.writeByteArray(9, bytes(cash -> cash.writeFloat(1, 20)));
            out.writeMessage(10, StringValue.of("hello"));
            out.writeByteArray(11, bytes(packed -> {
                packed.writeSInt32NoTag(-1);
                packed.writeSInt32NoTag(2);
            }));
            out.writeBytes(12, ByteString.copyFrom(new byte[] {1, 2}));
            out.writeFixed64(13, -1);
            out.writeInt32(999, 1); // of a newer schema
        });
    }

    @Test
    void everyFieldIsReadAsItWasWritten() throws Exception {
        Map<String, Object> fields = schema(TEXT, COMMON).read(written(), 0);
        assertThat(fields)
                .isEqualTo(Map.ofEntries(
                        Map.entry("customer_id", "c-1"),
                        Map.entry("amount", 12.5),
                        Map.entry("status", "DENIED"),
                        Map.entry("ts", Instant.ofEpochMilli(1_795_600_000_005L)),
                        Map.entry("lines", List.of(Map.of("sku", "sku-1", "price", 2.5))),
                        Map.entry("counters", Map.of("clicks", 3L)),
                        Map.entry("cash", Map.of("given", 20.0)),
                        Map.entry("note", "hello"),
                        Map.entry("packed", List.of(-1L, 2L)),
                        Map.entry("raw", "AQI="),
                        Map.entry("unsigned", 18_446_744_073_709_551_615.0)));
    }

    @Test
    void theIndexesNameTheMessage() throws Exception {
        EventSchema schema = schema(TEXT, COMMON);
        assertThat(schema.read(new byte[] {0, 8, 5}, 0)).as("0 = the first").isEqualTo(Map.of("x", 5L));
        assertThat(schema.read(new byte[] {4, 2, 0, 10, 1, 'a'}, 0))
                .as("the first within the second")
                .isEqualTo(Map.of("sku", "a", "price", 0.0));
        assertThatThrownBy(() -> schema.read(new byte[] {2, 4}, 0))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("message index 2 of 2");
    }

    @Test
    void absentIsNotZeroWhereTheSchemaTellsThemApart() throws Exception {
        EventSchema schema =
                schema("syntax='proto3'; message M { int32 a = 1; optional int32 b = 2; optional int32 c = 3; }");
        assertThat(schema.read(new byte[] {0, 24, 0}, 0)).isEqualTo(Map.of("a", 0L, "c", 0L));
        EventSchema two = schema("message M { required int32 a = 1; optional int32 b = 2 [default = 7]; }");
        assertThat(two.read(new byte[] {0, 8, 1}, 0)).isEqualTo(Map.of("a", 1L));
        assertThatThrownBy(() -> two.read(new byte[] {0}, 0)).isInstanceOf(UndecodableException.class);
    }

    @Test
    void aDecimalIsANumber() throws Exception {
        EventSchema schema = schema(
                "syntax='proto3'; import 'confluent/type/decimal.proto'; message M { confluent.type.Decimal d = 1; }");
        assertThat(schema.read(new byte[] {0, 10, 6, 10, 2, 4, (byte) 0xd2, 24, 2}, 0))
                .isEqualTo(Map.of("d", 12.34));
    }

    @Test
    void whatCannotBeUsedSaysWhy() {
        assertThatThrownBy(() -> schema("message M { Missing x = 1; }").read(new byte[1], 0))
                .isInstanceOf(UndecodableException.class)
                .hasMessageStartingWith("it cannot be used: event.proto: ")
                .hasMessageContaining("Missing");
        assertThatThrownBy(() -> schema("message M {").read(new byte[1], 0)).hasMessageContaining("ends too early");
        assertThatThrownBy(() -> schema("edition = '2023'; message M {}").read(new byte[1], 0))
                .hasMessageContaining("edition");
    }

    /** Protobuf's own files stand in its jar, as text and compiled. */
    @ParameterizedTest
    @ValueSource(
            strings = {"Any", "Api", "Type", "Struct", "Wrappers", "Timestamp", "SourceContext", "DescriptorProtos"})
    void aTextMeansWhatProtocMakesOfIt(String outer) throws Exception {
        Class<?> type =
                Class.forName("com.google.protobuf." + (outer.equals("DescriptorProtos") ? outer : outer + "Proto"));
        FileDescriptor compiled =
                (FileDescriptor) type.getMethod("getDescriptor").invoke(null);
        String text;
        try (InputStream in = type.getResourceAsStream("/" + compiled.getName())) {
            text = new String(in.readAllBytes(), UTF_8);
        }
        FileDescriptorProto parsed = ProtoFile.parse(compiled.getName(), text);
        assertThat(parsed.getPackage()).isEqualTo(compiled.getPackage());
        FileDescriptor built =
                FileDescriptor.buildFrom(parsed, compiled.getDependencies().toArray(new FileDescriptor[0]), false);
        List<String> expected = new ArrayList<>();
        List<String> found = new ArrayList<>();
        compiled.getMessageTypes().forEach(message -> describe(message, expected));
        built.getMessageTypes().forEach(message -> describe(message, found));
        assertThat(found).isNotEmpty().containsExactlyInAnyOrderElementsOf(expected);
    }

    private static void describe(Descriptor message, List<String> out) {
        for (FieldDescriptor field : message.getFields()) {
            FieldDescriptorProto proto = field.toProto();
            out.add(field.getFullName() + " " + field.getNumber() + " " + field.getType() + " " + proto.getLabel() + " "
                    + field.hasPresence() + " "
                    + switch (field.getJavaType()) {
                        case MESSAGE -> field.getMessageType().getFullName();
                        case ENUM ->
                            field.getEnumType().getFullName()
                                    + field.getEnumType()
                                            .toProto()
                                            .getValueList()
                                            .size();
                        default -> "";
                    });
        }
        message.getNestedTypes().forEach(nested -> describe(nested, out));
    }

    @Test
    void flippedBitsAreReadOrRefusedAndDoNothingElse() throws Exception {
        EventSchema schema = schema(TEXT, COMMON);
        byte[] good = written();
        int refused = 0;
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            refused += refuses(schema, bad);
        }
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = new byte[random.nextInt(80)];
            random.nextBytes(bad);
            refused += refuses(schema, bad);
        }
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void aTextThatIsCutOrFlippedIsUsedOrRefused() {
        Random random = new Random(5);
        for (int i = 0; i < 3_000; i++) {
            byte[] text = TEXT.substring(0, random.nextInt(TEXT.length())).getBytes(UTF_8);
            if (text.length > 0) {
                text[random.nextInt(text.length)] ^= (byte) (1 << random.nextInt(7));
            }
            // compile() itself must never throw
            assertThat(schema(new String(text, UTF_8), COMMON)).isNotNull();
        }
    }

    private static int refuses(EventSchema schema, byte[] value) {
        try {
            schema.read(value, 0);
            return 0;
        } catch (UndecodableException e) {
            return 1;
        }
    }
}
