package dev.millrace.plan.resources;

import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.KafkaPlan;
import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.StorePlan;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.KeyToPathBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.VolumeProjectionBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One projected volume at {@code /etc/millrace}: the document, and each credential as a file below it. Secrets are files,
 * never environment variables: they rotate without a restart and do not show in a process list.
 */
final class ConfigVolume {
    /** Owner and group (fsGroup) may read. */
    private static final int MODE = 0440;

    private final List<VolumeProjection> sources = new ArrayList<>();

    private ConfigVolume() {}

    static ConfigVolume of(String configMap, String key) {
        ConfigVolume volume = new ConfigVolume();
        volume.sources.add(new VolumeProjectionBuilder()
                .withNewConfigMap()
                .withName(configMap)
                .withItems(item(key, key))
                .endConfigMap()
                .build());
        return volume;
    }

    /** Another key of the document's ConfigMap. */
    ConfigVolume withDocument(String key) {
        sources.get(0).getConfigMap().getItems().add(item(key, key));
        return this;
    }

    /**
     * Certificate and key of the REST and gRPC ports. Optional: a missing secret must not leave the pod waiting without a
     * word; the server says which field names it.
     */
    ConfigVolume withTls(@Nullable String name) {
        if (name != null) {
            secret(name, Placement.TLS_DIR, "tls.crt", "tls.key");
            sources.get(sources.size() - 1).getSecret().setOptional(true);
        }
        return this;
    }

    ConfigVolume withStore(StackPlan plan) {
        FeaturesPlan features = plan.features();
        if (features == null || !features.usesStore()) {
            return this;
        }
        if (features.store() instanceof StorePlan.External external) {
            secret(external.secret(), Placement.STORE_CREDENTIALS_DIR, "password");
            secret(external.caSecret(), Placement.STORE_CA_DIR, "ca.crt");
        } else {
            secret(Names.store(plan.name()), Placement.STORE_CREDENTIALS_DIR, StoreSecret.PASSWORD);
        }
        return this;
    }

    /** Of sql groups' databases. Optional: a server that cannot use one says so, and answers without its rows. */
    ConfigVolume withSql(StackPlan plan) {
        if (plan.features() != null) {
            plan.features().sqlSecrets().forEach((group, name) -> {
                secret(
                        name,
                        Placement.SQL_DIR + "/" + group,
                        "uri",
                        "host",
                        "port",
                        "database",
                        "dbname",
                        "username",
                        "password",
                        "sslmode",
                        "ca.crt");
                sources.get(sources.size() - 1).getSecret().setOptional(true);
            });
        }
        return this;
    }

    /** Access to a batch group's files. Optional: the loader says which keys it misses. */
    ConfigVolume withBatch(@Nullable String name) {
        if (name != null) {
            secret(
                    name,
                    Placement.BATCH_CREDENTIALS_DIR,
                    "AWS_ACCESS_KEY_ID",
                    "AWS_SECRET_ACCESS_KEY",
                    "AWS_SESSION_TOKEN",
                    "token",
                    "username",
                    "password",
                    "ca.crt");
            sources.get(sources.size() - 1).getSecret().setOptional(true);
        }
        return this;
    }

    ConfigVolume withKafka(@Nullable KafkaPlan kafka) {
        if (kafka != null) {
            secret(kafka.caSecret(), Placement.KAFKA_CA_DIR, "ca.crt");
            secret(kafka.clientSecret(), Placement.KAFKA_CLIENT_DIR, "user.crt", "user.key");
            secret(kafka.credentialsSecret(), Placement.KAFKA_CREDENTIALS_DIR, "username", "password");
        }
        return this;
    }

    /** Each key may be missing: what the registry then says stands in the aggregator's status. */
    ConfigVolume withSchemaRegistry(@Nullable KafkaPlan kafka) {
        String name = kafka == null ? null : kafka.schemaRegistrySecret();
        if (name != null) {
            secret(name, Placement.SCHEMA_REGISTRY_DIR, "username", "password", "ca.crt");
            sources.get(sources.size() - 1).getSecret().setOptional(true);
        }
        return this;
    }

    /** A key of a secret, as a file directly in the volume. */
    ConfigVolume withSecretFile(String name, String key) {
        return secret(name, Placement.CONFIG_DIR, key);
    }

    Volume build() {
        return new VolumeBuilder()
                .withName(Pods.CONFIG)
                .withNewProjected()
                .withDefaultMode(MODE)
                .withSources(sources)
                .endProjected()
                .build();
    }

    private ConfigVolume secret(@Nullable String name, String dir, String... keys) {
        if (name == null) {
            return this;
        }
        String below = dir.length() <= Placement.CONFIG_DIR.length()
                ? ""
                : dir.substring(Placement.CONFIG_DIR.length() + 1) + "/";
        List<KeyToPath> items = new ArrayList<>();
        for (String key : keys) {
            items.add(item(key, below + key));
        }
        sources.add(new VolumeProjectionBuilder()
                .withNewSecret()
                .withName(name)
                .withItems(items)
                .endSecret()
                .build());
        return this;
    }

    private static KeyToPath item(String key, String path) {
        return new KeyToPathBuilder().withKey(key).withPath(path).build();
    }
}
