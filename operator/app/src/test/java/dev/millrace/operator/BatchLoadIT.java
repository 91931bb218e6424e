package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.testing.KubeApi;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.status.ConditionType;
import dev.millrace.operator.status.Statuses;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Loads of batch groups: again after the store has lost them, and why one did not work. */
@ExtendWith(KubeApi.class)
class BatchLoadIT {

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
    void anEmptiedStoreIsFilledAgainOncePerLife() {
        LiveStack stack = new LiveStack(client, "refill");
        stack.cluster.newStorePod();
        stack.comeUp();
        Job first = onlyJob(stack);

        stack.cluster.newStorePod();
        Eventually.condition(client, "refill", ConditionType.FeaturesReady, "False", "Rehydrating");
        Eventually.that("another Job in place of the first", () -> isReplaced(first, stack));
        Job second = onlyJob(stack);
        assertThat(client.v1().events().inNamespace(Samples.NAMESPACE).list().getItems().stream()
                        .filter(e -> e.getInvolvedObject().getName().equals("refill"))
                        .filter(e -> e.getReason().equals("Rehydrating"))
                        .map(Event::getMessage))
                .singleElement()
                .asString()
                .contains(second.getMetadata().getName())
                .contains("profile");
        stack.cluster.completeJobs();
        Eventually.condition(client, "refill", ConditionType.Ready, "True", "Available");
        stack.edit(m -> m.getSpec().getScaling().setMaxReplicas(7));
        Eventually.observed(client, "refill");
        assertThat(uid(onlyJob(stack))).isEqualTo(uid(second));

        stack.cluster.restartStore(1);
        Eventually.that("a Job for the container that started again", () -> isReplaced(second, stack));
    }

    @Test
    void aLoadThatIsAskedForTakesNothingAway() {
        LiveStack stack = new LiveStack(client, "asked");
        stack.cluster.newStorePod();
        stack.comeUp();
        Job first = onlyJob(stack);
        stack.request("1");
        Eventually.that("another Job in place of the first", () -> isReplaced(first, stack));
        Job asked = onlyJob(stack);
        assertThat(asked.getSpec().getTemplate().getSpec().getContainers())
                .isEqualTo(first.getSpec().getTemplate().getSpec().getContainers());
        stack.cluster.failedLoad(asked, "profile.csv: there is no column segment");
        Eventually.that("the failure is told", () -> message("asked")
                .contains(asked.getMetadata().getName()));
        assertThat(Eventually.condition(client, "asked", ConditionType.FeaturesReady, "True", "StoreAvailable")
                        .getMessage())
                .contains("failed to load again");
        Eventually.condition(client, "asked", ConditionType.Ready, "True", "Available");
        stack.request("2");
        Eventually.that("a Job for the next request", () -> isReplaced(asked, stack));
        Job next = onlyJob(stack);
        stack.cluster.completeJobs();
        stack.touch("something else");
        Eventually.that("the failure is forgotten", () -> !message("asked").contains("failed"));
        assertThat(uid(onlyJob(stack))).as("one request, one load").isEqualTo(uid(next));
    }

    @Test
    void aLoadThatFailsIsToldInItsOwnWords() {
        LiveStack stack = new LiveStack(client, "badload");
        client.resource(Samples.fraud("badload")).create();
        stack.awaitApplied();
        stack.cluster.newStorePod();
        stack.cluster.runAllButTheLoads();
        stack.cluster.readyServerPod("127.0.0.1");
        Eventually.condition(client, "badload", ConditionType.FeaturesReady, "False", "BatchLoading");
        stack.cluster.failedLoad(onlyJob(stack), "profile.csv: there is no column segment");
        Eventually.condition(client, "badload", ConditionType.FeaturesReady, "False", "BatchLoadFailed");
        // the Job is told of at once, its pod with the next look
        Eventually.that("the loader's own words", () -> message("badload").contains("there is no column segment"));
        assertThat(message("badload")).contains(onlyJob(stack).getMetadata().getName());
        assertThat(Eventually.condition(client, "badload", ConditionType.Ready, "False", "BatchLoadFailed")
                        .getMessage())
                .isEqualTo(message("badload"));
    }

    private String message(String name) {
        return Statuses.find(TestOperator.get(client, name).getStatus(), ConditionType.FeaturesReady)
                .orElseThrow()
                .getMessage();
    }

    private static Job onlyJob(LiveStack stack) {
        List<Job> jobs = stack.list(Job.class);
        assertThat(jobs).hasSize(1);
        return jobs.get(0);
    }

    /** One look: between two there may be none for a moment. */
    private static boolean isReplaced(Job job, LiveStack stack) {
        List<Job> jobs = stack.list(Job.class);
        return jobs.size() == 1 && !uid(jobs.get(0)).equals(uid(job));
    }

    private static String uid(Job job) {
        return job.getMetadata().getUid();
    }
}
