package dev.millrace.plan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.plan.Specs;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of Pod Security {@code restricted}, and our own on top, on every pod of every kind of stack. */
@NullUnmarked // what is null here fails the test
class PodSecurityTest {
    static Stream<PodTemplateSpec> pods() {
        return Stream.of(
                        Specs.plan(),
                        Specs.plan("spec.model.storageUri: pvc://models/fraud/7.onnx"),
                        Specs.plan("spec.model.storageUri: https://example.com/m.onnx", "- spec.monitoring"),
                        Specs.plan("spec.features.aggregator: {state: RocksDB}"),
                        Specs.plan("spec.features.groups[1].batch.storageUri: configmap://profile/profile.csv"),
                        Specs.plan("spec.features.store: {external: {address: 'redis://s:6379'}}"))
                .flatMap(PodSecurityTest::pods);
    }

    static Stream<PodTemplateSpec> pods(StackPlan plan) {
        List<PodTemplateSpec> pods = new ArrayList<>();
        for (HasMetadata object : Resources.all(plan)) {
            if (object instanceof Deployment d) {
                pods.add(d.getSpec().getTemplate());
            } else if (object instanceof StatefulSet s) {
                pods.add(s.getSpec().getTemplate());
            } else if (object instanceof Job j) {
                pods.add(j.getSpec().getTemplate());
            } else if (object instanceof CronJob c) {
                pods.add(c.getSpec().getJobTemplate().getSpec().getTemplate());
            }
        }
        assertThat(pods).isNotEmpty();
        return pods.stream();
    }

    @ParameterizedTest
    @MethodSource("pods")
    void isRestricted(PodTemplateSpec template) {
        PodSpec pod = template.getSpec();
        // baseline
        assertThat(pod.getHostNetwork()).isNull();
        assertThat(pod.getHostPID()).isNull();
        assertThat(pod.getHostIPC()).isNull();
        assertThat(pod.getEphemeralContainers()).isEmpty();
        assertThat(pod.getSecurityContext().getSysctls()).isEmpty();
        assertThat(pod.getSecurityContext().getSeLinuxOptions()).isNull();
        assertThat(pod.getSecurityContext().getWindowsOptions()).isNull();
        // restricted
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        for (Volume volume : pod.getVolumes()) {
            assertThat(Stream.of(
                                    volume.getConfigMap(),
                                    volume.getEmptyDir(),
                                    volume.getPersistentVolumeClaim(),
                                    volume.getProjected())
                            .filter(v -> v != null))
                    .as("type of volume %s", volume.getName())
                    .hasSize(1);
        }
        for (Container container : containers(pod)) {
            SecurityContext context = container.getSecurityContext();
            assertThat(context.getAllowPrivilegeEscalation()).isFalse();
            assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
            assertThat(context.getCapabilities().getAdd()).isEmpty();
            assertThat(context.getPrivileged()).isNull();
            assertThat(context.getRunAsNonRoot()).isTrue();
            assertThat(context.getRunAsUser()).isNull();
            assertThat(context.getProcMount()).isNull();
            assertThat(context.getSeccompProfile()).isNull();
            assertThat(container.getPorts())
                    .extracting(ContainerPort::getHostPort)
                    .allMatch(p -> p == null);
        }
    }

    @ParameterizedTest
    @MethodSource("pods")
    void isClosed(PodTemplateSpec template) {
        PodSpec pod = template.getSpec();
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getEnableServiceLinks()).isFalse();
        assertThat(pod.getServiceAccountName()).isNotBlank().isNotEqualTo("default");
        assertThat(pod.getTerminationGracePeriodSeconds()).isPositive();
        Set<String> volumes = new HashSet<>();
        for (Volume volume : pod.getVolumes()) {
            assertThat(volumes.add(volume.getName())).isTrue();
            if (volume.getEmptyDir() != null) {
                assertThat(volume.getEmptyDir().getSizeLimit()).isNotNull();
            }
        }
        for (Container container : containers(pod)) {
            assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                    .isTrue();
            assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
            assertThat(container.getResources().getLimits()).containsKeys("cpu", "memory");
            assertThat(container.getVolumeMounts()).allMatch(m -> volumes.contains(m.getName()));
        }
    }

    private static List<Container> containers(PodSpec pod) {
        List<Container> all = new ArrayList<>(pod.getInitContainers());
        all.addAll(pod.getContainers());
        return all;
    }
}
