package dev.millrace.server.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.FallbackResponse;
import dev.millrace.contract.config.ServingConfig.OutputValue;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FallbacksTest {
    private static final FallbackResponse RESPONSE = new FallbackResponse(
            "approve",
            List.of(
                    new OutputValue("label", "INT64", List.of("0")),
                    new OutputValue("probabilities", "FP32", List.of("1.0", "0.0"))));

    @Test
    void theOrderOfTheSpecDecides() {
        AtomicInteger skipped = new AtomicInteger();
        Fallbacks fallbacks = new Fallbacks(
                new Fallback(List.of("Timeout"), List.of("LastKnown", "PreviousVersion", "Default"), RESPONSE));
        assertThat(fallbacks.answer(Reason.Timeout, "c-1", null, skipped::incrementAndGet))
                .extracting(Fallbacks.Answer::step)
                .isEqualTo("Default");
        assertThat(skipped).hasValue(1);
        Score last = new Score("review", List.of());
        fallbacks.remember("c-1", last);
        assertThat(fallbacks.answer(Reason.Timeout, "c-1", null, skipped::incrementAndGet))
                .isEqualTo(new Fallbacks.Answer("LastKnown", last));
        assertThat(fallbacks.answer(Reason.Timeout, "c-2", null, skipped::incrementAndGet))
                .extracting(Fallbacks.Answer::step)
                .isEqualTo("Default");

        Fallbacks constant = new Fallbacks(new Fallback(List.of("Timeout"), List.of("Default", "LastKnown"), RESPONSE));
        constant.remember("c-1", last);
        assertThat(constant.answer(Reason.Timeout, "c-1", null, skipped::incrementAndGet))
                .extracting(Fallbacks.Answer::step)
                .isEqualTo("Default");
    }

    @Test
    void theVersionBeforeAnswersWhenNoStepBeforeItDoesAndNeverUnderOverload() {
        Fallback all = new Fallback(
                List.of("Timeout", "ModelUnavailable", "Overload", "FeatureMissing"),
                List.of("LastKnown", "PreviousVersion", "Default"),
                RESPONSE);
        Fallbacks fallbacks = new Fallbacks(all);
        assertThat(fallbacks.wantsPrevious(Reason.Timeout, "c-1")).isTrue();
        assertThat(fallbacks.wantsPrevious(Reason.ModelUnavailable, "c-1")).isTrue();
        assertThat(fallbacks.wantsPrevious(Reason.Overload, "c-1")).isFalse();
        assertThat(fallbacks.wantsPrevious(Reason.FeatureMissing, "c-1")).isFalse();
        Score old = new Score("old", List.of());
        AtomicInteger skipped = new AtomicInteger();
        assertThat(fallbacks.answer(Reason.Timeout, "c-1", old, skipped::incrementAndGet))
                .isEqualTo(new Fallbacks.Answer("PreviousVersion", old));
        assertThat(skipped).hasValue(0);
        fallbacks.remember("c-1", new Score("last", List.of()));
        assertThat(fallbacks.wantsPrevious(Reason.Timeout, "c-1"))
                .as("LastKnown answers first")
                .isFalse();
    }

    @Test
    void onlyTheReasonsOfTheSpecLeadHere() {
        Fallbacks fallbacks = new Fallbacks(new Fallback(List.of("Overload"), List.of("Default"), RESPONSE));
        assertThat(fallbacks.covers(Reason.Overload)).isTrue();
        assertThat(fallbacks.answer(Reason.FeatureMissing, "c", null, () -> {})).isNull();
        assertThat(new Fallbacks(null).answer(Reason.Overload, "c", null, () -> {}))
                .isNull();
        Fallbacks empty = new Fallbacks(new Fallback(List.of("Overload"), List.of("LastKnown"), null));
        assertThat(empty.answer(Reason.Overload, "c", null, () -> {})).isNull();
    }

    @Test
    void theConstantAnswerHasItsDatatypes() {
        Fallbacks fallbacks = new Fallbacks(new Fallback(List.of("Overload"), List.of("Default"), RESPONSE));
        Fallbacks.Answer answer = fallbacks.answer(Reason.Overload, "c", null, () -> {});
        java.util.Objects.requireNonNull(answer);
        assertThat(answer.score().label()).isEqualTo("approve");
        assertThat(answer.score().outputs().get(1).number(0)).isEqualTo(1.0);
        assertThatThrownBy(() -> new Fallbacks(new Fallback(
                        List.of(),
                        List.of(),
                        new FallbackResponse(null, List.of(new OutputValue("p", "FP32", List.of("much")))))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("fallback.response.outputs[p].data");
    }

    @Test
    void lateReasonsAreTheTwoThatCostTheLatencySlo() {
        assertThat(List.of(Reason.values()).stream().filter(Reason::isLate))
                .containsExactly(Reason.Timeout, Reason.Overload);
    }
}
