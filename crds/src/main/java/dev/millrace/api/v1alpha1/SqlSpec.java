package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Rows of a PostgreSQL database, read beside the requests. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class SqlSpec {

    @JsonPropertyDescription(
            "Secret with uri (postgresql://user:password@host:port/database), or with host, port, database, username and"
                    + " password; and with sslmode (prefer unless given) and ca.crt where they are needed.")
    @Required
    private @Nullable LocalRef secretRef;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "One SELECT that gives one row for an entity, with the group's columns by name; the entity's keys are $1 to $n, in"
                    + " their order.")
    @Required
    @Size(min = 1, max = 8192)
    @ValidationRule(
            value = "self.contains('$1')",
            message = "sql.query must use the entity's keys, $1 to $n, as in: select score from notes where id = $1")
    private String query = "";

    @JsonPropertyDescription(
            "Age above which a row that is asked for is read again; until then, and meanwhile, it is served as it is. 1s to"
                    + " 30d. Default 1h.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String refresh;

    @JsonPropertyDescription("After which a query is given up. No request waits for it. 10ms to 30s. Default 200ms.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String timeout;

    @JsonPropertyDescription("Connections of one server, and so queries at a time. Default 4.")
    @Min(1)
    @Max(64)
    private @Nullable Integer maxConnections;

    @JsonPropertyDescription(
            "Entities whose row one server keeps in its memory, some 300 bytes each; beyond, the least used are forgotten."
                    + " Default 50000.")
    @Min(100)
    @Max(1_000_000)
    private @Nullable Integer maxEntries;

    public @Nullable LocalRef getSecretRef() {
        return secretRef;
    }

    public void setSecretRef(@Nullable LocalRef secretRef) {
        this.secretRef = secretRef;
    }

    public String getQuery() {
        return query;
    }

    public void setQuery(String query) {
        this.query = query;
    }

    public @Nullable String getRefresh() {
        return refresh;
    }

    public void setRefresh(@Nullable String refresh) {
        this.refresh = Texts.orNull(refresh);
    }

    public @Nullable String getTimeout() {
        return timeout;
    }

    public void setTimeout(@Nullable String timeout) {
        this.timeout = Texts.orNull(timeout);
    }

    public @Nullable Integer getMaxConnections() {
        return maxConnections;
    }

    public void setMaxConnections(@Nullable Integer maxConnections) {
        this.maxConnections = maxConnections;
    }

    public @Nullable Integer getMaxEntries() {
        return maxEntries;
    }

    public void setMaxEntries(@Nullable Integer maxEntries) {
        this.maxEntries = maxEntries;
    }
}
