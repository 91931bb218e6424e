package dev.millrace.operator.status;

import dev.millrace.contract.config.ServingConfig.StreamInference;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.ServerView;
import dev.millrace.operator.observe.ServerView.StreamView;
import dev.millrace.operator.status.Workloads.Trouble;
import dev.millrace.plan.StackPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a server scores the topic of {@code spec.streamInference}; only with one. */
final class StreamInferenceVerdict {
    private static final String RUNNING = "Running";

    private StreamInferenceVerdict() {}

    /** One that scores is enough for True: Kafka gives it all partitions. */
    static Optional<Verdict> of(World world) {
        StackPlan plan = world.stack().plan();
        StreamInference stream = plan.streamInference();
        if (stream == null) {
            return Optional.empty();
        }
        if (plan.suspended()) {
            return Optional.of(Verdict.not(
                    ConditionType.StreamsReady, Reason.Suspended, "spec.suspend is true: no topic is scored"));
        }
        boolean scored = false;
        List<Trouble> troubles = new ArrayList<>();
        for (PodView pod : world.observation().servers().toList()) {
            ServerView server = pod.server();
            StreamView view = server == null ? null : server.stream();
            if (view != null) {
                scored |= view.state().equals(RUNNING);
                String message = view.message();
                if (view.reason() != null && message != null) {
                    troubles.add(new Trouble(
                            Reason.of(view.reason(), Reason.PartDegraded), "Pod " + pod.name() + ": " + message));
                }
            }
        }
        troubles.sort(Troubles.WORST_FIRST);
        if (scored) {
            return Optional.of(
                    troubles.isEmpty()
                            ? Verdict.ok(
                                    ConditionType.StreamsReady,
                                    Reason.Running,
                                    "the readings of '" + stream.input() + "' are scored")
                            : Verdict.ok(
                                    ConditionType.StreamsReady,
                                    troubles.get(0).reason(),
                                    "the readings of '" + stream.input() + "' are scored. "
                                            + troubles.get(0).message()));
        }
        return Optional.of(
                troubles.isEmpty()
                        ? Verdict.not(
                                ConditionType.StreamsReady,
                                Reason.StreamInferenceStarting,
                                "no server scores the readings of '" + stream.input() + "' yet")
                        : Verdict.not(
                                ConditionType.StreamsReady,
                                troubles.get(0).reason(),
                                troubles.get(0).message()));
    }
}
