package dev.millrace.server.features;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.ServingConfig.Candidates;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.Ranking;
import dev.millrace.contract.config.ServingConfig.RequestField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code features.vector}, compiled once: for each place of the model's input, where its number comes from. An entry of
 * {@code last_n} or {@code first_n} takes as many places as it has values.
 */
public final class VectorPlan {
    static final int REQUEST = -1;

    private final List<GroupPlan> groups;
    private final List<RequestField> request;
    private final double[] requestDefaults;
    private final Map<String, EntityKey> keys;
    private final Map<String, EntityKey> itemKeys = new LinkedHashMap<>();
    private final int width;
    private final List<String> names = new ArrayList<>();
    private final int[] source;
    private final int[] index;

    private VectorPlan(Features features, @Nullable Candidates candidates, List<String> attributes) {
        this.groups = features.groups().stream()
                .map(g -> GroupPlan.of(g, features.entities()))
                .toList();
        this.request = features.request();
        this.requestDefaults =
                request.stream().mapToDouble(VectorPlan::defaultOf).toArray();
        this.keys = new LinkedHashMap<>();
        if (candidates == null) {
            groups.forEach(g -> g.entity().keys().forEach(k -> keys.put(k.name(), k)));
        } else {
            // an answer is kept by user, so the user is named even where the model needs nothing of it
            for (Entity entity : features.entities()) {
                Map<String, EntityKey> to = entity.name().equals(candidates.entity()) ? itemKeys : keys;
                entity.keys().forEach(k -> to.put(k.name(), k));
            }
            itemKeys.keySet().forEach(keys::remove);
        }
        List<int[]> places = new ArrayList<>();
        for (String entry : features.vector()) {
            resolve(entry, places);
        }
        this.width = places.size();
        for (String attribute : attributes) {
            if (!names.contains(attribute)) {
                resolve(attribute, places);
            }
        }
        this.source = places.stream().mapToInt(p -> p[0]).toArray();
        this.index = places.stream().mapToInt(p -> p[1]).toArray();
    }

    /**
     * @throws ConfigException naming the entry that does not resolve
     */
    public static VectorPlan of(Features features) {
        return new VectorPlan(features, null, List.of());
    }

    /**
     * Of a server that may rank: what the ranking looks at is read too, after the model's input.
     *
     * @throws ConfigException naming the entry that does not resolve
     */
    public static VectorPlan of(Features features, @Nullable Candidates candidates, @Nullable Ranking ranking) {
        List<String> attributes = new ArrayList<>();
        if (ranking != null) {
            attributes.addAll(ranking.require());
            if (ranking.diversity() != null) {
                attributes.add(ranking.diversity().by());
            }
        }
        return new VectorPlan(features, candidates, attributes);
    }

    private void resolve(String entry, List<int[]> places) {
        int dot = entry.indexOf('.');
        if (dot < 0) {
            for (int i = 0; i < request.size(); i++) {
                if (request.get(i).name().equals(entry)) {
                    names.add(entry);
                    places.add(new int[] {REQUEST, i});
                    return;
                }
            }
            throw new ConfigException("features.vector[" + entry + "]: features.request has no such field");
        }
        String group = entry.substring(0, dot);
        String feature = entry.substring(dot + 1);
        int before = places.size();
        for (int g = 0; g < groups.size(); g++) {
            List<String> all = groups.get(g).features();
            for (int f = 0; groups.get(g).name().equals(group) && f < all.size(); f++) {
                String name = all.get(f);
                if (name.equals(feature) || name.startsWith(feature + "[")) {
                    names.add(group + "." + name);
                    places.add(new int[] {g, f});
                }
            }
        }
        if (places.size() == before) {
            throw new ConfigException(
                    "features.vector[" + entry + "]: there is no group " + group + " with a feature " + feature);
        }
    }

    private static double defaultOf(RequestField field) {
        if (field.datatype().equals("BYTES")) {
            throw new ConfigException(
                    "features.request[" + field.name() + "].datatype: a vector holds numbers, not BYTES");
        }
        String text = field.defaultValue();
        try {
            return text == null ? Double.NaN : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new ConfigException(
                    "features.request[" + field.name() + "].default: '" + text + "' is not a number", e);
        }
    }

    public List<GroupPlan> groups() {
        return groups;
    }

    /** Whether any group has its values in the store. */
    public boolean readsStore() {
        return groups.stream().anyMatch(g -> !g.isSql());
    }

    public List<RequestField> request() {
        return request;
    }

    /** Join keys of all entities, by name: what each element of a call's {@code entities} must have. */
    public Map<String, EntityKey> keys() {
        return keys;
    }

    /** Join keys of a candidate; empty unless this model ranks. */
    public Map<String, EntityKey> itemKeys() {
        return itemKeys;
    }

    /** {@code amount} or {@code group.feature}, for each place: the model's input, then what only the ranking looks at. */
    public List<String> names() {
        return names;
    }

    /** Values that the model takes. */
    public int width() {
        return width;
    }

    /** Values that are read: {@link #width} and those that only the ranking looks at. */
    public int places() {
        return source.length;
    }

    /** Index of the group that fills a place, or {@link #REQUEST}. */
    int source(int place) {
        return source[place];
    }

    /** Index of the request field or of the group's feature. */
    int index(int place) {
        return index[place];
    }

    double requestDefault(int field) {
        return requestDefaults[field];
    }
}
