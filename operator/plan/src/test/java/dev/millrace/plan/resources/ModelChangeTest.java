package dev.millrace.plan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ModelSource;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.plan.Specs;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which changes of a spec the running servers follow, and which need others. */
@NullUnmarked // what is null here fails the test
class ModelChangeTest {
    private static final String OTHER = "sha256:" + "7".repeat(64);

    private static PodTemplateSpec template(String... edits) {
        return ServerDeployment.of(Specs.plan(edits)).getSpec().getTemplate();
    }

    private static Map<String, String> documents(StackPlan plan) {
        return ServerConfigMap.of(plan).getData();
    }

    private static ModelSource source(String... edits) {
        return Json.read(documents(Specs.plan(edits)).get("model.json"), ModelSource.class);
    }

    @Test
    void anotherModelChangesTheDocumentsAndNoPod() {
        String[] edits = {
            "spec.model.digest: " + OTHER,
            "spec.model.version: '8'",
            "spec.model.storageUri: configmap://fraud-model/8.onnx"
        };
        assertThat(template(edits)).isEqualTo(template());
        ServingConfig document = Json.read(documents(Specs.plan(edits)).get("serving.json"), ServingConfig.class);
        assertThat(document.model().version()).isEqualTo("8");
        assertThat(document.model().digest()).isEqualTo(OTHER);
        assertThat(source(edits))
                .isEqualTo(new ModelSource(null, "/source/8.onnx", OTHER, "/models/" + "7".repeat(64) + ".onnx"));
        assertThat(document.model().path())
                .as("the server loads what the loader puts in place")
                .isEqualTo(source(edits).target());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spec.slo.latency.threshold: 60ms",
                "spec.model.outputs[1].shape: [-1, 3]",
                "spec.model.inputs[0].name: x",
                "spec.model.storageUri: configmap://another/model.onnx",
                "spec.model.storageUri: pvc://models/fraud/7.onnx",
                "spec.server.instances: 3",
                "spec.server.resources.limits.memory: 2Gi",
                "spec.server.tls: {secretRef: {name: fraud-tls}}",
                "spec.fallback.order: [PreviousVersion, Default]"
            })
    void anyOtherChangeRolls(String edit) {
        assertThat(template(edit)).isNotEqualTo(template());
    }

    @Test
    void theLoaderRunsBesideTheServerAndSeesWhatItSees() {
        PodTemplateSpec template = template();
        Container loader = template.getSpec().getInitContainers().get(0);
        assertThat(loader.getRestartPolicy()).isEqualTo("Always");
        assertThat(loader.getCommand()).last().isEqualTo("dev.millrace.server.loader.Main");
        assertThat(loader.getArgs()).containsExactly("--watch", "/etc/millrace/model.json");
        assertThat(loader.getVolumeMounts())
                .as("a path below a mount, which follows no change, is never mounted")
                .allMatch(m -> m.getSubPath() == null)
                .anyMatch(m -> m.getMountPath().equals("/etc/millrace") && m.getReadOnly())
                .anyMatch(m -> m.getMountPath().equals("/source") && m.getReadOnly())
                .anyMatch(m -> m.getMountPath().equals("/models") && m.getReadOnly() == null);
        assertThat(template.getSpec().getContainers().get(0).getVolumeMounts()).allMatch(m -> m.getSubPath() == null);
        assertThat(template.getSpec()
                        .getVolumes()
                        .get(0)
                        .getProjected()
                        .getSources()
                        .get(0)
                        .getConfigMap()
                        .getItems())
                .extracting(i -> i.getPath())
                .containsExactly("serving.json", "model.json");
    }

    @Test
    void theLoaderReadsWhatTheUriNames() {
        assertThat(source().path()).isEqualTo("/source/model.onnx");
        assertThat(source().uri()).isNull();
        assertThat(source("spec.model.storageUri: pvc://models/fraud/7.onnx").path())
                .isEqualTo("/source/fraud/7.onnx");
        ModelSource web = source("spec.model.storageUri: https://example.com/m.onnx", "- spec.monitoring");
        assertThat(web.uri()).isEqualTo("https://example.com/m.onnx");
        assertThat(web.path()).isNull();
    }

    @Test
    void thePlanHasRoomForTwoModels() {
        assertThat(Specs.plan().derivations())
                .filteredOn(d -> d.number().equals("server.modelMemory"))
                .singleElement()
                .satisfies(d -> {
                    assertThat(d.value()).as("(1Gi * 0.6 - 128Mi) / 2").isEqualTo("243Mi");
                    assertThat(d.reason()).contains("PreviousVersion");
                });
        assertThat(template().getSpec().getVolumes())
                .filteredOn(v -> v.getName().equals("model"))
                .singleElement()
                .satisfies(v ->
                        assertThat(v.getEmptyDir().getSizeLimit().toString()).isEqualTo("8Mi"));
    }
}
