package dev.millrace.api.crd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.api.testing.FraudExample;
import dev.millrace.api.testing.KubeApi;
import dev.millrace.api.v1alpha1.ModelStatus;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.api.v1alpha1.ReplicaStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The CRD on a real API server: it is accepted (CEL cost), and each rule has an accepted and a rejected example. */
@ExtendWith(KubeApi.class)
class CrdIT {

    private static final String ENTITIES =
            "features.entities is immutable: an entity may be added, not changed or removed";
    private static final String ENTITY = "a feature group's entity is immutable: name a new group";

    static Stream<CelRule> rules() {
        return CelRules.all();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void acceptsAndRejects(CelRule rule, KubernetesClient client) {
        assertThatCode(() -> dryRun(client, rule.accepted().apply(FraudExample.full())))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> dryRun(client, rule.rejected().apply(FraudExample.full())))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(rule.message());
    }

    @Test
    void everyRuleOfTheSchemaHasItsExamples(KubernetesClient client) throws Exception {
        Set<String> messages = new TreeSet<>();
        collect(CrdGenerator.generate(), messages);
        assertThat(messages).isNotEmpty();
        Set<String> covered = CelRules.all().map(CelRule::message).collect(Collectors.toSet());
        assertThat(messages.stream()
                        .filter(m -> !covered.contains(m))
                        .filter(m -> !m.startsWith(ENTITIES) && !m.equals(ENTITY)))
                .isEmpty();
    }

    @Test
    void anEntityMayBeAddedButNotChanged(KubernetesClient client) {
        client.resource(resource(client, FraudExample.full().named("entities"))).create();
        String merchant = "{name: merchant, keys: [{name: merchant_id, type: STRING}]}";
        assertThatThrownBy(() -> update(
                        client,
                        FraudExample.full().named("entities").set("/spec/features/entities/0/keys/0/type", "INT64")))
                .hasMessageContaining(ENTITIES);
        assertThatCode(() -> update(
                        client,
                        FraudExample.full()
                                .named("entities")
                                .set(
                                        "/spec/features/entities",
                                        "[" + merchant
                                                + ", {name: customer, keys: [{name: customer_id, type: STRING}]}]")))
                .doesNotThrowAnyException();
    }

    @Test
    void aGroupKeepsItsEntityAndOtherwiseMayChange(KubernetesClient client) {
        String two = "[{name: customer, keys: [{name: customer_id, type: STRING}]},"
                + " {name: merchant, keys: [{name: merchant_id, type: STRING}]}]";
        client.resource(resource(client, FraudExample.full().named("groups").set("/spec/features/entities", two)))
                .create();
        assertThatThrownBy(() -> update(
                        client,
                        FraudExample.full()
                                .named("groups")
                                .set("/spec/features/entities", two)
                                .set("/spec/features/groups/0/entity", "merchant")))
                .hasMessageContaining(ENTITY);
        assertThatCode(() -> update(
                        client,
                        FraudExample.full()
                                .named("groups")
                                .set("/spec/features/entities", two)
                                .set("/spec/features/groups/0/ttl", "9d")))
                .doesNotThrowAnyException();
    }

    @Test
    void aStrictApplyOfAnUnknownFieldIsRejected(KubernetesClient client) {
        GenericKubernetesResource resource =
                resource(client, FraudExample.full().set("/spec/scaling/maxReplica", "3"));
        assertThatThrownBy(() -> client.resource(resource)
                        .dryRun()
                        .fieldValidation(Validation.STRICT)
                        .create())
                .hasMessageContaining("unknown field \"spec.scaling.maxReplica\"");
    }

    @Test
    void otherClientsGetAWarningForAnUnknownField(KubernetesClient client) throws Exception {
        String url = client.getMasterUrl()
                + "apis/millrace.dev/v1alpha1/namespaces/default/realtimemodels?dryRun=All&fieldValidation=Warn";
        HttpResponse<String> response = client.getHttpClient()
                .sendAsync(
                        client.getHttpClient()
                                .newHttpRequestBuilder()
                                .uri(url)
                                .post(
                                        "application/json",
                                        FraudExample.full()
                                                .set("/spec/scaling/maxReplica", "3")
                                                .json())
                                .build(),
                        String.class)
                .get(30, TimeUnit.SECONDS);
        assertThat(response.code()).isEqualTo(201);
        assertThat(response.headers("Warning"))
                .anySatisfy(w -> assertThat(w).contains("unknown field \\\"spec.scaling.maxReplica\\\""));
        assertThat(response.body()).doesNotContain("\"maxReplica\":");
    }

