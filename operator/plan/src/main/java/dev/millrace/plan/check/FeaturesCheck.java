package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.AggregatorSpec;
import dev.millrace.api.v1alpha1.AggregatorState;
import dev.millrace.api.v1alpha1.EntityKeySpec;
import dev.millrace.api.v1alpha1.EntitySpec;
import dev.millrace.api.v1alpha1.FeatureGroupSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.KafkaSpec;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RequestFieldSpec;
import dev.millrace.api.v1alpha1.StoreSpec;
import dev.millrace.api.v1alpha1.StreamFormat;
import dev.millrace.plan.Finding.Reason;
import dev.millrace.plan.Names;
import dev.millrace.plan.Quantities;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code spec.features}, but for what stands within a group and in the vector. */
final class FeaturesCheck {
    /** A CronJob's name leaves 11 characters of 63 for the name of its Jobs. */
    private static final int MAX_CRON_JOB = 52;

    private static final Quantity ROCKSDB_MEMORY = new Quantity("256Mi");
    private static final Quantity ROCKSDB_DISK = new Quantity("1Gi");

    private FeaturesCheck() {}

    static void check(RealtimeModel model, Findings findings) {
        FeaturesSpec features = model.getSpec().getFeatures();
        if (features == null) {
            return;
        }
        ServerCheck.resources(
                "spec.features.aggregator.resources", features.getAggregator().getResources(), findings);
        aggregators(features.getAggregator(), findings);
        state(features, findings);
        store(features.getStore(), findings);
        FeastCheck.store(features, findings);
        entities(features.getEntities(), findings);
        groups(model, features, findings);
        request(features, findings);
    }

    private static void aggregators(AggregatorSpec aggregator, Findings findings) {
        int min = aggregator.getMinReplicas() == null ? 1 : aggregator.getMinReplicas();
        if (aggregator.getMaxReplicas() != null && aggregator.getMaxReplicas() < min) {
            findings.error(
                    "spec.features.aggregator.maxReplicas",
                    Reason.ReplicasInvalid,
                    aggregator.getMaxReplicas() + " is less than minReplicas, " + min + "; raise it");
        }
    }

    private static void state(FeaturesSpec features, Findings findings) {
        AggregatorSpec aggregator = features.getAggregator();
        if (aggregator.getState() != AggregatorState.RocksDB) {
            return;
        }
        if (features.getGroups().stream().allMatch(group -> group.getStream() == null)) {
            findings.error(
                    "spec.features.aggregator.state",
                    Reason.FieldDoesNotApply,
                    "RocksDB keeps the tiles of streams, and no group has a stream; remove it");
        }
        BigDecimal memory = least(aggregator.getResources(), "memory");
        if (memory != null && memory.compareTo(Quantities.number(ROCKSDB_MEMORY)) < 0) {
            findings.error(
                    "spec.features.aggregator.resources",
                    Reason.InvalidValue,
                    "RocksDB takes 30 % of the memory and the heap 40 %: less than " + ROCKSDB_MEMORY
                            + " is too little for both; raise requests.memory, or use state: Memory");
        }
        BigDecimal disk = least(aggregator.getResources(), "ephemeral-storage");
        if (disk != null && disk.compareTo(Quantities.number(ROCKSDB_DISK)) < 0) {
            findings.error(
                    "spec.features.aggregator.resources",
                    Reason.InvalidValue,
                    "the state directory may hold what limits.ephemeral-storage says, and RocksDB needs " + ROCKSDB_DISK
                            + " to merge its files; raise it");
        }
    }

