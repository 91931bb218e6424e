package dev.millrace.aggregator.backfill;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.TileLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One place of the model's input.
 *
 * @param name {@code amount} or {@code purchases.count_1h}
 * @param group that fills it; null: a field of the request, which the labels have
 * @param index in the group's features
 * @param byDefault NaN = none
 */
record TrainingColumn(String name, @Nullable FeatureGroup group, int index, double byDefault) {

    /** @throws ConfigException naming the entry of the vector that does not resolve */
    static List<TrainingColumn> of(Features features) {
        List<TrainingColumn> columns = new ArrayList<>();
        for (String entry : features.vector()) {
            int before = columns.size();
            int dot = entry.indexOf('.');
            if (dot < 0) {
                features.request().stream()
                        .filter(field -> field.name().equals(entry))
                        .forEach(field -> columns.add(new TrainingColumn(entry, null, 0, byDefault(field))));
            } else {
                features.groups().stream()
                        .filter(group -> group.name().equals(entry.substring(0, dot)))
                        .forEach(group -> add(columns, group, entry.substring(dot + 1)));
            }
            if (columns.size() == before) {
                throw new ConfigException("features.vector[" + entry + "]: there is no such field or feature");
            }
        }
        return columns;
    }

    private static void add(List<TrainingColumn> columns, FeatureGroup group, String feature) {
        boolean tiles = group.stream() != null;
        List<String> names = tiles
                ? TileLayout.whole(group).features()
                : ColumnCodec.of(group).features();
        double[] defaults = tiles
                ? TileLayout.whole(group).defaults()
                : ColumnCodec.of(group).defaults();
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equals(feature) || names.get(i).startsWith(feature + "[")) {
                columns.add(new TrainingColumn(group.name() + "." + names.get(i), group, i, defaults[i]));
            }
        }
    }

    private static double byDefault(RequestField field) {
        String text = field.defaultValue();
        return text == null ? Double.NaN : Double.parseDouble(text);
    }
}
