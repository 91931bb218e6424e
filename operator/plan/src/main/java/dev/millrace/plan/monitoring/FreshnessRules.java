package dev.millrace.plan.monitoring;

import dev.millrace.contract.metrics.Metrics;
import dev.millrace.plan.monitoring.MonitoringPlan.BatchGroup;
import dev.millrace.plan.monitoring.MonitoringPlan.StreamGroup;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Freshness of feature groups. Of a stream group the slowest partition counts, because its entities are the stale ones;
 * a partition without events is caught up, so an idle source is silent.
 */
final class FreshnessRules {
    static final String LAG = "millrace:feature_lag:seconds";
    /** A rebalance takes less. */
    private static final Duration STALLED = Duration.ofSeconds(60);
    /** A lag so many times the bound is no hiccup. */
    private static final int STALLED_FACTOR = 30;
    /** Half of {@link #SLOW_HOLD}: one rebalance or restart, whose events leave the window again, tells nobody. */
    private static final Duration SLOW_WINDOW = Duration.ofMinutes(5);

    private static final Duration SLOW_HOLD = Duration.ofMinutes(10);
    /** Of fewer events the p99 is the worst one or two; of so many it is five. */
    private static final int SLOW_MIN_EVENTS = 500;

    private static final Duration REJECTED_WINDOW = Duration.ofMinutes(10);
    private static final String REJECTED_RATIO = "0.01";
    /** A producer that tries something out, or a topic with ten events a day, tells nobody. */
    private static final int REJECTED_MIN_EVENTS = 10;

    private final AlertRules rules;
    private final Promql promql;
    private final MonitoringPlan plan;

    FreshnessRules(MonitoringPlan plan) {
        this.rules = new AlertRules(plan);
        this.promql = new Promql(plan);
        this.plan = plan;
    }

    /** The lag of the slowest partition; where there are too many partitions for labels, from the group's timestamp. */
    List<Rule> records() {
        if (plan.streams().isEmpty()) {
            return List.of();
        }
        return List.of(AlertRules.record(
                LAG,
                Map.of(),
                "max by (" + Promql.GROUP + ") (" + promql.aggregator(Metrics.FEATURE_WATERMARK_LAG) + ") or on ("
                        + Promql.GROUP + ") (time() - min by (" + Promql.GROUP + ") ("
                        + promql.aggregator(Metrics.FEATURE_WATERMARK_TIMESTAMP) + "))"));
    }

    List<Rule> alerts() {
        List<Rule> alerts = new ArrayList<>();
        for (StreamGroup group : plan.streams()) {
            if (group.maxLag() != null) {
                alerts.add(lagging(group, group.maxLag()));
            }
            if (group.pipeline() != null) {
                alerts.add(slow(group, group.pipeline()));
            }
            alerts.add(stalled(group));
            alerts.add(neverCaughtUp(group));
            alerts.add(rejected(group));
            if (!plan.suspended()) {
                alerts.add(heartbeatMissing(group));
            }
        }
        for (BatchGroup group : plan.batches()) {
            if (group.maxAge() != null && !plan.suspended()) {
                alerts.add(batchTooOld(group, group.maxAge()));
            }
        }
        return alerts;
    }

    private Rule lagging(StreamGroup group, Duration maxLag) {
        return rules.alert(
                Alert.FEATURE_WATERMARK_LAG,
                AlertRules.WARNING,
                Map.of(),
                Duration.ofMinutes(1),
                promql.recorded(LAG, "group", group.name()) + " > " + Promql.seconds(maxLag),
                "features of group " + group.name() + " of " + plan.model() + " are behind",
                "The slowest partition is {{ $value | humanizeDuration }} behind its topic; freshness.maxLag is "
                        + Promql.seconds(maxLag) + "s, so values of its entities count as stale.");
    }

    /** A promise and no bound: the values are served all the same. */
    private Rule slow(StreamGroup group, Duration pipeline) {
        String window = Promql.duration(SLOW_WINDOW);
        return rules.alert(
                Alert.FEATURE_PIPELINE_SLOW,
                AlertRules.WARNING,
                Map.of(),
                SLOW_HOLD,
                "histogram_quantile(0.99, sum by (" + Promql.GROUP + ", le) (rate("
                        + promql.aggregatorHistogram(Metrics.FEATURE_PIPELINE, "bucket", "group", group.name()) + "["
                        + window + "]))) > " + Promql.seconds(pipeline) + " and on (" + Promql.GROUP + ") sum by ("
                        + Promql.GROUP + ") (increase("
                        + promql.aggregatorHistogram(Metrics.FEATURE_PIPELINE, "count", "group", group.name()) + "["
                        + window + "])) >= " + SLOW_MIN_EVENTS,
                "events of group " + group.name() + " of " + plan.model() + " reach the store later than promised",
                "One event in a hundred takes {{ $value | humanizeDuration }} or longer from its append to its readable"
                        + " value; freshness.pipeline promises " + Promql.seconds(pipeline) + "s.");
    }

