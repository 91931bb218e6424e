package dev.millrace.server.predict;

import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.server.features.VectorPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks a predict call against the spec; every message names the field. Pure. */
public final class CallCheck {
    private final VectorPlan plan;
    private final int maxEntities;

    public CallCheck(VectorPlan plan, int maxEntities) {
        this.plan = plan;
        this.maxEntities = maxEntities;
    }

    /**
     * A call that can be answered.
     *
     * @param entities canonical ids by key name, one map per prediction
     * @param entityKeys the ids as one string, for the log and for what is last known
     * @param request one number per request field; NaN = absent
     */
    public record Checked(List<Map<String, String>> entities, List<String> entityKeys, double[] request) {}

    /**
     * @throws CallException of kind INVALID
     */
    public Checked check(PredictCall call) {
        if (call.candidates() > 0) {
            throw CallException.invalid("candidates: ranking is not served by this release");
        }
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
            Map<String, String> ids = ids(i, given.get(i));
            entities.add(ids);
            keys.add(StoreKeys.entityKey(List.copyOf(ids.values())));
        }
        return new Checked(entities, keys, request(call.inputs()));
    }

    private Map<String, String> ids(int index, Map<String, Object> given) {
        Map<String, String> ids = new LinkedHashMap<>();
        for (EntityKey key : plan.keys().values()) {
            String field = "entities[" + index + "]." + key.name();
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
                throw CallException.invalid("entities[" + index + "]." + name + ": is no join key; the keys are "
                        + plan.keys().keySet());
            }
        }
        return ids;
    }

    private double[] request(Map<String, Object> inputs) {
        List<RequestField> fields = plan.request();
        double[] values = new double[fields.size()];
        int known = 0;
        for (int i = 0; i < values.length; i++) {
            RequestField field = fields.get(i);
            Object value = inputs.get(field.name());
            if (inputs.containsKey(field.name())) {
                known++;
            }
            if (value == null && field.required()) {
                throw CallException.invalid("inputs." + field.name() + ": is required");
            }
            values[i] = number(field, value);
        }
        if (known < inputs.size()) {
            List<String> names = fields.stream().map(RequestField::name).toList();
            for (String name : inputs.keySet()) {
                if (!names.contains(name)) {
                    throw CallException.invalid("inputs." + name + ": is no request feature; they are " + names);
                }
            }
        }
        return values;
    }

    private static double number(RequestField field, @Nullable Object value) {
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
                throw CallException.invalid(
                        "inputs." + field.name() + ": must be a whole number (" + field.datatype() + ")");
            }
            return v;
        }
        throw CallException.invalid("inputs." + field.name() + ": must be a number (" + field.datatype() + ")");
    }
}
