package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.resources.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatchLoadsTest {

    private final List<HasMetadata> planned =
            StackObjects.of(StackPlan.of(Samples.fraud("fraud"), PlanInputs.of(TestOperator.IMAGES)));

    @Test
    void theFirstLoadIsThePlannedOneWhateverTheStoreIs() {
        assertThat(aim(List.of(), null)).isEqualTo(job(planned));
        Job aimed = aim(List.of(), "aaaaaaaa");
        assertThat(name(aimed)).isEqualTo(name(job(planned)));
        assertThat(aimed.getMetadata().getLabels())
                .containsEntry(Labels.STORE_LIFE, "aaaaaaaa")
                .doesNotContainKey(Labels.REFILL);
        // made before the store's pod was seen: it fills the one that is there now
        assertThat(aim(List.of(job(planned)), "aaaaaaaa")).isEqualTo(aimed);
        assertThat(aim(List.of(aimed), "aaaaaaaa")).isEqualTo(aimed);
        assertThat(aim(List.of(aimed), null)).isEqualTo(aimed);
    }

    @Test
    void anotherStoreIsFilledByAJobOfItsOwnOnceAndAgainForTheNext() {
        Job first = aim(List.of(), "aaaaaaaa");
        Job second = aim(List.of(first), "bbbbbbbb");
        assertThat(name(second)).isNotEqualTo(name(first)).hasSameSizeAs(name(first));
        assertThat(second.getMetadata().getLabels())
                .containsEntry(Labels.STORE_LIFE, "bbbbbbbb")
                .containsKey(Labels.REFILL);
        assertThat(second.getSpec()).isEqualTo(first.getSpec());
        // the old one may be seen for a while beside the new, and a store that is away changes nothing
        assertThat(aim(List.of(first, second), "bbbbbbbb")).isEqualTo(second);
        assertThat(aim(List.of(second), "bbbbbbbb")).isEqualTo(second);
        assertThat(aim(List.of(second), null)).isEqualTo(second);
        Job third = aim(List.of(second), "cccccccc");
        assertThat(name(third)).isNotIn(name(first), name(second));
    }

    @Test
    void anotherDefinitionIsAFirstLoadAgain() {
        Job refill = aim(List.of(aim(List.of(), "aaaaaaaa")), "bbbbbbbb");
        refill.getMetadata().setName("fraud-profile-load-00000000");
        Job aimed = aim(List.of(refill), "bbbbbbbb");
        assertThat(name(aimed)).isEqualTo(name(job(planned)));
        assertThat(aimed.getMetadata().getLabels()).doesNotContainKey(Labels.REFILL);
    }

    @Test
    void nothingElseIsTouched() {
        List<HasMetadata> aimed = BatchLoads.aim(planned, List.of(), "aaaaaaaa");
        assertThat(aimed).hasSameSizeAs(planned);
        assertThat(aimed.stream().filter(o -> !(o instanceof Job)))
                .containsExactlyElementsOf(
                        planned.stream().filter(o -> !(o instanceof Job)).toList());
    }

    private Job aim(List<Job> live, @Nullable String life) {
        return job(BatchLoads.aim(planned, live, life));
    }

    private static Job job(List<HasMetadata> objects) {
        return objects.stream()
                .filter(Job.class::isInstance)
                .map(Job.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static String name(Job job) {
        return job.getMetadata().getName();
    }
}
