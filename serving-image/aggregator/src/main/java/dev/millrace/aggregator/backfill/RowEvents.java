package dev.millrace.aggregator.backfill;

import dev.millrace.aggregator.event.Event;
import dev.millrace.aggregator.event.EventReader;
import dev.millrace.aggregator.event.RejectedEventException;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.EventColumns;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.store.StoreKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How rows of a group's files become events: those of a stream as the aggregator reads them, those of a batch by column. */
interface RowEvents {
    /** The column of the row's own time. */
    String timeField();

    /** Null when it does not count. */
    @Nullable
    Event read(Map<String, Object> fields, long timeMs) throws RejectedEventException;

    /** @param names columns of a group without a stream */
    static RowEvents of(String ns, Entity entity, FeatureGroup group, List<String> names) {
        return group.stream() != null ? new OfStream(ns, entity, group) : new OfColumns(ns, entity, group, names);
    }

    /** Null when the row has no id for it. */
    static @Nullable String key(String ns, Entity entity, FeatureGroup group, Map<String, Object> fields) {
        List<String> ids = new ArrayList<>();
        for (Entity.EntityKey key : entity.keys()) {
            Object id = fields.get(key.name());
            if (id == null) {
                return null;
            }
            ids.add(StoreKeys.canonicalId(key, id));
        }
        return StoreKeys.batchValue(ns, entity, ids, group);
    }

    /** Raw events. */
    final class OfStream implements RowEvents {
        private final String timeField;
        private final EventReader reader;

        private OfStream(String ns, Entity entity, FeatureGroup group) {
            FeatureGroup.Batch batch = group.batch();
            FeatureGroup.Stream stream = group.stream();
            String field = batch != null ? batch.timestampField() : stream == null ? null : stream.eventTimeField();
            if (field == null) {
                throw new ConfigException("groups[" + group.name()
                        + "].stream.eventTime.field: events without a time of their own cannot be put beside labels");
            }
            this.timeField = field;
            this.reader = EventReader.ofFiles(ns, entity, group, TileLayout.whole(group));
        }

        @Override
        public String timeField() {
            return timeField;
        }

        @Override
        public @Nullable Event read(Map<String, Object> fields, long timeMs) throws RejectedEventException {
            return reader.read(fields, timeMs, Long.MAX_VALUE / 2);
        }
    }

    /** Values that were computed elsewhere. */
    final class OfColumns implements RowEvents {
        private final String ns;
        private final Entity entity;
        private final FeatureGroup group;
        private final List<String> names;

        private OfColumns(String ns, Entity entity, FeatureGroup group, List<String> names) {
            this.ns = ns;
            this.entity = entity;
            this.group = group;
            this.names = names;
        }

        @Override
        public String timeField() {
            FeatureGroup.Batch batch = group.batch();
            return String.valueOf(batch == null ? null : batch.timestampField());
        }

        @Override
        public Event read(Map<String, Object> fields, long timeMs) {
            String key = RowEvents.key(ns, entity, group, fields);
            if (key == null) {
                throw new IllegalArgumentException("has no id of its " + group.entity());
            }
            double[] values = new double[names.size()];
            Arrays.setAll(values, i -> number(names.get(i), fields.get(names.get(i))));
            return new Event(key, timeMs, new Values(values), 0);
        }

        private static double number(String column, @Nullable Object value) {
            if (value == null) {
                return Double.NaN;
            }
            if (value instanceof Boolean flag) {
                return flag ? 1 : 0;
            }
            try {
                return value instanceof Number number ? number.doubleValue() : Double.parseDouble(value.toString());
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "column %s: '%s' is not a number", column, value), e);
            }
        }
    }

    /** NaN = null. */
    record Values(double[] numbers) implements EventColumns {
        @Override
        public double number(int column) {
            return numbers[column];
        }

        @Override
        public long hash(int column) {
            return 0;
        }

        @Override
        public boolean isNull(int column) {
            return Double.isNaN(numbers[column]);
        }
    }
}
