package dev.millrace.server.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.server.Specs;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.predict.Reading;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records become rows of entity and request fields, or dead letters that say why. */
class ReadingDecoderTest {
    private final ReadingDecoder decoder = new ReadingDecoder(
            VectorPlan.of(Specs.features("redis://127.0.0.1:1", Specs.purchases("Default", "Serve"))));

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    @Test
    void fieldsOfTheSameNamesAreTakenAndOthersAreNoConcern() throws Exception {
        Reading reading = decoder.decode(
                bytes("{\"customer_id\": \"c-1\", \"amount\": 12.5, \"site\": {\"a\": [1]}, \"at\": null}"));
        assertThat(reading.entity()).containsExactly(java.util.Map.entry("customer_id", "c-1"));
        assertThat(reading.inputs()).containsExactly(12.5, Double.NaN);
        assertThat(decoder.decode(bytes("{\"customer_id\": 7, \"amount\": true, \"channel\": 3}"))
                        .inputs())
                .containsExactly(1, 3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "none | EmptyValue | no value",
                "'' | EmptyValue | no value",
                "reading | NotJson | not a JSON object",
                "[1] | NotJson | not a JSON object",
                "null | NotJson | null",
                "{} {} | NotJson | not a JSON object",
                "{\"amount\": 1} | InvalidEntityKey | reading.customer_id: is required",
                "{\"customer_id\": null, \"amount\": 1} | InvalidEntityKey | reading.customer_id: is required",
                "{\"customer_id\": \"\", \"amount\": 1} | InvalidEntityKey | must not be empty",
                "{\"customer_id\": [\"c\"], \"amount\": 1} | InvalidEntityKey | reading.customer_id",
                "{\"customer_id\": \"c\"} | InvalidInput | reading.amount: is required",
                "{\"customer_id\": \"c\", \"amount\": \"1\"} | InvalidInput | reading.amount: must be a number",
                "{\"customer_id\": \"c\", \"amount\": 1, \"channel\": 1.5} | InvalidInput | whole number"
            })
    void whatCannotBeARow(@Nullable String value, DeadReason reason, String detail) {
        DeadReading dead = catchThrowableOfType(DeadReading.class, () -> decoder.decode(bytes(value)));
        assertThat(dead.reason()).isEqualTo(reason);
        assertThat(dead.detail()).contains(detail);
    }
}
