package dev.millrace.operator.status;

import dev.millrace.operator.observe.AggregatorView;
import dev.millrace.operator.observe.Observation;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.ServerView;
import dev.millrace.operator.status.Workloads.Trouble;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What pods say is wrong, be they in service or not. The worst comes first, whichever pod it is. */
final class Troubles {

    /** Names last, so that the same world gives the same words. */
    static final Comparator<Trouble> WORST_FIRST =
            Comparator.comparingInt((Trouble t) -> rank(t.reason())).thenComparing(Trouble::message);

    /** The same for reasons alone. */
    static final Comparator<Reason> BY_RANK = Comparator.comparingInt(Troubles::rank);

    private Troubles() {}

    /** Of the servers. */
    static List<Trouble> servers(Observation observation) {
        return observation
                .servers()
                .map(Troubles::server)
                .filter(Objects::nonNull)
                .sorted(WORST_FIRST)
                .toList();
    }

    /** Of the aggregators. */
    static List<Trouble> aggregators(Observation observation) {
        return observation
                .aggregators()
                .flatMap(pod -> Stream.of(Workloads.trouble(pod), aggregator(pod)))
                .filter(Objects::nonNull)
                .sorted(WORST_FIRST)
                .toList();
    }

    private static @Nullable Trouble server(PodView pod) {
        Trouble failure = ModelVerdict.failure(pod);
        if (failure == null) {
            failure = Workloads.trouble(pod);
        }
        ServerView view = pod.server();
        if (failure != null || view == null || view.reason() == null) {
            return failure;
        }
        Reason reason = Reason.of(view.reason(), Reason.PartDegraded);
        return reason.isOnTheWay() ? null : new Trouble(reason, text(pod, view.message(), reason));
    }

    private static @Nullable Trouble aggregator(PodView pod) {
        AggregatorView view = pod.aggregator();
        if (view == null || (view.reason() == null && !view.state().equals("Failed"))) {
            return null;
        }
        // any other word is an error after which it begins again by itself
        Reason reason = Reason.of(view.reason(), Reason.AggregatorRecovering);
        return new Trouble(
                reason,
                reason == Reason.Rehydrating
                        ? "Pod " + pod.name() + ": writes its values again to a store that has lost them"
                        : text(pod, view.message(), reason));
    }

    private static String text(PodView pod, @Nullable String message, Reason reason) {
        return "Pod " + pod.name() + ": " + Objects.requireNonNullElse(message, reason.name());
    }

    private static int rank(Reason reason) {
        if (reason.stalls()) {
            return 0;
        }
        return switch (reason) {
            case FeatureStoreUnavailable -> 2;
            case KafkaUnavailable -> 3;
            case AggregatorRecovering -> 4;
            case Rehydrating -> 5;
            // nothing that a prediction needs
            case DatabaseUnavailable, QueryInvalid, ColumnMismatch -> 6;
            default -> 1;
        };
    }
}
