package dev.millrace.aggregator.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.aggregator.Purchases;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.ValueHash;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of an event's bytes, and why. */
class EventReaderTest {
    private static final long NOW = 1_795_600_000_000L;
    private static final String GOOD = Purchases.json("c-1", "m-1", 12.5, NOW - 1_000);

    private static EventReader reader(@Nullable String filter) {
        return reader(Purchases.group("7f3a", filter), Purchases.CUSTOMER);
    }

    private static EventReader reader(FeatureGroup group, Entity entity) {
        return EventReader.of(Purchases.NS, entity, group, TileLayout.of(group));
    }

    private static EventReader withTime(@Nullable String field, String unit) {
        FeatureGroup g = Purchases.group("7f3a", null);
        FeatureGroup.Stream s = Objects.requireNonNull(g.stream());
        FeatureGroup.Stream stream = new FeatureGroup.Stream(
                s.topic(), s.format(), field, unit, s.maxFutureMs(), s.allowedLatenessMs(), null, s.deadLetterTopic());
        return reader(
                new FeatureGroup(
                        g.name(),
                        g.entity(),
                        g.revision(),
                        stream,
                        null,
                        g.aggregations(),
                        g.columns(),
                        g.ttlMs(),
                        null,
                        null,
                        null,
                        g.onMissing(),
                        g.onStale()),
                Purchases.CUSTOMER);
    }

    private static @Nullable Event read(EventReader reader, @Nullable String json) throws RejectedEventException {
        return reader.read(json == null ? null : json.getBytes(UTF_8), NOW - 7, NOW);
    }

    private static RejectedEventException rejected(EventReader reader, @Nullable String json) {
        return Objects.requireNonNull(
                catchThrowableOfType(RejectedEventException.class, () -> read(reader, json)), "was not rejected");
    }

    @Test
    void aGoodEventHasKeyTimeAndColumns() throws Exception {
        Event event = Objects.requireNonNull(read(reader("status == 'OK'"), GOOD));
        assertThat(event.storeKey()).isEqualTo("mr1:{payments.fraud:customer:c-1}:purchases.7f3a");
        assertThat(event.eventTimeMs()).isEqualTo(NOW - 1_000);
        List<String> columns = TileLayout.of(Purchases.group()).columns();
        assertThat(event.columns().number(columns.indexOf("amount"))).isEqualTo(12.5);
        assertThat(event.columns().hash(columns.indexOf("merchant_id"))).isEqualTo(ValueHash.of("m-1"));
    }

    @Test
    void theFilterSeesNumbersStringsAndTheWholeEvent() throws Exception {
        assertThat(read(reader("status == 'DENIED'"), GOOD)).isNull();
        assertThat(read(reader("amount > 12 && amount < 13"), GOOD)).isNotNull();
        assertThat(read(reader("ts > 0 && amount >= 12.5"), GOOD)).isNotNull();
        assertThat(read(reader("has(event.coupon)"), GOOD)).isNull();
        assertThat(read(reader("!has(event.coupon) || coupon == 'x'"), GOOD)).isNotNull();
        assertThat(read(reader("status in ['OK', 'LATE'] && merchant_id.startsWith('m-')"), GOOD))
                .isNotNull();
        assertThat(read(reader("[1, 2].exists(x, x == 2)"), GOOD)).isNotNull();
    }

    @Test
    void fieldsWithinObjectsAndPointsInTimeAreReachedByTheirPath() throws Exception {
        java.time.Instant time = java.time.Instant.ofEpochMilli(NOW - 7);
        java.util.Map<String, Object> fields = java.util.Map.of(
                "card",
                java.util.Map.of("limit", 7L, "at", time),
                "a.b",
                3L,
                "a",
                java.util.Map.of("b", 4L),
                "ts",
                time);
        assertThat(Fields.get(fields, "card.limit")).isEqualTo(7L);
        assertThat(Fields.get(fields, "a.b"))
                .as("a field of that very name goes first")
                .isEqualTo(3L);
        assertThat(Fields.get(fields, "ts.x")).isNull();
        assertThat(Fields.get(fields, "card.none.x")).isNull();
        assertThat(EventTime.of("card.at", "ms").of(fields)).isEqualTo(NOW - 7);
        FieldColumns columns = FieldColumns.read(List.of("card.limit", "ts"), new boolean[] {true, true}, fields);
        assertThat(columns.number(0)).isEqualTo(7);
        assertThat(columns.number(1)).isEqualTo(NOW - 7);
        assertThat(EventFilter.of("card.limit > 6 && ts > timestamp('2020-01-01T00:00:00Z')")
                        .test(fields))
                .isTrue();
    }

