package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.testing.KubeApi;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.status.ConditionType;
import dev.millrace.operator.status.Reason;
import dev.millrace.plan.Finding;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Events on a real API server, which checks them: one per thing that happened, however often it is looked at. */
@ExtendWith(KubeApi.class)
class EventsIT {

    private static final String NAME = "events";
    private static final String STALL = "BudgetOverThreshold";
    private static final int NO_STATUS = 9;

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    private TestOperator operator;

    @BeforeEach
    void start(KubernetesClient injected) {
        client = injected;
        operator = TestOperator.start(client, true, NO_STATUS);
    }

    @AfterEach
    void stop() {
        operator.close();
        client.resources(RealtimeModel.class).inNamespace(Samples.NAMESPACE).delete();
    }

    @Test
    void whatHappensIsToldOnceAndCountedWhenItHappensAgain() {
        LiveStack stack = new LiveStack(client, NAME);
        stack.comeUp();
        Map<String, Integer> before = counts();
        assertThat(before).containsKey("Normal Available").doesNotContainKey("Warning " + STALL);
        for (int i = 0; i < 5; i++) {
            stack.touch(String.valueOf(i));
        }
        // the reconciliations of one object run one after the other: when this one is told, the five above are over
        stall(stack);
        Map<String, Integer> after = counts();
        before.forEach((event, count) -> assertThat(after).containsEntry(event, count));
        assertThat(after).containsEntry("Warning " + STALL, 1);

        stack.edit(m -> m.getSpec().getSlo().getBudget().setInference(null));
        Eventually.condition(client, NAME, ConditionType.Ready, "True", "Available");
        stall(stack);
        assertThat(counts())
                .containsEntry("Warning " + STALL, 2)
                .containsEntry("Normal Available", before.getOrDefault("Normal Available", 0) + 1);
        Set<String> reasons = new HashSet<>();
        Stream.concat(Arrays.stream(Reason.values()), Arrays.stream(Finding.Reason.values()))
                .forEach(reason -> reasons.add(reason.name()));
        assertThat(events()).allSatisfy(event -> {
            assertThat(event.getReason()).isIn(reasons);
            assertThat(event.getReportingComponent()).isEqualTo("millrace");
            assertThat(event.getMessage()).isNotBlank();
        });
    }

    private void stall(LiveStack stack) {
        stack.edit(m -> m.getSpec().getSlo().getBudget().setInference("90ms"));
        Eventually.condition(client, NAME, ConditionType.Stalled, "True", STALL);
    }

    /** By type and reason; a second Event of the same kind would be a duplicate key. */
    private Map<String, Integer> counts() {
        return events().collect(Collectors.toMap(
                e -> e.getType() + " " + e.getReason(),
                Event::getCount,
                (a, b) -> {
                    throw new AssertionError("two Events for one thing");
                },
                TreeMap::new));
    }

    private Stream<Event> events() {
        String uid = TestOperator.get(client, NAME).getMetadata().getUid();
        return client.v1().events().inNamespace(Samples.NAMESPACE).list().getItems().stream()
                .filter(e -> uid.equals(e.getInvolvedObject().getUid()));
    }
}
