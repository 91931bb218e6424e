package dev.millrace.plan;

import dev.millrace.api.v1alpha1.EntityKeySpec;
import dev.millrace.api.v1alpha1.EntitySpec;
import dev.millrace.api.v1alpha1.ExternalStore;
import dev.millrace.api.v1alpha1.FeastSpec;
import dev.millrace.api.v1alpha1.FeatureGroupSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.StoreFormat;
import dev.millrace.api.v1alpha1.StoreSpec;
import dev.millrace.contract.config.FeatureGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A group's place in a store of Feast's. */
public final class FeastNumbers {
    private FeastNumbers() {}

    /** Whether values are laid out as Feast does. */
    public static boolean isFeast(StoreSpec store) {
        return store.getExternal() != null && store.getExternal().getFormat() == StoreFormat.FEAST_V3;
    }

    /** Name of the group's feature view. */
    public static String view(FeatureGroupSpec group) {
        FeastSpec feast = group.getFeast();
        return feast == null || feast.getView() == null ? group.getName() : feast.getView();
    }

    /** Null where the values are in our own layout, or not in the store at all. */
    static FeatureGroup.@Nullable Feast of(FeaturesSpec features, FeatureGroupSpec group, Derivations derivations) {
        ExternalStore store = features.getStore().getExternal();
        if (store == null || !isFeast(features.getStore()) || group.getSql() != null) {
            return null;
        }
        FeastSpec feast = group.getFeast();
        List<String> joinKeys = feast == null ? List.of() : feast.getJoinKeys();
        if (joinKeys.isEmpty()) {
            joinKeys = features.getEntities().stream()
                    .filter(e -> e.getName().equals(group.getEntity()))
                    .map(EntitySpec::getKeys)
                    .flatMap(List::stream)
                    .map(EntityKeySpec::getName)
                    .toList();
        }
        String project = store.getProject() == null ? "" : store.getProject();
        derivations.add(
                "features.groups[" + group.getName() + "].feast",
                project + ":" + view(group) + " by " + String.join(", ", joinKeys),
                "its place in Feast's store: project, feature view and join keys");
        return new FeatureGroup.Feast(
                project, view(group), List.copyOf(joinKeys), Durations.wholeMillis(store.getKeyTtl()));
    }
}