    @Test
    void aNewObjectIsNotCurrentBeforeTheOperatorLooks(KubernetesClient client) {
        RealtimeModel created = client.resource(client.getKubernetesSerialization()
                        .unmarshal(FraudExample.full().named("fresh").json(), RealtimeModel.class))
                .create();
        assertThat(created.getStatus()).isNotNull();
        assertThat(created.getStatus().getObservedGeneration()).isEqualTo(-1L);
    }

    /** What {@code kubectl get rtm} prints: the API server makes the table, from the columns' paths. */
    @Test
    void getShowsWhatTheColumnsSay(KubernetesClient client) throws Exception {
        RealtimeModel model = client.resource(client.getKubernetesSerialization()
                        .unmarshal(FraudExample.full().named("columns").json(), RealtimeModel.class))
                .create();
        RealtimeModelStatus status = new RealtimeModelStatus();
        status.setConditions(
                List.of(condition("Ready", "False", "RollingOut"), condition("FeaturesFresh", "True", "Fresh")));
        ModelStatus modelStatus = new ModelStatus();
        modelStatus.setVersion("7");
        status.setModelStatus(modelStatus);
        ReplicaStatus replicas = new ReplicaStatus();
        replicas.setReady(2);
        status.setReplicas(replicas);
        status.setUrl("http://columns.default.svc:8080");
        model.setStatus(status);
        client.resource(model).updateStatus();
        HttpResponse<String> response = client.getHttpClient()
                .sendAsync(
                        client.getHttpClient()
                                .newHttpRequestBuilder()
                                .uri(client.getMasterUrl()
                                        + "apis/millrace.dev/v1alpha1/namespaces/default/realtimemodels/columns")
                                .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                                .build(),
                        String.class)
                .get(30, TimeUnit.SECONDS);
        JsonNode table = new ObjectMapper().readTree(response.body());
        assertThat(texts(table.path("columnDefinitions"), "/name"))
                .containsExactly("Name", "Ready", "Reason", "Model", "Replicas", "SLO", "Fresh", "URL", "Age");
        List<String> cells = texts(table.at("/rows/0/cells"), "");
        assertThat(cells.subList(0, 8))
                .containsExactly(
                        "columns", "False", "RollingOut", "7", "2", "50ms", "True", "http://columns.default.svc:8080");
        assertThat(cells.get(8)).matches("[0-9]+[smh].*");
    }

    private static Condition condition(String type, String status, String reason) {
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage("")
                .withLastTransitionTime("2026-01-01T00:00:00Z")
                .build();
    }

    private static List<String> texts(JsonNode list, String pointer) {
        List<String> texts = new ArrayList<>();
        list.forEach(node -> texts.add(node.at(pointer).asText()));
        return texts;
    }

    @Test
    void theJavaModelLosesNothingOfTheFullExample(KubernetesClient client) {
        RealtimeModel typed = client.getKubernetesSerialization()
                .unmarshal(FraudExample.full().json(), RealtimeModel.class);
        // strict: whatever the Java model writes, the schema knows
        RealtimeModel stored = client.resource(typed)
                .dryRun()
                .fieldValidation(Validation.STRICT)
                .create();
        assertThat(client.getKubernetesSerialization().asJson(stored.getSpec()))
                .isEqualTo(client.getKubernetesSerialization().asJson(typed.getSpec()));
    }

    private static void collect(JsonNode node, Set<String> messages) {
        node.path("x-kubernetes-validations")
                .forEach(rule -> messages.add(rule.path("message").asText()));
        node.forEach(child -> collect(child, messages));
    }

    private static void dryRun(KubernetesClient client, FraudExample example) {
        client.resource(resource(client, example)).dryRun().create();
    }

    private static void update(KubernetesClient client, FraudExample example) {
        client.resource(resource(client, example)).update();
    }

    private static GenericKubernetesResource resource(KubernetesClient client, FraudExample example) {
        return client.getKubernetesSerialization().unmarshal(example.json(), GenericKubernetesResource.class);
    }
}
