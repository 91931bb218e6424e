package dev.millrace.operator.dependent;

import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;

/** Met where the cluster serves PodMonitor. */
public class PodMonitorInstalled extends ApiInstalled<PodMonitor> {

    public PodMonitorInstalled() {
        super(PodMonitor.class);
    }
}
