package dev.millrace.server.predict;

import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.server.features.VectorPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks a predict call against the spec; every message names the field. Pure. */
public final class CallCheck {
    private final VectorPlan plan;
    private final int maxEntities;
    private final int maxCandidates;

    /** {@code maxCandidates}: 0 = this model does not rank. */
    public CallCheck(VectorPlan plan, int maxEntities, int maxCandidates) {
        this.plan = plan;
        this.maxEntities = maxEntities;
        this.maxCandidates = maxCandidates;
    }

    /**
     * A call that can be answered: its rows, each of which the model sees once.
     *
     * @param entities canonical ids by key name, one map per row; a candidate's has the user's too
     * @param entityKeys the ids of the row's entity (of the user, for a candidate) as one string, for the log and for what is
     *     last known
     * @param requests one number per request field and row; NaN = absent
     * @param items canonical ids of each candidate; empty = each entity has its own prediction
     */
    public record Checked(
            List<Map<String, String>> entities,
            List<String> entityKeys,
            List<double[]> requests,
            List<Map<String, String>> items) {

        /** One ranked list is asked for. */
        public boolean isRanking() {
            return !items.isEmpty();
        }
    }

    /**
     * @throws CallException of kind INVALID
     */
    public Checked check(PredictCall call) {
        if (call.timeoutMs() < 0 || Double.isNaN(call.timeoutMs())) {
            throw CallException.invalid("timeoutMs: must be 0 or more");
        }
        List<Map<String, Object>> given = call.entities();
        if (given.isEmpty() && plan.keys().isEmpty()) {
            given = List.of(Map.of());
        }
        if (given.isEmpty()) {
            throw CallException.invalid("entities: name at least one, as [{\""
                    + String.join("\": …, \"", plan.keys().keySet()) + "\": …}]");
        }
        if (given.size() > maxEntities) {
            throw CallException.invalid(
                    "entities: " + given.size() + " are more than the " + maxEntities + " of a call");
        }
        List<Map<String, String>> entities = new ArrayList<>(given.size());
        List<String> keys = new ArrayList<>(given.size());
        for (int i = 0; i < given.size(); i++) {
            Map<String, String> ids = ids("entities[" + i + "]", plan.keys(), given.get(i));
            entities.add(ids);
            keys.add(key(ids));
        }
        if (maxCandidates > 0) {
            return ranking(call, entities, keys);
        }
        if (!call.candidates().isEmpty()) {
            throw CallException.invalid("candidates: this model does not rank; send entities only");
        }
        return new Checked(
                entities,
                keys,
                Collections.nCopies(entities.size(), request("inputs.", call.inputs(), Map.of())),
                List.of());
    }

    /** An entity alone is no call that could be computed: candidates or a required request field are missing. */
    boolean needsBody() {
        return maxCandidates > 0 || plan.request().stream().anyMatch(RequestField::required);
    }

    /** The names of the keys of an entity, or of the user of a ranking model. */
    List<String> keys() {
        return List.copyOf(plan.keys().keySet());
    }

    /** The canonical ids of the call's only entity. */
    Map<String, String> entity(PredictCall call) {
        return ids("entity", plan.keys(), call.entities().get(0));
    }

    /** The ids of one entity as one string: how its answers are kept. */
    public static String key(Map<String, String> ids) {
        return StoreKeys.entityKey(List.copyOf(ids.values()));
    }

    /**
     * The canonical ids of a reading, whose other fields are no concern of its keys.
     *
     * @throws CallException of kind INVALID
     */
    public Map<String, String> readingIds(Map<String, Object> fields) {
        Map<String, Object> given = new LinkedHashMap<>();
        for (String name : plan.keys().keySet()) {
            Object value = fields.get(name);
            if (value != null) {
                given.put(name, value);
            }
        }
        return ids("reading", plan.keys(), given);
    }

    /**
     * One number for each request field, from the reading's fields of the same names; NaN = absent.
     *
     * @throws CallException of kind INVALID
     */
    public double[] readingInputs(Map<String, Object> fields) {
        double[] values = new double[plan.request().size()];
        for (int i = 0; i < values.length; i++) {
            RequestField field = plan.request().get(i);
            Object value = fields.get(field.name());
            if (value == null && field.required()) {
                throw CallException.invalid("reading." + field.name() + ": is required");
            }
            values[i] = number("reading.", field, value);
        }
        return values;
    }

