package dev.millrace.server.features;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feast.FeastView;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.feature.TileSplice;
import dev.millrace.contract.feature.ValueHeader;
import dev.millrace.contract.store.StoreKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A feature group, compiled once: how its value is decoded and what stands in for it. */
public final class GroupPlan {
    private final FeatureGroup group;
    private final Entity entity;
    private final List<String> features;
    private final double[] defaults;
    private final @Nullable TileReader tiles;
    private final @Nullable TileSplice splice;
    private final @Nullable ColumnCodec columns;
    private final @Nullable FeastView feast;
    private final long tailMs;
    private final int schemaHash;

    private GroupPlan(FeatureGroup group, Entity entity, TileLayout layout) {
        this.group = group;
        this.entity = entity;
        this.features = layout.features();
        this.defaults = layout.defaults();
        this.tiles = new TileReader(layout);
        this.splice = group.batch() == null ? null : new TileSplice(layout);
        this.columns = null;
        this.feast = group.feast() == null ? null : FeastView.of(group, entity);
        this.tailMs = layout.tailMs();
        this.schemaHash = layout.schemaHash();
    }

    private GroupPlan(FeatureGroup group, Entity entity, ColumnCodec codec) {
        this.group = group;
        this.entity = entity;
        this.features = codec.features();
        this.defaults = codec.defaults();
        this.tiles = null;
        this.splice = null;
        this.columns = codec;
        this.feast = group.feast() == null ? null : FeastView.of(group, entity);
        this.tailMs = 0;
        this.schemaHash = 0;
    }

    static GroupPlan of(FeatureGroup group, List<Entity> entities) {
        Entity entity = entities.stream()
                .filter(e -> e.name().equals(group.entity()))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "features.groups[" + group.name() + "].entity: there is no entity " + group.entity()));
        return group.stream() != null
                ? new GroupPlan(group, entity, TileLayout.whole(group))
                : new GroupPlan(group, entity, ColumnCodec.of(group));
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

    /** Whether a topic feeds it; so it does a hybrid one. */
    public boolean isStream() {
        return tiles != null;
    }

    /** Whether files feed it; so they do a hybrid one. */
    public boolean isBatch() {
        return group.batch() != null;
    }

    /** Whether a database has its values, and not the store. */
    public boolean isSql() {
        return group.sql() != null;
    }

    /** Its place in a store of Feast's; null = its values are in our own layout. */
    @Nullable
    FeastView feast() {
        return feast;
    }

    /** As callers of a feature server name it. */
    public String viewName() {
        return feast == null ? group.name() : feast.view();
    }

    /** Whether it has two values for an entity: the stream's, then the batch's. */
    public boolean isHybrid() {
        return splice != null;
    }

    /** Hybrid: whether a value is of this group's layout, by its header; if not, nothing that the header says is to be believed. */
    boolean isOf(ValueHeader header) {
        return header.schemaHash() == schemaHash;
    }

    /** Hybrid: how old a batch may be before events between it and the stream are lost. */
    long tailMs() {
        return tailMs;
    }

    /** Keys of an entity's values: one, or of a hybrid group two, the stream's first. */
    List<String> keys(String ns, List<String> ids) {
        String first = StoreKeys.value(ns, entity, ids, group);
        return splice == null ? List.of(first) : List.of(first, StoreKeys.batchValue(ns, entity, ids, group));
    }

    /**
     * A row of a table as a read gives it: in the columns' datatypes, with defaults for nulls.
     *
     * @param row one number per feature; NaN = null
     * @throws IllegalArgumentException naming the column whose datatype cannot hold its value
     */
    public double[] fit(double[] row) {
        ColumnCodec codec = columns;
        if (codec == null) {
            throw new IllegalStateException("group " + group.name() + " has no columns");
        }
        double[] out = new double[row.length];
        codec.decode(codec.encode(0, 0, 0, 0, row), out, 0);
        return out;
    }

    /** What a writer would have stored by {@code nowMs} for some entity: for the warm-up. */
    byte[] sample(long nowMs) {
        ColumnCodec codec = columns;
        return codec == null ? SampleValues.tiles(TileLayout.whole(group), nowMs) : SampleValues.columns(codec, nowMs);
    }

    /**
     * Hybrid: one value of two, to be decoded as any other; null when one of them is corrupt.
     *
     * @param cutMs the batch's end
     */
    byte @Nullable [] join(byte @Nullable [] batch, byte @Nullable [] stream, long cutMs) {
        return splice == null ? null : splice.join(batch, stream, cutMs);
    }

    /** Values at {@code nowMs}; null when the bytes are corrupt or of another layout. NaN = no value and no default. */
    double @Nullable [] decode(byte[] value, long nowMs) {
        double[] out = new double[features.size()];
        boolean good =
                tiles != null ? tiles.read(value, nowMs, out, 0) : columns != null && columns.decode(value, out, 0);
        return good ? out : null;
    }
}