    @Test
    void aFilterThatCannotDecideRejects() {
        assertThat(rejected(reader("coupon == 'x'"), GOOD).reason()).isEqualTo(RejectReason.FILTER_ERROR);
        assertThat(rejected(reader("status > 5"), GOOD).reason()).isEqualTo(RejectReason.FILTER_ERROR);
        RejectedEventException noBoolean = rejected(reader("amount"), GOOD);
        assertThat(noBoolean.reason()).isEqualTo(RejectReason.FILTER_ERROR);
        assertThat(noBoolean.detail()).contains("12.5", "not a boolean");
    }

    @Test
    void aWrongFilterIsToldBeforeAnyEvent() {
        assertThatThrownBy(() -> reader("status =="))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("groups[purchases].stream.filter");
        assertThatThrownBy(() -> reader("1 + 2"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("not a boolean");
        assertThatThrownBy(() -> withTime("ts", "minutes"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("groups[purchases].stream.eventTime.unit");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{not json | NOT_JSON",
                "[1,2] | NOT_JSON",
                "null | NOT_JSON",
                "{\"a\":1} {\"b\":2} | NOT_JSON",
                "{\"amount\":NaN} | NOT_JSON",
                "{\"amount\":1,\"ts\":1} | INVALID_ENTITY_KEY",
                "{\"customer_id\":\"\",\"ts\":1} | INVALID_ENTITY_KEY",
                "{\"customer_id\":null,\"ts\":1} | INVALID_ENTITY_KEY",
                "{\"customer_id\":{\"a\":1},\"ts\":1} | INVALID_ENTITY_KEY",
                "{\"customer_id\":\"c\"} | INVALID_EVENT_TIME",
                "{\"customer_id\":\"c\",\"ts\":\"soon\"} | INVALID_EVENT_TIME",
                "{\"customer_id\":\"c\",\"ts\":true} | INVALID_EVENT_TIME",
                "{\"customer_id\":\"c\",\"ts\":-5} | INVALID_EVENT_TIME",
                "{\"customer_id\":\"c\",\"ts\":1,\"amount\":\"much\"} | INVALID_COLUMN",
                "{\"customer_id\":\"c\",\"ts\":1,\"amount\":[1]} | INVALID_COLUMN",
                "{\"customer_id\":\"c\",\"ts\":1,\"merchant_id\":{\"a\":1}} | INVALID_COLUMN",
                "{\"customer_id\":\"c\",\"ts\":1,\"amount\":1e999} | INVALID_COLUMN"
            })
    void whatIsWrongIsNamed(String json, RejectReason reason) {
        assertThat(rejected(reader(null), json).reason()).isEqualTo(reason);
    }

    @Test
    void noValueIsNoEvent() {
        assertThat(rejected(reader(null), null).reason()).isEqualTo(RejectReason.EMPTY_VALUE);
        assertThat(rejected(reader(null), "").reason()).isEqualTo(RejectReason.EMPTY_VALUE);
    }

    @Test
    void absentColumnsAreNullAndNumbersMayBeStrings() throws Exception {
        List<String> columns = TileLayout.of(Purchases.group()).columns();
        Event absent = Objects.requireNonNull(read(reader(null), "{\"customer_id\":\"c\",\"ts\":1,\"amount\":null}"));
        assertThat(absent.columns().isNull(columns.indexOf("amount"))).isTrue();
        assertThat(absent.columns().isNull(columns.indexOf("merchant_id"))).isTrue();
        Event text = Objects.requireNonNull(read(reader(null), "{\"customer_id\":\"c\",\"ts\":1,\"amount\":\"5.5\"}"));
        assertThat(text.columns().number(columns.indexOf("amount"))).isEqualTo(5.5);
    }

    @Test
    void theFutureIsBounded() throws Exception {
        assertThat(read(reader(null), Purchases.json("c", "m", 1, NOW + 5_000))).isNotNull();
        RejectedEventException later = rejected(reader(null), Purchases.json("c", "m", 1, NOW + 5_001));
        assertThat(later.reason()).isEqualTo(RejectReason.FUTURE_EVENT);
        assertThat(later.detail()).contains("5001 ms", "maxFuture is 5000 ms");
    }

    @ParameterizedTest
    @CsvSource({
        "s, 1795600000, 1795600000000",
        "s, 1795600000.25, 1795600000250",
        "ms, 1795600000001, 1795600000001",
        "us, 1795600000001999, 1795600000001",
        "ns, 1795600000001999999, 1795600000001",
        "ms, '\"1795600000001\"', 1795600000001",
        "iso8601, '\"2026-11-25T09:46:40Z\"', 1795600000000",
        "iso8601, '\"2026-11-25T10:46:40.5+01:00\"', 1795600000500",
        "iso8601, '\"2026-11-25T09:46:40\"', 1795600000000"
    })
    void everyUnitOfTime(String unit, String value, long expected) throws Exception {
        Event event =
                Objects.requireNonNull(read(withTime("ts", unit), "{\"customer_id\":\"c\",\"ts\":" + value + "}"));
        assertThat(event.eventTimeMs()).isEqualTo(expected);
    }

    @Test
    void withoutAFieldTheRecordsTimeCounts() throws Exception {
        Event event = Objects.requireNonNull(read(withTime(null, "ms"), "{\"customer_id\":\"c\"}"));
        assertThat(event.eventTimeMs()).isEqualTo(NOW - 7);
    }

    @Test
    void keysAreTypedAndOrdered() throws Exception {
        Entity pair = new Entity(
                "customer",
                List.of(new Entity.EntityKey("shop", "INT64"), new Entity.EntityKey("customer_id", "STRING")));
        EventReader reader = reader(Purchases.group("7f3a", null), pair);
        Event event = Objects.requireNonNull(read(reader, "{\"customer_id\":17,\"shop\":\"007\",\"ts\":1}"));
        assertThat(event.storeKey()).isEqualTo("mr1:{payments.fraud:customer:17:7}:purchases.7f3a");
        assertThat(rejected(reader, "{\"customer_id\":17,\"shop\":1.5,\"ts\":1}")
                        .reason())
                .isEqualTo(RejectReason.INVALID_ENTITY_KEY);
    }

    private static long id(String format, String field, java.util.Map<String, Object> fields)
            throws RejectedEventException {
        return new EventId(field, format).of(fields);
    }

    @Test
    void anIdIsTheProducersWhateverItsType() throws Exception {
        assertThat(id("json", "id", java.util.Map.of("id", "a")))
                .isNotEqualTo(id("json", "id", java.util.Map.of("id", "b")));
        assertThat(id("json", "id", java.util.Map.of("id", 7L)))
                .isEqualTo(id("json", "id", java.util.Map.of("id", 7.0)))
                .isNotEqualTo(id("json", "id", java.util.Map.of("id", 8L)));
        assertThat(id("json", "a.id", java.util.Map.of("a", java.util.Map.of("id", "x"))))
                .isEqualTo(id("json", "id", java.util.Map.of("id", "x")));
        // CloudEvents are one when source and id are the same
        java.util.Map<String, Object> event = java.util.Map.of("ce_id", "1", "ce_source", "/shop/1");
        assertThat(id("cloudevents", "ce_id", event))
                .isNotEqualTo(id("cloudevents", "ce_id", java.util.Map.of("ce_id", "1", "ce_source", "/shop/2")));
        assertThatThrownBy(() -> id("json", "id", java.util.Map.of("id", List.of(1))))
                .isInstanceOf(RejectedEventException.class)
                .hasMessageContaining("dedup.field 'id' must be a string or a number");
    }
}
