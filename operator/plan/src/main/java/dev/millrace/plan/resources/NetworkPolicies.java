package dev.millrace.plan.resources;

import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may connect to the stack's pods; everything else is refused by a network that enforces policies. Nothing restricts
 * what the pods connect to: Kafka and model sources are addresses outside the cluster that a policy cannot name.
 */
public final class NetworkPolicies {
    private NetworkPolicies() {}

    /** Null where policies are disabled. Predictions from {@code allowFrom}, or every pod of the namespace; metrics from anywhere, because Prometheus and the operator may be. */
    public static @Nullable NetworkPolicy server(StackPlan plan) {
        if (!plan.network().policies()) {
            return null;
        }
        List<NetworkPolicyPeer> callers = plan.network().allowFrom().isEmpty()
                ? List.of(new NetworkPolicyPeerBuilder()
                        .withPodSelector(new LabelSelectorBuilder().build())
                        .build())
                : plan.network().allowFrom();
        return policy(
                plan,
                Names.server(plan.name()),
                Labels.SERVER,
                selector(Labels.selector(plan, Labels.SERVER)),
                List.of(rule(callers, Placement.REST_PORT, Placement.GRPC_PORT), metrics()));
    }

    /** Null when the store is not ours. Only this stack's servers, aggregators and loaders. */
    public static @Nullable NetworkPolicy store(StackPlan plan) {
        if (!plan.hasManagedStore() || !plan.network().policies()) {
            return null;
        }
        List<NetworkPolicyPeer> peers = new ArrayList<>();
        for (String component : List.of(Labels.SERVER, Labels.AGGREGATOR, Labels.LOADER)) {
            Map<String, String> labels = new TreeMap<>(Labels.selector(plan, component));
            labels.remove(Labels.VARIANT);
            peers.add(new NetworkPolicyPeerBuilder()
                    .withPodSelector(selector(labels))
                    .build());
        }
        return policy(
                plan,
                Names.store(plan.name()),
                Labels.STORE,
                selector(Labels.selector(plan, Labels.STORE)),
                List.of(rule(peers, Placement.STORE_PORT)));
    }

    /** Null when there is neither aggregator nor loader. Nothing but their metrics is to be had from them. */
    public static @Nullable NetworkPolicy aggregator(StackPlan plan) {
        FeaturesPlan features = plan.features();
        if (features == null || !features.usesStore() || !plan.network().policies()) {
            return null;
        }
        Map<String, String> stack = new TreeMap<>(Labels.selector(plan, Labels.AGGREGATOR));
        stack.remove(Labels.COMPONENT);
        LabelSelector selector = new LabelSelectorBuilder()
                .withMatchLabels(stack)
                .addNewMatchExpression()
                .withKey(Labels.COMPONENT)
                .withOperator("In")
                .withValues(Labels.AGGREGATOR, Labels.LOADER)
                .endMatchExpression()
                .build();
        return policy(plan, Names.aggregator(plan.name()), Labels.AGGREGATOR, selector, List.of(metrics()));
    }

    private static NetworkPolicy policy(
            StackPlan plan, String name, String component, LabelSelector pods, List<NetworkPolicyIngressRule> rules) {
        return new NetworkPolicyBuilder()
                .withMetadata(Labels.meta(plan, name, component))
                .withNewSpec()
                .withPodSelector(pods)
                .withPolicyTypes("Ingress")
                .withIngress(rules)
                .endSpec()
                .build();
    }

    private static NetworkPolicyIngressRule metrics() {
        return rule(List.of(), Placement.METRICS_PORT);
    }

    private static NetworkPolicyIngressRule rule(List<NetworkPolicyPeer> peers, int... ports) {
        List<NetworkPolicyPort> result = new ArrayList<>();
        for (int port : ports) {
            result.add(new NetworkPolicyPortBuilder()
                    .withPort(new IntOrString(port))
                    .withProtocol("TCP")
                    .build());
        }
        return new NetworkPolicyIngressRuleBuilder()
                .withFrom(peers)
                .withPorts(result)
                .build();
    }

    private static LabelSelector selector(Map<String, String> labels) {
        return new LabelSelectorBuilder().withMatchLabels(labels).build();
    }
}
