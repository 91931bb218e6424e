package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.testing.KubeApi;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.status.ConditionType;
import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The chart's roles are what the operator uses: it runs with nothing else, and is seen to use all of it. */
@ExtendWith(KubeApi.class)
class RbacIT {

    private static final String NAME = "millrace-rbac-test";
    private static final String ACCOUNT = "millrace-operator";
    private static final int NO_STATUS = 9;

    /** What no run against a bare API server shows, and why it is granted. */
    private static final Set<String> UNSEEN = Set.of(
            // asked for by an admission plugin that is off by default, of who sets a blocking owner reference
            "millrace.dev/realtimemodels/finalizers update",
            // java-operator-sdk asks whether it may, and then patches
            "coordination.k8s.io/leases update");

    private final Requests requests = new Requests();
    private final List<HasMetadata> foreign = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient admin;

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient limited;

    @BeforeEach
    void bind(KubernetesClient injected) {
        admin = injected;
        roles().forEach(role -> admin.resource(role).create());
        Config config = new ConfigBuilder(admin.getConfiguration())
                .withNamespace(Samples.NAMESPACE)
                .withImpersonateUsername("system:serviceaccount:" + Samples.NAMESPACE + ":" + ACCOUNT)
                .withImpersonateGroups("system:serviceaccounts", "system:authenticated")
                .build();
        limited = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(builder -> builder.addOrReplaceInterceptor("requests", requests))
                .build();
    }

    @AfterEach
    void clear() {
        limited.close();
        admin.resources(RealtimeModel.class).inNamespace(Samples.NAMESPACE).delete();
        roles().forEach(role -> admin.resource(role).delete());
        foreign.forEach(object -> admin.resource(object).delete());
        admin.resources(io.fabric8.kubernetes.api.model.coordination.v1.Lease.class)
                .inNamespace(Samples.NAMESPACE)
                .withName(Leadership.LEASE)
                .delete();
    }

    @Test
    void theChartGrantsWhatTheOperatorUsesAndNothingElse() {
        Leadership leadership = new Leadership(limited, "rbac", () -> {
            throw new IllegalStateException("lost the Lease");
        });
        try (MonitoringApi api = MonitoringApi.install(admin);
                TestOperator operator = TestOperator.start(
                        limited,
                        true,
                        NO_STATUS,
                        more -> more.withLeaderElectionConfiguration(leadership.configuration()))) {
            conflicts("theirs", object -> object instanceof ServiceAccount || object instanceof ConfigMap);
            conflicts("hers", object -> !(object instanceof ServiceAccount || object instanceof ConfigMap));
            wholeLife(new LiveStack(admin, "ours"));
            leadership.stopping();
        }
        assertThat(requests.refused()).isEmpty();
        Set<String> granted = new TreeSet<>(ChartRules.permissions(ChartRules.stacks()));
        granted.addAll(ChartRules.permissions(ChartRules.leader()));
        granted.removeAll(UNSEEN);
        // what every account may ask: what the API offers, and what it may do itself
        Set<String> used = new TreeSet<>(requests.used());
        used.removeIf(request -> request.startsWith("authorization.k8s.io/"));
        assertThat(used).isEqualTo(granted);
    }

    /** Somebody else has objects of our names: they are looked at, and left. */
    private void conflicts(String name, Predicate<HasMetadata> which) {
        RealtimeModel model = Samples.fraud(name);
        StackObjects.of(StackPlan.of(model, PlanInputs.of(TestOperator.IMAGES))).stream()
                .filter(which)
                .forEach(object -> {
                    object.getMetadata().setLabels(null);
                    foreign.add(admin.resource(object).create());
                });
        admin.resource(model).create();
        Eventually.condition(admin, name, ConditionType.Stalled, "True", "NameConflict");
    }

    /** Comes up, changes, breaks twice for the same reason, and sheds whatever it can. */
    private void wholeLife(LiveStack stack) {
        stack.cluster.newStorePod();
        stack.comeUp();
        for (int i = 0; i < 2; i++) {
            stack.edit(m -> m.getSpec().getSlo().getBudget().setInference("90ms"));
            Eventually.condition(admin, "ours", ConditionType.Stalled, "True", "BudgetOverThreshold");
            stack.edit(m -> m.getSpec().getSlo().getBudget().setInference(null));
            Eventually.absent(admin, "ours", ConditionType.Stalled);
        }
        stack.edit(m -> {
            m.getSpec().setFeatures(null);
            Objects.requireNonNull(m.getSpec().getFallback()).setOrder(List.of());
            Objects.requireNonNull(m.getSpec().getMonitoring()).setDrift(null);
            m.getSpec().getScaling().setMinReplicas(1);
            m.getSpec().getScaling().setMaxReplicas(1);
        });
        Eventually.that(
                "the features' objects are deleted", () -> stack.list(Job.class).isEmpty());
        Eventually.observed(admin, "ours");
    }

    private static List<HasMetadata> roles() {
        List<PolicyRule> stacks = ChartRules.stacks();
        return List.of(
                new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .endMetadata()
                        .withRules(stacks)
                        .build(),
                new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", NAME)
                        .addNewSubject(null, "ServiceAccount", ACCOUNT, Samples.NAMESPACE)
                        .build(),
                new RoleBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .withNamespace(Samples.NAMESPACE)
                        .endMetadata()
                        .withRules(ChartRules.leader())
                        .build(),
                new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .withNamespace(Samples.NAMESPACE)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", NAME)
                        .addNewSubject(null, "ServiceAccount", ACCOUNT, Samples.NAMESPACE)
                        .build());
    }
}
