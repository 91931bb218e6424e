package dev.millrace.plan.monitoring;

import dev.millrace.contract.metrics.Metric;
import dev.millrace.contract.metrics.Metrics;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names that PromQL may use: the catalogue's, and those that the rules record. */
record Names(Set<String> known) {
    private static final Pattern NAME = Pattern.compile("\\bmillrace[_:][a-z0-9_:]*[a-z0-9]");

    static Names of(MonitoringPlan plan) {
        Set<String> known = new HashSet<>();
        for (Metric metric : Metrics.all()) {
            known.add(metric.exposedName());
            if (metric.type() == Metric.Type.HISTOGRAM) {
                known.add(metric.name() + "_bucket");
                known.add(metric.name() + "_sum");
                known.add(metric.name() + "_count");
            }
        }
        RuleFiles.rules(plan).stream()
                .map(Rule::getRecord)
                .filter(Objects::nonNull)
                .forEach(known::add);
        return new Names(known);
    }

    Set<String> unknownIn(String text) {
        Set<String> unknown = new TreeSet<>();
        Matcher name = NAME.matcher(text);
        while (name.find()) {
            if (!known.contains(name.group())) {
                unknown.add(name.group());
            }
        }
        return unknown;
    }
}
