package dev.millrace.operator.dependent;

import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** Scheduled loads of the batch groups. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class CronJobs extends StackDependent<CronJob> {

    public CronJobs() {
        super(CronJob.class);
    }
}
