package dev.millrace.aggregator.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** What Avro's own writer writes is read as it was, and nothing else does any harm. */
class AvroEventSchemaTest {
    private static final String TEXT =
            """
            {"type": "record", "name": "Purchase", "namespace": "shop", "fields": [
              {"name": "id", "type": "string"},
              {"name": "n", "type": "int"},
              {"name": "big", "type": "long"},
              {"name": "f", "type": "float"},
              {"name": "d", "type": "double"},
              {"name": "flag", "type": "boolean"},
              {"name": "coupon", "type": ["null", "string"]},
              {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["OK", "DENIED"]}},
              {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "micros", "type": {"type": "long", "logicalType": "timestamp-micros"}},
              {"name": "day", "type": {"type": "int", "logicalType": "date"}},
              {"name": "card", "type": {"type": "record", "name": "Card", "fields": [
                {"name": "network", "type": "string"}, {"name": "last4", "type": {"type": "fixed", "name": "Four", "size": 4}}]}},
              {"name": "tags", "type": {"type": "array", "items": "string"}},
              {"name": "extra", "type": {"type": "map", "values": ["null", "long"]}}]}
            """;
    private static final Schema SCHEMA = new Schema.Parser().parse(TEXT);

    private static byte[] written() throws Exception {
        GenericRecord card = new GenericData.Record(SCHEMA.getField("card").schema());
        card.put("network", "visa");
        card.put(
                "last4",
                new GenericData.Fixed(card.getSchema().getField("last4").schema(), new byte[] {1, 2, 3, 4}));
        GenericRecord r = new GenericData.Record(SCHEMA);
        r.put("id", "c-1 ü");
        r.put("n", -7);
        r.put("big", Long.MIN_VALUE);
        r.put("f", 0.5f);
        r.put("d", -12.25);
        r.put("flag", true);
        r.put("coupon", null);
        r.put("status", new GenericData.EnumSymbol(SCHEMA.getField("status").schema(), "DENIED"));
        r.put("price", ByteBuffer.wrap(new BigDecimal("-12.34").unscaledValue().toByteArray()));
        r.put("at", 1_795_600_000_123L);
        r.put("micros", -1L);
        r.put("day", 20_000);
        r.put("card", card);
        r.put("tags", List.of("a", "b"));
        r.put("extra", new java.util.TreeMap<>(Map.of("x", 5L)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[5]);
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(SCHEMA).write(r, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static EventSchema schema(String text, SchemaText.Reference... references) {
        return SchemaFormat.AVRO.compile(new SchemaText("AVRO", text, List.of(references)));
    }

    @Test
    void everyTypeIsReadAsItWasWritten() throws Exception {
        assertThat(schema(TEXT).read(written(), 5))
                .isEqualTo(Map.ofEntries(
                        Map.entry("id", "c-1 ü"),
                        Map.entry("n", -7L),
                        Map.entry("big", Long.MIN_VALUE),
                        Map.entry("f", 0.5),
                        Map.entry("d", -12.25),
                        Map.entry("flag", true),
                        Map.entry("status", "DENIED"),
                        Map.entry("price", -12.34),
                        Map.entry("at", Instant.ofEpochMilli(1_795_600_000_123L)),
                        Map.entry("micros", Instant.ofEpochSecond(-1, 999_999_000)),
                        Map.entry("day", "2024-10-04"),
                        Map.entry("card", Map.of("network", "visa", "last4", "AQIDBA==")),
                        Map.entry("tags", List.of("a", "b")),
                        Map.entry("extra", Map.of("x", 5L))));
    }

    @Test
    void aSchemaMayReferToOthers() throws Exception {
        EventSchema schema = schema(
                "{\"type\":\"record\",\"name\":\"E\",\"fields\":[{\"name\":\"c\",\"type\":\"shop.Card\"}]}",
                new SchemaText.Reference(
                        "shop.Card",
                        "{\"type\":\"record\",\"name\":\"Card\",\"namespace\":\"shop\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"}]}"));
        assertThat(schema.read(new byte[] {2}, 0)).isEqualTo(Map.of("c", Map.of("n", 1L)));
    }

    @Test
    void whatCannotBeUsedSaysWhy() {
        assertThatThrownBy(() -> schema("\"string\"").read(new byte[1], 0))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("it cannot be used: an event is a record, not a string");
        assertThatThrownBy(() -> schema("{").read(new byte[1], 0)).isInstanceOf(UndecodableException.class);
        EventSchema other = SchemaFormat.AVRO.compile(new SchemaText("PROTOBUF", "", List.of()));
        assertThatThrownBy(() -> other.read(new byte[1], 0))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("it is of type PROTOBUF, the group reads AVRO");
        assertThatThrownBy(() -> schema(TEXT).read(java.util.Arrays.copyOf(written(), 9), 5))
                .isInstanceOf(UndecodableException.class)
                .hasMessageStartingWith("field 'id': ");
        assertThatThrownBy(() -> schema(TEXT).read(java.util.Arrays.copyOf(written(), written().length + 1), 5))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("1 bytes follow the record");
    }

    @Test
    void flippedBitsAreReadOrRefusedAndDoNothingElse() throws Exception {
        EventSchema schema = schema(TEXT);
        byte[] good = written();
        int refused = 0;
        for (int bit = 5 * 8; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            refused += refuses(schema, bad);
        }
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = new byte[5 + random.nextInt(80)];
            random.nextBytes(bad);
            refused += refuses(schema, bad);
        }
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void aFewBytesCannotAskForMuch() {
        // a linked list that never ends, and a million million values of no bytes
        EventSchema deep = schema(
                "{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"L\"]}]}");
        byte[] twos = new byte[1 << 20];
        java.util.Arrays.fill(twos, (byte) 2);
        assertThatThrownBy(() -> deep.read(twos, 0)).hasMessageContaining("nested deeper than 64");
        EventSchema many = schema(
                "{\"type\":\"record\",\"name\":\"N\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"array\",\"items\":\"null\"}}]}");
        byte[] count = {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x20, 0};
        assertThatThrownBy(() -> many.read(count, 0)).hasMessageContaining("more values than its length allows");
    }

    private static int refuses(EventSchema schema, byte[] value) {
        try {
            schema.read(value, 5);
            return 0;
        } catch (UndecodableException e) {
            return 1;
        }
    }
}
