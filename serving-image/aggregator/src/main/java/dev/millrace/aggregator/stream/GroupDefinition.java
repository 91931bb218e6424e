package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.event.EventReader;
import dev.millrace.aggregator.schema.RegistryClient;
import dev.millrace.aggregator.schema.SchemaCache;
import dev.millrace.aggregator.schema.SchemaFormat;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.feast.FeastView;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.store.StoreKeys;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A stream group, compiled. Its application is named after its revision: a changed group is a new application that fills
 * beside the old one.
 *
 * @param ns see {@code StoreKeys.ns}
 * @param schemas of the events; null for formats that need none
 * @param feast its place in a store of Feast's; null = values are tiles, in our own layout
 */
public record GroupDefinition(
        String ns,
        String applicationId,
        FeatureGroup group,
        FeatureGroup.Stream stream,
        TileLayout layout,
        EventReader reader,
        @Nullable SchemaCache schemas,
        @Nullable FeastView feast) {
    /** Name of the state store; its changelog topic is {@code <applicationId>-tiles-changelog}. */
    static final String STATE = "tiles";
    /** The internal topic is {@code <applicationId>-by-entity-repartition}. */
    static final String KEYED = "by-entity";
    /** Between two questions for a schema that the registry does not have. */
    private static final Duration SCHEMA_RETRY = Duration.ofSeconds(1);

    /** @throws ConfigException naming the field that cannot be honoured */
    public static GroupDefinition of(AggregatorConfig config, FeatureGroup group) {
        String ns = StoreKeys.ns(config.namespace(), config.name());
        Entity entity = config.entities().stream()
                .filter(e -> e.name().equals(group.entity()))
                .findFirst()
                .orElseThrow(() -> new ConfigException("groups[" + group.name() + "].entity: there is no entity '"
                        + group.entity() + "', define it in entities"));
        TileLayout layout = TileLayout.of(group);
        FeatureGroup.Stream stream = group.stream();
        if (stream == null) {
            throw new ConfigException("groups[" + group.name() + "] has no stream");
        }
        SchemaCache schemas = schemas(config.kafka(), stream);
        return new GroupDefinition(
                ns,
                config.namespace() + "-" + config.name() + "-" + group.name() + "-" + group.revision(),
                group,
                stream,
                layout,
                EventReader.of(ns, entity, group, layout, schemas),
                schemas,
                group.feast() == null ? null : FeastView.of(group, entity));
    }

    /** Null when the format needs none, and when the document names no registry: the reader says so. */
    private static @Nullable SchemaCache schemas(@Nullable Kafka kafka, FeatureGroup.Stream stream) {
        Kafka.SchemaRegistry registry = kafka == null ? null : kafka.schemaRegistry();
        return registry == null
                        || !(stream.format().equals("avro") || stream.format().equals("protobuf"))
                ? null
                : new SchemaCache(
                        new RegistryClient(registry.url(), registry.secretDir()),
                        SchemaFormat.valueOf(stream.format().toUpperCase(Locale.ROOT)),
                        SCHEMA_RETRY);
    }

    /** What the store gets for an entity's tiles: themselves, or in Feast's layout the values as of its newest event. */
    byte[] stored(byte[] tiles) {
        return feast == null ? tiles : feast.finish(tiles);
    }

    /** {@code <group>.<rev>}, as in store keys. */
    String revisionName() {
        return group.name() + "." + group.revision();
    }

    /** Whether events are re-keyed through an internal topic, which takes exactly-once. */
    boolean rekeyed() {
        return "Auto".equals(stream.repartition());
    }

    /** The topic that has all events of an entity in one partition. */
    String keyedTopic() {
        return rekeyed() ? applicationId + "-" + KEYED + "-repartition" : stream.topic();
    }

    String changelogTopic() {
        return applicationId + "-" + STATE + "-changelog";
    }
}
