package dev.millrace.operator.observe;

import dev.millrace.operator.observe.PodView.Kind;
import dev.millrace.operator.observe.PodView.Problem;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads from a pod's status why it does not run. */
final class Problems {

    private static final Set<String> IMAGE =
            Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");
    private static final Set<String> CONFIG =
            Set.of("CreateContainerConfigError", "CreateContainerError", "RunContainerError");

    private Problems() {}

    static @Nullable Problem of(Pod pod) {
        PodStatus status = pod.getStatus();
        if (status == null) {
            return null;
        }
        Stream<Optional<Problem>> all = Stream.concat(
                Stream.of(unschedulable(status)),
                Stream.concat(
                        list(status.getInitContainerStatuses()).stream()
                                // that one ended before says nothing of the one that runs beside the server now
                                .map(c -> waiting(c)
                                        .or(() -> Boolean.TRUE.equals(c.getStarted())
                                                ? Optional.empty()
                                                : ended(c, Kind.Loader))),
                        list(status.getContainerStatuses()).stream().map(c -> waiting(c)
                                .or(() -> c.getReady() ? Optional.empty() : ended(c, Kind.Crash)))));
        return all.flatMap(Optional::stream).findFirst().orElse(null);
    }

    private static Optional<Problem> unschedulable(PodStatus status) {
        return list(status.getConditions()).stream()
                .filter(c -> "PodScheduled".equals(c.getType()) && "False".equals(c.getStatus()))
                .filter(c -> "Unschedulable".equals(c.getReason()))
                .map(c -> new Problem(Kind.Scheduling, text(c.getMessage(), "no node takes the pod")))
                .findFirst();
    }

    private static Optional<Problem> waiting(ContainerStatus container) {
        ContainerStateWaiting waiting =
                container.getState() == null ? null : container.getState().getWaiting();
        if (waiting == null || waiting.getReason() == null) {
            return Optional.empty();
        }
        String message = container.getName() + ": " + waiting.getReason() + ": " + text(waiting.getMessage(), "");
        if (IMAGE.contains(waiting.getReason())) {
            return Optional.of(new Problem(Kind.Image, message));
        }
        return CONFIG.contains(waiting.getReason()) ? Optional.of(new Problem(Kind.Config, message)) : Optional.empty();
    }

    /** The last end of a container, if it was a failure. */
    private static Optional<Problem> ended(ContainerStatus container, Kind kind) {
        return Stream.of(container.getState(), container.getLastState())
                .filter(Objects::nonNull)
                .map(io.fabric8.kubernetes.api.model.ContainerState::getTerminated)
                .filter(Objects::nonNull)
                .findFirst()
                .filter(end -> end.getExitCode() != null && end.getExitCode() != 0)
                .map(end -> new Problem(kind, lastWords(container.getName(), end)));
    }

    private static String lastWords(String container, ContainerStateTerminated end) {
        String message = text(end.getMessage(), "");
        return message.isBlank()
                ? container + " ended with exit code " + end.getExitCode() + " (" + text(end.getReason(), "Error") + ")"
                : message.strip();
    }

    private static String text(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }

    private static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
