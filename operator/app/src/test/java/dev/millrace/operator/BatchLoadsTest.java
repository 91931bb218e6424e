package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.resources.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
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
        List<HasMetadata> aimed = BatchLoads.aim(planned, List.of(), "aaaaaaaa", null);
        assertThat(aimed).hasSameSizeAs(planned);
        assertThat(aimed.stream().filter(o -> !(o instanceof Job)))
                .containsExactlyElementsOf(
                        planned.stream().filter(o -> !(o instanceof Job)).toList());
    }

    @Test
    void aRequestIsAnsweredOnceByAJobOfItsOwn() {
        Job first = aim(List.of(), "aaaaaaaa");
        Job asked = aim(List.of(complete(first)), "aaaaaaaa", "now");
        assertThat(name(asked)).isNotEqualTo(name(first)).hasSameSizeAs(name(first));
        assertThat(asked.getMetadata().getLabels())
                .containsEntry(Labels.STORE_LIFE, "aaaaaaaa")
                .containsKeys(Labels.RELOAD, Labels.REQUEST)
                .doesNotContainKey(Labels.REFILL);
        assertThat(asked.getSpec()).isEqualTo(first.getSpec());
        assertThat(aim(List.of(complete(first), asked), "aaaaaaaa", "now")).isEqualTo(asked);
        assertThat(aim(List.of(asked, complete(first)), "aaaaaaaa", "now")).isEqualTo(asked);
        assertThat(aim(List.of(asked), "aaaaaaaa", null)).as("taken back").isEqualTo(asked);
        assertThat(aim(List.of(asked), null, "now"))
                .as("no store at the moment")
                .isEqualTo(asked);
        Job again = aim(List.of(asked), "aaaaaaaa", "once more");
        assertThat(name(again)).isNotIn(name(first), name(asked));
        assertThat(again.getMetadata().getLabels())
                .as("the first one's values are still there")
                .containsKey(Labels.RELOAD);
    }

    @Test
    void aRequestBeforeTheFirstLoadIsAnsweredByIt() {
        Job first = aim(List.of(), null, "now");
        assertThat(name(first)).isEqualTo(name(job(planned)));
        assertThat(first.getMetadata().getLabels())
                .containsKey(Labels.REQUEST)
                .doesNotContainKeys(Labels.RELOAD, Labels.REFILL);
        Job seen = aim(List.of(first), "aaaaaaaa", "now");
        assertThat(name(seen)).isEqualTo(name(first));
        assertThat(seen.getMetadata().getLabels()).containsEntry(Labels.STORE_LIFE, "aaaaaaaa");
        Job second = aim(List.of(first), "aaaaaaaa", "another");
        assertThat(second.getMetadata().getLabels())
                .as("nothing is loaded yet: it is waited for")
                .doesNotContainKey(Labels.RELOAD);
    }

    @Test
    void aStoreThatIsLostMattersMoreThanARequest() {
        Job asked = aim(List.of(complete(aim(List.of(), "aaaaaaaa"))), "aaaaaaaa", "now");
        Job refill = aim(List.of(complete(asked)), "bbbbbbbb", "now");
        assertThat(name(refill)).isNotEqualTo(name(asked));
        assertThat(refill.getMetadata().getLabels())
                .containsEntry(Labels.STORE_LIFE, "bbbbbbbb")
                .containsKey(Labels.REFILL)
                .doesNotContainKey(Labels.RELOAD);
        Job askedMeanwhile = aim(List.of(refill), "bbbbbbbb", "once more");
        assertThat(askedMeanwhile.getMetadata().getLabels())
                .as("its values are missing still")
                .containsKey(Labels.REFILL)
                .doesNotContainKey(Labels.RELOAD);
    }

    private static Job complete(Job job) {
        return new JobBuilder(job)
                .withNewStatus()
                .addNewCondition()
                .withType("Complete")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private Job aim(List<Job> live, @Nullable String life) {
        return aim(live, life, null);
    }

    private Job aim(List<Job> live, @Nullable String life, @Nullable String asked) {
        return job(BatchLoads.aim(planned, live, life, asked));
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
