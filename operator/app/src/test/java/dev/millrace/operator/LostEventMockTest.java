package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * java-operator-sdk 5.3 swallows a spec edit that lands between our read and our own status patch, unless {@code
 * comparableResourceVersions} is off. Without the flag this loses the edit in most runs; keep it through upgrades.
 */
@EnableKubernetesMockClient(crud = true)
class LostEventMockTest {

    @SuppressWarnings("NullAway.Init") // injected
    KubernetesClient client;

    @RepeatedTest(3)
    void anEditDuringOurOwnStatusPatchIsSeen() {
        Editing reconciler = new Editing();
        Operator operator = new Operator(o -> o.withKubernetesClient(client)
                .withUseSSAToPatchPrimaryResource(false)
                .withCloseClientOnStop(false));
        operator.register(reconciler);
        operator.start();
        try {
            client.resource(Samples.fraud("fraud")).create();
            Eventually.that("the edit is seen", () -> reconciler.generations.contains(2L));
            RealtimeModel seen = Eventually.observed(client, "fraud");
            assertThat(seen.getStatus().getObservedGeneration()).isEqualTo(2L);
        } finally {
            operator.stop();
        }
    }

    @Test
    void theRealReconcilerCarriesTheCure() {
        ControllerConfiguration configuration =
                RealtimeModelReconciler.class.getAnnotation(ControllerConfiguration.class);
        assertThat(configuration.informer().comparableResourceVersions()).isFalse();
        assertThat(configuration.maxReconciliationInterval().interval()).isEqualTo(5);
    }

    // Quarkus would take it for one of the application's
    @Ignore
    @ControllerConfiguration(informer = @Informer(comparableResourceVersions = false))
    static class Editing implements Reconciler<RealtimeModel> {
        final List<Long> generations = new CopyOnWriteArrayList<>();

        @Override
        public UpdateControl<RealtimeModel> reconcile(RealtimeModel model, Context<RealtimeModel> context) {
            generations.add(model.getMetadata().getGeneration());
            if (generations.size() == 1) {
                context.getClient()
                        .resources(RealtimeModel.class)
                        .inNamespace(Samples.NAMESPACE)
                        .withName(model.getMetadata().getName())
                        .edit(x -> {
                            x.getSpec().getScaling().setMaxReplicas(9);
                            return x;
                        });
            }
            RealtimeModelStatus status = new RealtimeModelStatus();
            status.setObservedGeneration(model.getMetadata().getGeneration());
            model.setStatus(status);
            return UpdateControl.patchStatus(model);
        }
    }
}
