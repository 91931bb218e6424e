package dev.millrace.plan.resources;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSourceBuilder;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What every pod has in common: Pod Security {@code restricted}, no token, no service environment, a small /tmp. */
final class Pods {
    /** A user that no image needs to know; files that must be read belong to this group by fsGroup. */
    static final long USER = 65532L;

    static final String METRICS = "metrics";
    static final String CONFIG = "config";
    static final String TMP = "tmp";

    /** How a Java image starts another main class than its entry point's. */
    private static final List<String> JAVA = List.of("/opt/java/bin/java", "@/app/jvm.args", "-cp", "/app/lib/*");

    private Pods() {}

    static PodSpecBuilder spec(String serviceAccount, long graceSeconds) {
        return new PodSpecBuilder()
                .withServiceAccountName(serviceAccount)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(graceSeconds)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withFsGroup(USER)
                .withFsGroupChangePolicy("OnRootMismatch")
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext();
    }

    /** A container with the image's own entry point. */
    static ContainerBuilder container(String name, String image) {
        return new ContainerBuilder()
                .withName(name)
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .withSecurityContext(restricted());
    }

    /** A container that runs another main class of a Java image. */
    static ContainerBuilder java(String name, String image, String mainClass, String... jvm) {
        List<String> command = new java.util.ArrayList<>(JAVA);
        // after the image's own ones: the later word counts
        command.addAll(2, List.of(jvm));
        command.add(mainClass);
        return container(name, image).withCommand(command);
    }

    /** The same for a process that waits most of the time, in a fraction of the memory. */
    static List<String> smallJava(String mainClass) {
        return List.of(
                "/opt/java/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx32m",
                "-Xss512k",
                "-XX:ReservedCodeCacheSize=16m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                "/app/lib/*",
                mainClass);
    }

    static Container withoutTelemetry(ContainerBuilder container) {
        // newer ONNX Runtimes upload unless told not to
        return container
                .addToEnv(new EnvVarBuilder()
                        .withName("ORT_DISABLE_TELEMETRY")
                        .withValue("1")
                        .build())
                .build();
    }

    private static SecurityContext restricted() {
        return new SecurityContextBuilder()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withRunAsNonRoot(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build();
    }

    static ResourceRequirements resources(Map<String, Quantity> requests, Map<String, Quantity> limits) {
        return new ResourceRequirementsBuilder()
                .withRequests(new TreeMap<>(requests))
                .withLimits(new TreeMap<>(limits))
                .build();
    }

    /** A probe of the metrics port, which serves health too and answers before the model is loaded. */
    static Probe http(String path, int periodSeconds, int timeoutSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withPort(new IntOrString(METRICS))
                .withScheme("HTTP")
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(timeoutSeconds)
                .withFailureThreshold(failures)
                .withSuccessThreshold(1)
                .build();
    }

    static Volume scratch(String name, String size) {
        return new VolumeBuilder()
                .withName(name)
                .withEmptyDir(new EmptyDirVolumeSourceBuilder()
                        .withSizeLimit(new Quantity(size))
                        .build())
                .build();
    }

    static VolumeMount mount(String volume, String path) {
        return new VolumeMountBuilder().withName(volume).withMountPath(path).build();
    }

    static VolumeMount readOnly(String volume, String path) {
        return new VolumeMountBuilder()
                .withName(volume)
                .withMountPath(path)
                .withReadOnly(true)
                .build();
    }
}
