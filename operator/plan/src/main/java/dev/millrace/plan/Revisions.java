package dev.millrace.plan;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import java.util.List;

/**
 * A group's revision: 4 hex digits of the hash of everything that shapes a stored value. A change of it fills a new set of
 * keys beside the old. Defaults, deadlines and what to do with stale values are applied when reading, and where a batch
 * comes from changes none of its columns, so these keep the revision.
 */
final class Revisions {
    private Revisions() {}

    static String of(FeatureGroup group, List<Entity> entities) {
        StringBuilder definition = new StringBuilder(group.name());
        for (Entity entity : entities) {
            if (entity.name().equals(group.entity())) {
                definition.append("\nentity ").append(entity);
            }
        }
        FeatureGroup.Stream stream = group.stream();
        if (stream != null) {
            definition
                    .append("\nstream ")
                    .append(List.of(stream.topic(), stream.format(), stream.eventTimeUnit()))
                    .append(stream.eventTimeField())
                    .append('\n')
                    .append(stream.filter());
            if (stream.repartition() != null) {
                // offsets of another topic
                definition.append("\nrepartition ").append(stream.repartition());
            }
        }
        if (stream != null && stream.dedup() != null) {
            definition.append("\ndedup ").append(stream.dedup());
        }
        for (FeatureGroup.Aggregation a : group.aggregations()) {
            definition
                    .append("\naggregation ")
                    .append(List.of(a.name(), a.function(), a.windowMs(), a.args()))
                    .append(a.column());
        }
        FeatureGroup.Batch batch = group.batch();
        if (batch != null) {
            definition.append("\nbatch ").append(batch.timestampField());
            if (stream != null) {
                // the stream keeps twice as much
                definition.append("\nmaxAge ").append(group.maxAgeMs());
            }
        }
        if (group.sql() != null) {
            definition.append("\nsql ").append(group.sql().query());
        }
        FeatureGroup.Feast feast = group.feast();
        if (feast != null) {
            definition.append("\nfeast ").append(List.of(feast.project(), feast.view(), feast.joinKeys()));
        }
        for (FeatureGroup.Column c : group.columns()) {
            definition.append("\ncolumn ").append(List.of(c.name(), c.datatype()));
        }
        return Hashes.hex(definition.toString(), 4);
    }
}
