package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.ColumnSpec;
import dev.millrace.api.v1alpha1.EntityKeySpec;
import dev.millrace.api.v1alpha1.EntitySpec;
import dev.millrace.api.v1alpha1.FeatureGroupSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.OnMissing;
import dev.millrace.api.v1alpha1.SqlSpec;
import dev.millrace.plan.Durations;
import dev.millrace.plan.Finding.Reason;
import dev.millrace.plan.SqlNumbers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A group whose values a database has. */
final class SqlCheck {
    private static final Duration MIN_REFRESH = Duration.ofSeconds(1);
    private static final Duration MAX_REFRESH = Duration.ofDays(30);
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(10);
    private static final Duration MAX_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_CONNECTIONS = 64;
    private static final int MIN_ENTRIES = 100;
    private static final int MAX_ENTRIES = 1_000_000;

    private SqlCheck() {}

    /** {@code ttl}: null = absent or bad, and reported. */
    static void check(
            String at,
            FeatureGroupSpec group,
            SqlSpec sql,
            @Nullable Duration ttl,
            FeaturesSpec features,
            Findings findings) {
        if (group.getStream() != null || group.getBatch() != null) {
            findings.error(
                    at + ".sql",
                    Reason.FieldDoesNotApply,
                    "stands alone: its values are not in the store; make a group of its own of stream and batch");
        }
        String secret = sql.getSecretRef() == null ? null : sql.getSecretRef().getName();
        findings.required(at + ".sql.secretRef.name", secret, "pg");
        if (findings.required(at + ".sql.query", sql.getQuery(), "select score from notes where id = $1")) {
            query(at + ".sql.query", sql.getQuery(), keys(group, features), findings);
        }
        Duration refresh = bounded(
                at + ".sql.refresh",
                sql.getRefresh() == null ? SqlNumbers.DEFAULT_REFRESH : sql.getRefresh(),
                MIN_REFRESH,
                MAX_REFRESH,
                findings);
        bounded(at + ".sql.timeout", sql.getTimeout(), MIN_TIMEOUT, MAX_TIMEOUT, findings);
        within(at + ".sql.maxConnections", sql.getMaxConnections(), 1, MAX_CONNECTIONS, findings);
        within(at + ".sql.maxEntries", sql.getMaxEntries(), MIN_ENTRIES, MAX_ENTRIES, findings);
        ages(at, group, refresh, ttl, findings);
        defaults(at, group, features, findings);
    }

    private static void query(String at, String text, List<String> keys, Findings findings) {
        SqlQuery query = SqlQuery.of(text);
        if (query.problem() != null) {
            findings.error(at, Reason.SqlQueryInvalid, query.problem());
            return;
        }
        if (keys.isEmpty()) {
            return; // an entity that is not there has a finding of its own
        }
        for (int i = 1; i <= keys.size(); i++) {
            if (!query.parameters().contains(i)) {
                findings.error(
                        at,
                        Reason.SqlQueryInvalid,
                        "does not use $" + i + ", the entity's key " + keys.get(i - 1)
                                + ": it would give the same row for different entities; add a condition on it");
            }
        }
        int last = query.parameters().isEmpty() ? 0 : query.parameters().last();
        if (last > keys.size()
                || !query.parameters().isEmpty() && query.parameters().first() < 1) {
            findings.error(
                    at,
                    Reason.SqlQueryInvalid,
                    "uses a parameter that the entity has no key for: its keys " + keys + " are $1 to $" + keys.size()
                            + "; write constants as they are");
        }
    }

    private static List<String> keys(FeatureGroupSpec group, FeaturesSpec features) {
        Optional<EntitySpec> entity = features.getEntities().stream()
                .filter(e -> e.getName().equals(group.getEntity()))
                .findFirst();
        List<String> names = new ArrayList<>();
        entity.ifPresent(e -> e.getKeys().stream().map(EntityKeySpec::getName).forEach(names::add));
        return names;
    }

    private static @Nullable Duration bounded(
            String at, @Nullable String text, Duration least, Duration most, Findings findings) {
        Duration given = findings.duration(at, text);
        if (given != null && (given.compareTo(least) < 0 || given.compareTo(most) > 0)) {
            findings.error(
                    at,
                    Reason.InvalidDuration,
                    Durations.format(given) + " must be " + Durations.format(least) + " to " + Durations.format(most));
            return null;
        }
        return given;
    }

    private static void within(String at, @Nullable Integer given, int least, int most, Findings findings) {
        if (given != null && (given < least || given > most)) {
            findings.error(at, Reason.InvalidValue, given + " must be " + least + " to " + most);
        }
    }

    private static void ages(
            String at, FeatureGroupSpec group, @Nullable Duration refresh, @Nullable Duration ttl, Findings findings) {
        if (group.getFreshness().getMaxLag() != null || group.getFreshness().getPipeline() != null) {
            findings.error(
                    at + ".freshness",
                    Reason.FreshnessDoesNotApply,
                    "maxLag and pipeline are for streams; an sql group has maxAge");
        }
        Duration maxAge = findings.positiveDuration(
                at + ".freshness.maxAge", group.getFreshness().getMaxAge());
        if (refresh != null && maxAge != null && maxAge.compareTo(refresh) < 0) {
            findings.error(
                    at + ".freshness.maxAge",
                    Reason.InvalidDuration,
                    Durations.format(maxAge) + " is shorter than sql.refresh, " + Durations.format(refresh)
                            + ": a row would be stale before it is read again; raise it, or lower refresh");
        }
        Duration longest = maxAge != null && (refresh == null || maxAge.compareTo(refresh) > 0) ? maxAge : refresh;
        if (ttl != null && longest != null && ttl.compareTo(longest) < 0) {
            findings.error(
                    at + ".ttl",
                    Reason.TtlTooShort,
                    Durations.format(ttl) + " is shorter than "
                            + (longest.equals(maxAge) ? "freshness.maxAge, " : "sql.refresh, ")
                            + Durations.format(longest) + ": rows would be gone before that; raise it");
        }
    }

    /** A request that finds no row in memory is answered all the same. */
    private static void defaults(String at, FeatureGroupSpec group, FeaturesSpec features, Findings findings) {
        for (int i = 0; i < group.getColumns().size(); i++) {
            ColumnSpec column = group.getColumns().get(i);
            if (column.getDefaultValue() == null) {
                findings.error(
                        at + ".columns[" + i + "].default",
                        Reason.Required,
                        "is required in an sql group: the first request for an entity is answered before its row is read;"
                                + " give one, for example \"0\" or \"NaN\"");
            }
        }
        OnMissing policy = group.getOnMissing() == null ? features.getOnMissing() : group.getOnMissing();
        if (policy == OnMissing.Reject) {
            findings.warning(
                    at + ".onMissing",
                    Reason.RejectsFirstRequests,
                    "is Reject: the first request for each entity finds no row in memory and is rejected, or answered by the"
                            + " fallback; use Default for this group");
        }
    }
}
