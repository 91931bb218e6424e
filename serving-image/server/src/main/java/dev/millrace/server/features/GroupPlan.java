package dev.millrace.server.features;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A feature group, compiled once: how its value is decoded and what stands in for it. */
public final class GroupPlan {
    private final FeatureGroup group;
    private final Entity entity;
    private final List<String> features;
    private final double[] defaults;
    private final @Nullable TileReader tiles;
    private final @Nullable ColumnCodec columns;

    private GroupPlan(
            FeatureGroup group,
            Entity entity,
            List<String> features,
            double[] defaults,
            @Nullable TileReader tiles,
            @Nullable ColumnCodec columns) {
        this.group = group;
        this.entity = entity;
        this.features = features;
        this.defaults = defaults;
        this.tiles = tiles;
        this.columns = columns;
    }

    static GroupPlan of(FeatureGroup group, List<Entity> entities) {
        Entity entity = entities.stream()
                .filter(e -> e.name().equals(group.entity()))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "features.groups[" + group.name() + "].entity: there is no entity " + group.entity()));
        if (group.stream() != null && group.batch() != null) {
            throw new ConfigException(
                    "features.groups[" + group.name() + "]: stream and batch in one group are not served yet; use two");
        }
        if (group.stream() != null) {
            TileLayout layout = TileLayout.of(group);
            return new GroupPlan(group, entity, layout.features(), layout.defaults(), new TileReader(layout), null);
        }
        ColumnCodec codec = ColumnCodec.of(group);
        return new GroupPlan(group, entity, codec.features(), codec.defaults(), null, codec);
    }

    public FeatureGroup group() {
        return group;
    }

    public String name() {
        return group.name();
    }

    public Entity entity() {
        return entity;
    }

    /** Names in the order of the values. */
    public List<String> features() {
        return features;
    }

    /** NaN = no default: the feature is required. */
    public double defaultOf(int feature) {
        return defaults[feature];
    }

    public boolean isStream() {
        return tiles != null;
    }

    /** What a writer would have stored by {@code nowMs} for some entity: for the warm-up. */
    byte[] sample(long nowMs) {
        ColumnCodec codec = columns;
        return codec == null ? SampleValues.tiles(TileLayout.of(group), nowMs) : SampleValues.columns(codec, nowMs);
    }

    /** Values at {@code nowMs}; null when the bytes are corrupt or of another layout. NaN = no value and no default. */
    double @Nullable [] decode(byte[] value, long nowMs) {
        double[] out = new double[features.size()];
        boolean good =
                tiles != null ? tiles.read(value, nowMs, out, 0) : columns != null && columns.decode(value, out, 0);
        return good ? out : null;
    }
}
