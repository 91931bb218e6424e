package dev.millrace.operator.dependent;

import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;

/** Met where the cluster serves PrometheusRule. */
public class PrometheusRuleInstalled extends ApiInstalled<PrometheusRule> {

    public PrometheusRuleInstalled() {
        super(PrometheusRule.class);
    }
}
