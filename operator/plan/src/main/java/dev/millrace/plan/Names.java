package dev.millrace.plan;

/** Names of a stack's objects. The model's own name is at most 40 characters, so that every one of these is a DNS label. */
public final class Names {
    private Names() {}

    /** Deployment, HPA, PodDisruptionBudget, NetworkPolicy and ServiceAccount of the servers. */
    public static String server(String model) {
        return model + "-server";
    }

    /** Service that answers predictions: the model's own name. */
    public static String service(String model) {
        return model;
    }

    /** ConfigMap with {@code serving.json}. */
    public static String serving(String model) {
        return model + "-serving";
    }

    /** StatefulSet, Service, Secret, ConfigMap, NetworkPolicy and ServiceAccount of the managed store. */
    public static String store(String model) {
        return model + "-store";
    }

    /** Deployment, ConfigMap, NetworkPolicy and ServiceAccount of the aggregators. */
    public static String aggregator(String model) {
        return model + "-aggregator";
    }

    /** ServiceAccount of the batch loaders. */
    public static String loader(String model) {
        return model + "-loader";
    }

    /** CronJob of a batch group; the first Job adds a hash of its template to it. */
    public static String load(String model, String group) {
        return model + "-" + group.replace('_', '-') + "-load";
    }
}
