package dev.millrace.plan;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.ServingConfig.RequestField;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The features side of a stack.
 *
 * @param groups definitions; a batch group's path and an sql group's directory are empty, because only a {@link Placement} knows it
 * @param batches how the batch groups are loaded, by group name
 * @param sqlSecrets the Secret of each sql group's database, by group name
 * @param aggregator null when no group is a stream
 */
public record FeaturesPlan(
        StorePlan store,
        List<Entity> entities,
        List<FeatureGroup> groups,
        Map<String, BatchPlan> batches,
        Map<String, String> sqlSecrets,
        List<RequestField> request,
        List<String> vector,
        String onMissing,
        String onStale,
        @Nullable AggregatorPlan aggregator) {

    /** Whether any group has its values in the store. */
    public boolean usesStore() {
        return groups.stream().anyMatch(g -> g.sql() == null);
    }

    /** With as many aggregators. */
    FeaturesPlan withAggregators(int replicas) {
        return new FeaturesPlan(
                store,
                entities,
                groups,
                batches,
                sqlSecrets,
                request,
                vector,
                onMissing,
                onStale,
                aggregator == null ? null : aggregator.withReplicas(replicas));
    }

    /** Groups that a topic feeds. */
    public List<FeatureGroup> streams() {
        return groups.stream().filter(g -> g.stream() != null).toList();
    }
}
