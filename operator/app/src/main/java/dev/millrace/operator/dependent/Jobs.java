package dev.millrace.operator.dependent;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** First loads of the batch groups. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class Jobs extends StackDependent<Job> {

    public Jobs() {
        super(Job.class);
    }
}