    /** What is asked for, or allowed where nothing is asked for; null when neither says, or cannot be read. */
    private static @Nullable BigDecimal least(ResourceRequirements resources, String resource) {
        Map<String, Quantity> requests = resources.getRequests();
        Map<String, Quantity> limits = resources.getLimits();
        Quantity found = requests == null ? null : requests.get(resource);
        if (found == null) {
            found = limits == null ? null : limits.get(resource);
        }
        try {
            return found == null ? null : Quantities.number(found);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Without a cluster at all there is a finding already. */
    private static void registry(String at, FeatureGroupSpec group, @Nullable KafkaSpec kafka, Findings findings) {
        StreamFormat format =
                group.getStream() == null ? null : group.getStream().getFormat();
        if ((format == StreamFormat.avro || format == StreamFormat.protobuf)
                && kafka != null
                && kafka.getSchemaRegistry() == null) {
            findings.error(
                    at + ".stream.format",
                    Reason.SchemaRegistryRequired,
                    format + " needs a schema registry; add spec.kafka.schemaRegistry: {url: \"http://<host>:8081\"}");
        }
    }

    private static void store(StoreSpec store, Findings findings) {
        if ((store.getManaged() == null) == (store.getExternal() == null)) {
            findings.error(
                    "spec.features.store",
                    Reason.StoreInvalid,
                    "must have exactly one of managed and external; write managed: {} for one that Millrace runs");
        }
        if (store.getManaged() != null) {
            findings.quantity(
                    "spec.features.store.managed.memory", store.getManaged().getMemory());
        }
        if (store.getExternal() != null
                && findings.required(
                        "spec.features.store.external.address",
                        store.getExternal().getAddress(),
                        "redis://store:6379")
                && !store.getExternal().getAddress().matches("rediss?://[^ @/]+:[0-9]+/?")) {
            findings.error(
                    "spec.features.store.external.address",
                    Reason.StoreInvalid,
                    "must be redis://<host>:<port> or rediss://<host>:<port>; credentials belong in secretRef");
        }
    }

    private static void entities(List<EntitySpec> entities, Findings findings) {
        String list = "spec.features.entities";
        if (entities.isEmpty()) {
            findings.error(
                    list,
                    Reason.Required,
                    "is required, for example {name: customer, keys: [{name: customer_id, type: STRING}]}");
        }
        findings.unique(list, entities.stream().map(EntitySpec::getName).toList());
        for (int i = 0; i < entities.size(); i++) {
            EntitySpec entity = entities.get(i);
            String keys = list + "[" + i + "].keys";
            if (entity.getKeys().isEmpty()) {
                findings.error(keys, Reason.Required, "is required, for example [{name: customer_id, type: STRING}]");
            }
            findings.unique(
                    keys, entity.getKeys().stream().map(EntityKeySpec::getName).toList());
            for (int k = 0; k < entity.getKeys().size(); k++) {
                findings.required(
                        keys + "[" + k + "].type", entity.getKeys().get(k).getType(), "STRING");
            }
        }
    }

    private static void groups(RealtimeModel model, FeaturesSpec features, Findings findings) {
        String list = "spec.features.groups";
        List<FeatureGroupSpec> groups = features.getGroups();
        if (groups.isEmpty()) {
            findings.error(list, Reason.Required, "is required; a model without stored features needs no features");
        }
        findings.unique(list, groups.stream().map(FeatureGroupSpec::getName).toList());
        List<String> entities =
                features.getEntities().stream().map(EntitySpec::getName).toList();
        String name = model.getMetadata().getName();
        for (int i = 0; i < groups.size(); i++) {
            FeatureGroupSpec group = groups.get(i);
            String at = list + "[" + i + "]";
            if (!entities.contains(group.getEntity())) {
                findings.error(
                        at + ".entity",
                        Reason.EntityUnknown,
                        "'" + group.getEntity() + "' is none of features.entities, " + entities
                                + "; use one of them or add it there");
            }
            if (group.getBatch() != null
                    && name != null
                    && Names.load(name, group.getName()).length() > MAX_CRON_JOB) {
                findings.error(
                        at + ".name",
                        Reason.NameInvalid,
                        "'" + Names.load(name, group.getName()) + "', the name of its CronJob, is longer than "
                                + MAX_CRON_JOB + " characters; shorten it or metadata.name");
            }
            GroupCheck.check(at, group, features, findings);
            FeastCheck.group(at, group, features, findings);
            registry(at, group, model.getSpec().getKafka(), findings);
        }
    }

    private static void request(FeaturesSpec features, Findings findings) {
        String list = "spec.features.request";
        List<RequestFieldSpec> request = features.getRequest();
        findings.unique(list, request.stream().map(RequestFieldSpec::getName).toList());
        List<String> groups =
                features.getGroups().stream().map(FeatureGroupSpec::getName).toList();
        for (int i = 0; i < request.size(); i++) {
            RequestFieldSpec field = request.get(i);
            String at = list + "[" + i + "]";
            findings.required(at + ".datatype", field.getDatatype(), "FP32");
            if (groups.contains(field.getName())) {
                findings.error(
                        at + ".name",
                        Reason.DuplicateName,
                        "'" + field.getName() + "' is the name of a group too; rename one of them");
            }
            findings.number(at + ".default", field.getDefaultValue(), Reason.DefaultInvalid);
            if (Boolean.TRUE.equals(field.getRequired()) && field.getDefaultValue() != null) {
                findings.error(
                        at + ".default",
                        Reason.DefaultInvalid,
                        "a required field is never replaced by a default; remove required or default");
            }
        }
    }
}
