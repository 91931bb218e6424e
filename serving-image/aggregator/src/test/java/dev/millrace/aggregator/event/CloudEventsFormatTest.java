package dev.millrace.aggregator.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.aggregator.Purchases;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.TileLayout;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both modes of the Kafka binding give the same event. */
class CloudEventsFormatTest {
    private static final long NOW = 1_795_600_000_000L;
    private static final String DATA = Purchases.json("c-1", "m-1", 12.5, NOW - 1_000);
    private static final Map<String, String> BINARY = Map.of(
            "ce_specversion",
            "1.0",
            "ce_id",
            "7",
            "ce_source",
            "/shop",
            "ce_type",
            "purchase",
            "ce_time",
            "2026-01-01T00:00:00Z",
            "content-type",
            "application/json; charset=utf-8");
    private static final Map<String, String> STRUCTURED = Map.of("content-type", "application/cloudevents+json");
    private static final String ENVELOPE =
            "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/shop\",\"type\":\"purchase\",\"data\":" + DATA + "}";

    private static EventHeaders headers(Map<String, String> headers) {
        return visitor -> headers.forEach((name, value) -> visitor.accept(name, value.getBytes(UTF_8)));
    }

    private static Map<String, Object> fields(String value, Map<String, String> headers) throws Exception {
        return new CloudEventsFormat().fields(value.getBytes(UTF_8), headers(headers));
    }

    @Test
    void binaryModeHasItsAttributesInHeaders() throws Exception {
        assertThat(fields(DATA, BINARY))
                .containsEntry("customer_id", "c-1")
                .containsEntry("amount", 12.5)
                .containsEntry("ce_type", "purchase")
                .containsEntry("ce_source", "/shop")
                .containsEntry("ce_time", "2026-01-01T00:00:00Z");
    }

    @Test
    void structuredModeHasEverythingInTheValue() throws Exception {
        assertThat(fields(ENVELOPE, STRUCTURED))
                .containsEntry("customer_id", "c-1")
                .containsEntry("ce_type", "purchase")
                .containsEntry("ce_id", "7")
                .doesNotContainKey("data");
        String base64 = Base64.getEncoder().encodeToString(DATA.getBytes(UTF_8));
        assertThat(fields(ENVELOPE.replace("\"data\":" + DATA, "\"data_base64\":\"" + base64 + "\""), STRUCTURED))
                .containsEntry("customer_id", "c-1");
    }

    @Test
    void theReaderTakesFilterAndTimeFromTheEnvelopeToo() throws Exception {
        FeatureGroup group = Purchases.of("cloudevents", Purchases.TOPIC, "7f3a");
        EventReader reader = EventReader.of(Purchases.NS, Purchases.CUSTOMER, group, TileLayout.of(group));
        Event event = Objects.requireNonNull(reader.read(DATA.getBytes(UTF_8), headers(BINARY), NOW, NOW));
        assertThat(event.storeKey()).isEqualTo("mr1:{payments.fraud:customer:c-1}:purchases.7f3a");
        assertThat(event.eventTimeMs()).isEqualTo(NOW - 1_000);
        assertThat(EventFilter.of("ce_type == 'purchase'").test(fields(DATA, BINARY)))
                .isTrue();
        assertThat(EventTime.of("ce_time", "iso8601").of(fields(DATA, BINARY))).isEqualTo(1_767_225_600_000L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ce_id | | attribute 'id' is missing",
                "ce_specversion | 0.3 | specversion must be 1.0",
                "content-type | application/avro | is not JSON",
                "content-type | application/cloudevents-batch+json | is not application/cloudevents+json",
            })
    void whatIsNoCloudEventIsRejected(String header, String value, String detail) {
        Map<String, String> headers = new java.util.HashMap<>(BINARY);
        headers.put(header, value == null ? "" : value);
        RejectedEventException e =
                Objects.requireNonNull(catchThrowableOfType(RejectedEventException.class, () -> fields(DATA, headers)));
        assertThat(e.reason()).isEqualTo(RejectReason.NOT_CLOUD_EVENT);
        assertThat(e.detail()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{\"specversion\":\"1.0\"} | NOT_CLOUD_EVENT", "[] | NOT_JSON", "nonsense | NOT_JSON"})
    void aBrokenEnvelopeIsRejected(String value, RejectReason reason) {
        assertThat(Objects.requireNonNull(
                                catchThrowableOfType(RejectedEventException.class, () -> fields(value, STRUCTURED)))
                        .reason())
                .isEqualTo(reason);
    }
}