    private Checked ranking(PredictCall call, List<Map<String, String>> users, List<String> keys) {
        List<PredictCall.Candidate> candidates = call.candidates();
        if (users.size() != 1) {
            throw CallException.invalid("entities: candidates are ranked for one user, not for " + users.size());
        }
        if (candidates.isEmpty() || candidates.size() > maxCandidates) {
            throw CallException.invalid("candidates: name 1 to " + maxCandidates + " items to rank, as [{\""
                    + String.join("\": …, \"", plan.itemKeys().keySet()) + "\": …}]; there are "
                    + candidates.size());
        }
        List<Map<String, String>> rows = new ArrayList<>(candidates.size());
        List<Map<String, String>> items = new ArrayList<>(candidates.size());
        List<double[]> requests = new ArrayList<>(candidates.size());
        double[] common = null;
        for (int i = 0; i < candidates.size(); i++) {
            PredictCall.Candidate candidate = candidates.get(i);
            String at = "candidates[" + i + "]";
            Map<String, String> item = ids(at, plan.itemKeys(), candidate.keys());
            Map<String, String> row = new LinkedHashMap<>(users.get(0));
            row.putAll(item);
            items.add(item);
            rows.add(row);
            if (candidate.inputs().isEmpty()) {
                common = common == null ? request("inputs.", call.inputs(), Map.of()) : common;
                requests.add(common);
            } else {
                requests.add(request(at + ".inputs.", candidate.inputs(), call.inputs()));
            }
        }
        return new Checked(rows, Collections.nCopies(rows.size(), keys.get(0)), requests, items);
    }

    /** Canonical ids by key name. {@code at}: where they stand in the call. */
    Map<String, String> ids(String at, Map<String, EntityKey> keys, Map<String, Object> given) {
        Map<String, String> ids = new LinkedHashMap<>();
        for (EntityKey key : keys.values()) {
            String field = at + "." + key.name();
            Object value = given.get(key.name());
            if (value == null) {
                throw CallException.invalid(field + ": is required");
            }
            try {
                String id = StoreKeys.canonicalId(key, value);
                if (id.isEmpty()) {
                    throw CallException.invalid(field + ": must not be empty");
                }
                ids.put(key.name(), id);
            } catch (IllegalArgumentException e) {
                throw CallException.invalid(field + ": " + e.getMessage());
            }
        }
        for (String name : given.keySet()) {
            if (!ids.containsKey(name)) {
                throw CallException.invalid(at + "." + name + ": is no join key; the keys are " + keys.keySet());
            }
        }
        return ids;
    }

    /** {@code own} before {@code common}. */
    private double[] request(String at, Map<String, Object> own, Map<String, Object> common) {
        List<RequestField> fields = plan.request();
        double[] values = new double[fields.size()];
        int known = 0;
        for (int i = 0; i < values.length; i++) {
            RequestField field = fields.get(i);
            Object value = own.get(field.name());
            if (own.containsKey(field.name())) {
                known++;
            } else {
                value = common.get(field.name());
            }
            if (value == null && field.required()) {
                throw CallException.invalid(at + field.name() + ": is required");
            }
            values[i] = number(at, field, value);
        }
        if (known < own.size()) {
            onlyKnown(at, own);
        }
        onlyKnown("inputs.", common);
        return values;
    }

    private void onlyKnown(String at, Map<String, Object> inputs) {
        for (String name : inputs.keySet()) {
            if (plan.request().stream().noneMatch(f -> f.name().equals(name))) {
                throw CallException.invalid(at + name + ": is no request feature; they are "
                        + plan.request().stream().map(RequestField::name).toList());
            }
        }
    }

    private static double number(String at, RequestField field, @Nullable Object value) {
        if (value == null) {
            return Double.NaN;
        }
        if (value instanceof Boolean b) {
            return b ? 1 : 0;
        }
        if (value instanceof Number n) {
            double v = n.doubleValue();
            boolean whole = !field.datatype().startsWith("FP");
            if (whole && v != Math.rint(v)) {
                throw CallException.invalid(at + field.name() + ": must be a whole number (" + field.datatype() + ")");
            }
            return v;
        }
        throw CallException.invalid(at + field.name() + ": must be a number (" + field.datatype() + ")");
    }
}
