package dev.millrace.server.features;

import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.store.StoreKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Features of entities by their names, as a feature server gives them: what the store has, without the model's policies for
 * what is missing or stale. Belongs to one event loop.
 */
public final class OnlineFeatures {
    private final VectorPlan plan;
    private final FeatureFetcher fetcher;
    private final String service;
    private final double budgetMs;
    private final int maxEntities;
    private final Map<String, Integer> views = new LinkedHashMap<>();
    private final List<Form[]> forms = new ArrayList<>();

    /** How a feature's number is written. */
    public enum Form {
        WHOLE,
        REAL,
        TRUTH
    }

    /**
     * What is asked for.
     *
     * @param features {@code view:feature}
     * @param service in their place all features of the model's input, by the model's name
     * @param entities one list of ids for each join key, all of one length
     * @param fullNames whether the answer says {@code view__feature}
     */
    public record Ask(
            List<String> features, @Nullable String service, Map<String, List<Object>> entities, boolean fullNames) {}

    /**
     * One feature of the answer.
     *
     * @param group place of its group among a row's reads
     * @param at place of its number among the group's, the first of {@code width}
     * @param list whether it is written as a list
     */
    public record Column(String name, int group, int at, int width, Form form, boolean list) {}

    /**
     * What was read.
     *
     * @param entities what was asked for, canonical: numbers for the numeric keys
     * @param rows for each entity one read per group of the plan; those of other groups say nothing
     */
    public record Table(Map<String, List<Object>> entities, List<Column> columns, GroupRead[][] rows) {
        /** Whether the store did not answer for one of them. */
        public boolean failed() {
            for (GroupRead[] row : rows) {
                for (Column column : columns) {
                    if (row[column.group()].result() == GroupRead.Result.FAILED) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    /**
     * @param service the model's name
     * @param budgetMs that the store has for one call
     * @param maxEntities of one call
     */
    public OnlineFeatures(VectorPlan plan, FeatureFetcher fetcher, String service, double budgetMs, int maxEntities) {
        this.plan = plan;
        this.fetcher = fetcher;
        this.service = service;
        this.budgetMs = budgetMs;
        this.maxEntities = maxEntities;
        for (int g = 0; g < plan.groups().size(); g++) {
            views.put(plan.groups().get(g).viewName(), g);
            forms.add(forms(plan.groups().get(g)));
        }
    }

    private static Form[] forms(GroupPlan group) {
        Form[] forms = new Form[group.features().size()];
        Map<String, Form> known = new HashMap<>();
        for (FeatureGroup.Aggregation a : group.group().aggregations()) {
            known.put(a.name(), a.function().equals("count") ? Form.WHOLE : Form.REAL);
        }
        for (FeatureGroup.Column c : group.group().columns()) {
            known.put(
                    c.name(),
                    c.datatype().equals("BOOL") ? Form.TRUTH : c.datatype().startsWith("FP") ? Form.REAL : Form.WHOLE);
        }
        for (int i = 0; i < forms.length; i++) {
            forms[i] = known.getOrDefault(group.features().get(i), Form.REAL);
        }
        return forms;
    }

    /**
     * @param done told once, on this event loop
     * @throws IllegalArgumentException naming the field of the request that cannot be honoured
     */
    public void read(Ask ask, Consumer<Table> done) {
        List<Column> columns = columns(ask);
        boolean[] wanted = new boolean[plan.groups().size()];
        columns.forEach(c -> wanted[c.group()] = true);
        Map<String, EntityKey> keys = new LinkedHashMap<>();
        List<Map<String, String>> rows = rows(ask.entities(), wanted, keys);
        Map<String, List<Object>> entities = new LinkedHashMap<>();
        ask.entities().forEach((name, ids) -> {
            EntityKey key = keys.get(name);
            if (key == null) {
                throw new IllegalArgumentException(
                        "entities." + name + ": is no join key of these features; they have " + keys.keySet());
            }
            entities.put(name, ids.stream().map(id -> typed(key, name, id)).toList());
        });
        long latest = System.nanoTime() + (long) (2 * budgetMs * 1e6);
        fetcher.fetch(rows, wanted, budgetMs, latest, false, reads -> done.accept(new Table(entities, columns, reads)));
    }

    private List<Column> columns(Ask ask) {
        List<Column> columns = new ArrayList<>();
        if (ask.service() != null) {
            if (!ask.service().equals(service)) {
                throw new IllegalArgumentException(
                        "feature_service: there is no " + ask.service() + " here, only " + service);
            }
            for (int place = 0; place < plan.width(); place++) {
                int group = plan.source(place);
                if (group != VectorPlan.REQUEST) {
                    add(columns, group, plan.groups().get(group).features().get(plan.index(place)), ask.fullNames());
                }
            }
        } else if (ask.features().isEmpty()) {
            throw new IllegalArgumentException("features: name at least one as view:feature, or give feature_service");
        }
        for (int i = 0; ask.service() == null && i < ask.features().size(); i++) {
            String reference = ask.features().get(i);
            String at = "features[" + i + "]";
            int colon = reference.indexOf(':');
            if (colon < 0) {
                throw new IllegalArgumentException(at + ": '" + reference + "' must be view:feature");
            }
            Integer group = views.get(reference.substring(0, colon));
            if (group == null) {
                throw new IllegalArgumentException(at + ": there is no feature view " + reference.substring(0, colon)
                        + " here; there are " + views.keySet());
            }
            String feature = reference.substring(colon + 1);
            if (!add(columns, group, feature, ask.fullNames())) {
                throw new IllegalArgumentException(at + ": view " + reference.substring(0, colon) + " has no feature "
                        + feature + "; it has "
                        + plan.groups().get(group).features().stream()
                                .map(OnlineFeatures::base)
                                .distinct()
                                .toList());
            }
        }
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException("features: " + column.name()
                        + " is asked for twice; ask once, or set full_feature_names where two views have it");
            }
        }
        return columns;
    }

    /** Name of a feature, of which the places of first_n and last_n are {@code name[i]}. */
    private static String base(String feature) {
        int bracket = feature.indexOf('[');
        return bracket < 0 ? feature : feature.substring(0, bracket);
    }

    /** False = the group has no such feature. A feature that fills several places is one column. */
    private boolean add(List<Column> columns, int group, String asked, boolean fullNames) {
        GroupPlan plan = this.plan.groups().get(group);
        String feature = base(asked);
        int at = -1;
        int width = 0;
        boolean list = false;
        for (int f = 0; f < plan.features().size(); f++) {
            if (base(plan.features().get(f)).equals(feature)) {
                at = at < 0 ? f : at;
                width++;
                list |= plan.features().get(f).length() > feature.length();
            }
        }
        if (at < 0) {
            return false;
        }
        Column column = new Column(
                fullNames ? plan.viewName() + "__" + feature : feature, group, at, width, forms.get(group)[at], list);
        if (list && asked.length() > feature.length() && columns.contains(column)) {
            // of a service: another place of the same
            return true;
        }
        columns.add(column);
        return true;
    }

    private List<Map<String, String>> rows(
            Map<String, List<Object>> entities, boolean[] wanted, Map<String, EntityKey> keys) {
        int n = -1;
        for (Map.Entry<String, List<Object>> e : entities.entrySet()) {
            if (n >= 0 && e.getValue().size() != n) {
                throw new IllegalArgumentException(
                        "entities." + e.getKey() + ": has " + e.getValue().size() + " ids, the others have " + n);
            }
            n = e.getValue().size();
        }
        if (n < 1 || n > maxEntities) {
            throw new IllegalArgumentException(
                    "entities: name 1 to " + maxEntities + " ids for each join key, as {\"key\": [id]}");
        }
        List<Map<String, String>> rows = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            rows.add(new HashMap<>());
        }
        for (int g = 0; g < wanted.length; g++) {
            GroupPlan group = plan.groups().get(g);
            FeatureGroup.Feast feast = group.group().feast();
            for (int k = 0; wanted[g] && k < group.entity().keys().size(); k++) {
                EntityKey key = group.entity().keys().get(k);
                String name = feast == null ? key.name() : feast.joinKeys().get(k);
                List<Object> ids = entities.get(name);
                if (ids == null) {
                    throw new IllegalArgumentException("entities." + name + ": is required by " + group.viewName());
                }
                keys.put(name, key);
                for (int i = 0; i < n; i++) {
                    String id = canonical(key, name, ids.get(i));
                    String before = rows.get(i).put(key.name(), id);
                    if (before != null && !before.equals(id)) {
                        throw new IllegalArgumentException("entities." + name + "[" + i + "]: is " + id
                                + ", another join key says " + before + " of the same entity");
                    }
                }
            }
        }
        return rows;
    }

    private static String canonical(EntityKey key, String name, Object id) {
        try {
            return StoreKeys.canonicalId(key, id);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("entities." + name + ": " + e.getMessage(), e);
        }
    }

    private static Object typed(EntityKey key, String name, Object id) {
        String canonical = canonical(key, name, id);
        return key.type().equals("STRING") ? canonical : (Object) Long.valueOf(canonical);
    }
}