    private Rule stalled(StreamGroup group) {
        Duration bound = group.maxLag() == null ? STALLED : max(group.maxLag().multipliedBy(STALLED_FACTOR), STALLED);
        return rules.alert(
                Alert.FEATURE_PIPELINE_STALLED,
                AlertRules.CRITICAL,
                Map.of("cause", "lag"),
                Duration.ofMinutes(2),
                promql.recorded(LAG, "group", group.name()) + " > " + Promql.seconds(bound),
                "features of group " + group.name() + " of " + plan.model() + " stand still",
                "The slowest partition is {{ $value | humanizeDuration }} behind its topic: events arrive and do not reach"
                        + " the store.");
    }

    /** After a start a partition has no lag to report until it has reached an end of the topic once. */
    private Rule neverCaughtUp(StreamGroup group) {
        return rules.alert(
                Alert.FEATURE_PIPELINE_STALLED,
                AlertRules.CRITICAL,
                Map.of("cause", "never_caught_up"),
                Duration.ofMinutes(15),
                "max by (" + Promql.GROUP + ") (" + promql.aggregator(Metrics.SOURCE_LAG, "group", group.name())
                        + " unless on (" + Promql.GROUP + ", partition) "
                        + promql.aggregator(Metrics.FEATURE_WATERMARK_LAG, "group", group.name()) + ") > 0",
                "features of group " + group.name() + " of " + plan.model() + " have not caught up since the start",
                "A partition has not reached the end of its topic since its aggregator started; {{ $value }} records are"
                        + " not in the store.");
    }

    /** The stream goes on without them, and no other alert would tell: the features are fresh and count too little. */
    private Rule rejected(StreamGroup group) {
        String window = "[" + Promql.duration(REJECTED_WINDOW) + "]";
        String deadLetters = "sum by (" + Promql.GROUP + ") (increase("
                + promql.aggregator(Metrics.AGGREGATOR_EVENTS, "group", group.name(), "result", "dead_letter") + window
                + "))";
        return rules.alert(
                Alert.FEATURE_EVENTS_REJECTED,
                AlertRules.WARNING,
                Map.of(),
                Duration.ofMinutes(5),
                deadLetters + " / sum by (" + Promql.GROUP + ") (increase("
                        + promql.aggregator(Metrics.AGGREGATOR_EVENTS, "group", group.name()) + window + ")) > "
                        + REJECTED_RATIO + " and on (" + Promql.GROUP + ") " + deadLetters + " >= "
                        + REJECTED_MIN_EVENTS,
                "events of group " + group.name() + " of " + plan.model() + " cannot be used",
                "{{ $value | humanizePercentage }} of the events went to the dead letter topic; features count the others"
                        + " only.");
    }

    private Rule heartbeatMissing(StreamGroup group) {
        Map<String, String> labels = new TreeMap<>(rules.ownLabels());
        labels.put("group", group.name());
        return rules.alert(
                Alert.FEATURE_HEARTBEAT_MISSING,
                AlertRules.CRITICAL,
                labels,
                Duration.ofMinutes(5),
                "absent_over_time(" + promql.aggregator(Metrics.FEATURE_WATERMARK_TIMESTAMP, "group", group.name())
                        + "[5m])",
                "no aggregator reports group " + group.name() + " of " + plan.model(),
                "No aggregator has reported a watermark for 10 minutes: none runs, none is scraped, or none has caught up"
                        + " since it started. The features stay as they were.");
    }

    private Rule batchTooOld(BatchGroup group, Duration maxAge) {
        return rules.alert(
                Alert.FEATURE_BATCH_TOO_OLD,
                AlertRules.WARNING,
                Map.of(),
                Duration.ofMinutes(15),
                "max by (" + Promql.GROUP + ") (" + promql.server(Metrics.BATCH_AGE, "group", group.name()) + ") > "
                        + Promql.seconds(maxAge),
                "features of group " + group.name() + " of " + plan.model() + " were not loaded in time",
                "The last complete batch is {{ $value | humanizeDuration }} old; freshness.maxAge is "
                        + Promql.duration(maxAge) + ". Its values count as stale.");
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
