package dev.millrace.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects conditions in their order. A transition time moves only when the status value does; the earlier one comes from
 * the stored status, never from memory, which a restart would lose.
 */
final class Conditions {

    /** The schema's bound. */
    private static final int MAX_MESSAGE = 4096;

    private final Map<ConditionType, Condition> collected = new EnumMap<>(ConditionType.class);
    private final List<Condition> stored;
    private final @Nullable Long generation;
    private final Instant now;

    Conditions(List<Condition> stored, @Nullable Long generation, Instant now) {
        this.stored = stored;
        this.generation = generation;
        this.now = now;
    }

    void put(Verdict verdict) {
        put(
                verdict.type(),
                verdict.known() ? status(verdict.ok()) : "Unknown",
                verdict.reason().name(),
                verdict.message());
    }

    void put(ConditionType type, boolean ok, String reason, String message) {
        put(type, status(ok), reason, message);
    }

    private static String status(boolean ok) {
        return ok ? "True" : "False";
    }

    private void put(ConditionType type, String status, String reason, String message) {
        collected.put(
                type,
                new ConditionBuilder()
                        .withType(type.name())
                        .withStatus(status)
                        .withReason(reason)
                        .withMessage(message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message)
                        .withObservedGeneration(generation)
                        .withLastTransitionTime(since(type, status))
                        .build());
    }

    /** Keeps what the stored status says, where nothing new was said. */
    void keepStored() {
        for (ConditionType type : ConditionType.values()) {
            if (!collected.containsKey(type) && type != ConditionType.Reconciling && type != ConditionType.Stalled) {
                find(type).ifPresent(condition -> collected.put(type, condition));
            }
        }
    }

    List<Condition> list() {
        return new ArrayList<>(collected.values());
    }

    private String since(ConditionType type, String status) {
        return find(type)
                .filter(condition -> condition.getStatus().equals(status))
                .map(Condition::getLastTransitionTime)
                .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private java.util.Optional<Condition> find(ConditionType type) {
        return stored.stream().filter(c -> c.getType().equals(type.name())).findFirst();
    }
}
