package dev.millrace.operator.dependent;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** The documents of the processes. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class ConfigMaps extends StackDependent<ConfigMap> {

    public ConfigMaps() {
        super(ConfigMap.class);
    }
}
