package dev.millrace.operator.status;

import dev.millrace.api.v1alpha1.FeatureGroupStatus;
import dev.millrace.api.v1alpha1.FeatureState;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.operator.observe.AggregatorView.StreamView;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.ServerView.GroupView;
import dev.millrace.plan.FeaturesPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How fresh the feature groups are, and what is being done about it. */
final class FreshnessVerdict {

    private static final int ALL_PERCENT = 100;

    private FreshnessVerdict() {}

    /** Informs: the worst group. */
    static Optional<Verdict> of(List<FeatureGroupStatus> groups) {
        if (groups.isEmpty()) {
            return Optional.empty();
        }
        for (FeatureState state : List.of(FeatureState.Missing, FeatureState.Stale, FeatureState.Unknown)) {
            for (FeatureGroupStatus group : groups) {
                if (group.getState() == state) {
                    return Optional.of(Verdict.not(
                            ConditionType.FeaturesFresh,
                            Reason.of(group.getReason(), otherwise(state)),
                            "features.groups[" + group.getGroup() + "] is " + state));
                }
            }
        }
        return Optional.of(
                Verdict.ok(ConditionType.FeaturesFresh, Reason.Fresh, "every feature group is within its freshness"));
    }

    /**
     * One line per group: the worst state that any server says, and why.
     *
     * @param streams what StreamsReady says; null without stream groups
     */
    static List<FeatureGroupStatus> groups(World world, @Nullable Verdict streams) {
        FeaturesPlan features = world.stack().plan().features();
        List<FeatureGroupStatus> groups = new ArrayList<>();
        for (FeatureGroup group : features == null ? List.<FeatureGroup>of() : features.groups()) {
            FeatureGroupStatus status = new FeatureGroupStatus();
            status.setGroup(group.name());
            status.setRevision(group.revision());
            List<GroupView> seen = seen(world, group);
            status.setState(seen.isEmpty() ? FeatureState.Unknown : FeatureState.Fresh);
            for (FeatureState state : List.of(FeatureState.Stale, FeatureState.Missing)) {
                seen.stream()
                        .filter(view -> view.state().equals(state.name()))
                        .findFirst()
                        .ifPresent(view -> {
                            status.setState(state);
                            status.setReason(
                                    Reason.of(view.reason(), otherwise(state)).name());
                        });
            }
            seen.stream()
                    .map(GroupView::progress)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .ifPresent(status::setProgress);
            if (group.stream() != null) {
                stream(status, streams(world, group), streams);
            }
            groups.add(status);
        }
        return groups;
    }

    /** The aggregator's word is the cause of what the servers see, and goes before it. */
    private static void stream(FeatureGroupStatus status, List<StreamView> views, @Nullable Verdict streams) {
        Integer back = back(views);
        if (back != null) {
            status.setProgress(back + "%");
        }
        Reason cause = views.stream()
                .map(StreamView::reason)
                .filter(Objects::nonNull)
                .map(word -> Reason.of(word, Reason.AggregatorRecovering))
                .min(Troubles.BY_RANK)
                .orElse(streams != null && !streams.ok() ? streams.reason() : null);
        if (cause != null
                && (back != null || cause == Reason.SchemaUnavailable || status.getState() != FeatureState.Fresh)) {
            status.setReason(cause.name());
        }
    }

    /** Percent of the values that are back, over the partitions of all aggregators; null = none is missing. */
    private static @Nullable Integer back(List<StreamView> views) {
        if (views.stream().allMatch(view -> view.rehydratedPercent() == null)) {
            return null;
        }
        int assigned = views.stream().mapToInt(StreamView::assigned).sum();
        int sum = views.stream()
                .mapToInt(view -> view.assigned() * Objects.requireNonNullElse(view.rehydratedPercent(), ALL_PERCENT))
                .sum();
        return assigned == 0 ? null : Integer.valueOf(sum / assigned);
    }

    private static List<GroupView> seen(World world, FeatureGroup group) {
        return world.observation()
                .servers()
                .map(PodView::server)
                .filter(Objects::nonNull)
                .flatMap(view -> view.features().stream())
                .filter(view ->
                        view.group().equals(group.name()) && view.revision().equals(group.revision()))
                .toList();
    }

    private static List<StreamView> streams(World world, FeatureGroup group) {
        return world.observation()
                .aggregators()
                .map(PodView::aggregator)
                .filter(Objects::nonNull)
                .flatMap(view -> view.groups().stream())
                .filter(view ->
                        view.group().equals(group.name()) && view.revision().equals(group.revision()))
                .toList();
    }

    private static Reason otherwise(FeatureState state) {
        return switch (state) {
            case Missing -> Reason.FeaturesMissing;
            case Stale -> Reason.FeaturesStale;
            default -> Reason.NotObserved;
        };
    }
}
