package dev.millrace.plan;

import dev.millrace.api.v1alpha1.SqlSpec;
import dev.millrace.contract.config.FeatureGroup;

/** An sql group's side of a plan. */
public final class SqlNumbers {
    /** {@code sql.refresh} when the spec does not say. */
    public static final String DEFAULT_REFRESH = "1h";

    private static final String DEFAULT_TIMEOUT = "200ms";
    private static final int DEFAULT_CONNECTIONS = 4;
    private static final int DEFAULT_ENTRIES = 50_000;

    private SqlNumbers() {}

    /** Without the directory of its Secret, which a {@link Placement} knows. */
    static FeatureGroup.Sql of(String group, SqlSpec given, Derivations derivations) {
        int connections = given.getMaxConnections() == null ? DEFAULT_CONNECTIONS : given.getMaxConnections();
        derivations.add(
                "features.groups[" + group + "].sql.connections",
                connections + " a server",
                "the database sees as many from each replica, and scaling.maxReplicas times that at most");
        return new FeatureGroup.Sql(
                "",
                given.getQuery(),
                Durations.parse(given.getRefresh() == null ? DEFAULT_REFRESH : given.getRefresh())
                        .toMillis(),
                Durations.parse(given.getTimeout() == null ? DEFAULT_TIMEOUT : given.getTimeout())
                        .toMillis(),
                connections,
                given.getMaxEntries() == null ? DEFAULT_ENTRIES : given.getMaxEntries());
    }
}
