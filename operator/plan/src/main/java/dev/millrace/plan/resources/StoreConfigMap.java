package dev.millrace.plan.resources;

import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.StorePlan;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import org.jspecify.annotations.Nullable;

/** The managed store's configuration; Redis and Valkey read the same file. */
public final class StoreConfigMap {
    static final String KEY = "store.conf";

    private StoreConfigMap() {}

    /** Null when the store is not ours. */
    public static @Nullable ConfigMap of(StackPlan plan) {
        if (!plan.hasManagedStore()) {
            return null;
        }
        return new ConfigMapBuilder()
                .withMetadata(Labels.meta(plan, Names.store(plan.name()), Labels.STORE))
                .addToData(KEY, document(plan))
                .build();
    }

    static String document(StackPlan plan) {
        FeaturesPlan features = plan.features();
        long maxMemory = features != null && features.store() instanceof StorePlan.Managed managed
                ? managed.maxMemoryBytes()
                : 0;
        return String.join(
                "\n",
                "# A disposable cache: refilled from the aggregators' state and the batch source, so nothing is persisted",
                "# (a snapshot's fork costs tens of milliseconds at p99).",
                "save \"\"",
                "appendonly no",
                "dir /data",
                "# 75 % of the container's limit: the rest is for buffers and fragmentation. Silent eviction would be",
                "# silently default features, so a full store refuses writes instead.",
                "maxmemory " + maxMemory,
                "maxmemory-policy noeviction",
                "bind * -::*",
                "port " + Placement.STORE_PORT,
                "daemonize no",
                "hz 100",
                "tcp-keepalive 60",
                "lazyfree-lazy-eviction yes",
                "lazyfree-lazy-expire yes",
                "lazyfree-lazy-server-del yes",
                "lazyfree-lazy-user-del yes",
                "# requirepass, from the Secret: it must not show on a command line",
                "include " + Placement.CONFIG_DIR + "/" + StoreSecret.AUTH,
                "");
    }
}
