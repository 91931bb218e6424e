package dev.millrace.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.predict.CallException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RestPredictionsTest {
    private static final List<String> TWO = List.of("customer_id", "merchant_id");

    @Test
    void oneIdStandsAsItIsAndSeveralAreJoinedByColons() {
        assertThat(RestPredictions.ids(List.of("customer_id"), "a:b%2Fc+d"))
                .isEqualTo(Map.of("customer_id", "a:b/c+d"));
        assertThat(RestPredictions.ids(TWO, "c-17:m%3A3"))
                .isEqualTo(Map.of("customer_id", "c-17", "merchant_id", "m:3"));
        assertThat(RestPredictions.ids(TWO, "a:").get("merchant_id"))
                .as("refused later, by name")
                .isEqualTo("");
    }

    @Test
    void anotherNumberOfIdsIsRefusedByTheirNames() {
        for (String entity : List.of("c-17", "a:b:c")) {
            assertThatThrownBy(() -> RestPredictions.ids(TWO, entity))
                    .isInstanceOf(CallException.class)
                    .hasMessageContaining("customer_id:merchant_id")
                    .extracting(e -> ((CallException) e).kind())
                    .isEqualTo(CallException.Kind.INVALID);
        }
        assertThatThrownBy(() -> RestPredictions.ids(List.of("customer_id"), "%zz"))
                .isInstanceOf(CallException.class)
                .hasMessageContaining("not well encoded");
        assertThatThrownBy(() -> RestPredictions.ids(List.of(), "x"))
                .extracting(e -> ((CallException) e).kind())
                .isEqualTo(CallException.Kind.NOT_FOUND);
    }
}
