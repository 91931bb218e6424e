package dev.millrace.operator;

import static org.awaitility.Awaitility.await;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.status.ConditionType;
import dev.millrace.operator.status.Statuses;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;

/** Waits for what a status says, with room for a slow machine, and prints how long it took. */
final class Eventually {

    private static final Duration BOUND = Duration.ofSeconds(60);

    private Eventually() {}

    static Condition condition(KubernetesClient client, String name, ConditionType type, String status, String reason) {
        Instant start = Instant.now();
        Condition found = await(type + "=" + status + " " + reason)
                .atMost(BOUND)
                .until(() -> Statuses.find(TestOperator.get(client, name).getStatus(), type), c -> c.filter(x ->
                                x.getStatus().equals(status) && x.getReason().equals(reason))
                        .isPresent())
                .orElseThrow();
        print(type + "=" + status + " " + reason, start);
        return found;
    }

    static void absent(KubernetesClient client, String name, ConditionType type) {
        await("no " + type).atMost(BOUND).until(() -> Statuses.find(
                        TestOperator.get(client, name).getStatus(), type)
                .isEmpty());
    }

    /** The status speaks of the object's latest generation. */
    static RealtimeModel observed(KubernetesClient client, String name) {
        return await("observedGeneration")
                .atMost(BOUND)
                .until(
                        () -> TestOperator.get(client, name),
                        m -> m.getStatus() != null
                                && m.getMetadata()
                                        .getGeneration()
                                        .equals(m.getStatus().getObservedGeneration()));
    }

    static void that(String what, java.util.concurrent.Callable<Boolean> condition) {
        Instant start = Instant.now();
        await(what).atMost(BOUND).until(condition);
        print(what, start);
    }

    /** Reads, changes and writes until nobody else has written in between: the operator does so all the time. */
    static void written(Runnable edit) {
        await("no conflict").atMost(BOUND).until(() -> {
            try {
                edit.run();
                return true;
            } catch (KubernetesClientException e) {
                if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                    return false;
                }
                throw e;
            }
        });
    }

    private static void print(String what, Instant start) {
        System.out.println(
                what + " after " + Duration.between(start, Instant.now()).toMillis() + " ms");
    }
}
