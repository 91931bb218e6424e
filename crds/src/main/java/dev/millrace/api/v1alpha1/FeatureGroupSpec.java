package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Features of one entity: from a stream, a batch, or both merged (hybrid); or from a database. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "has(self.sql) ? !has(self.stream) && !has(self.batch) && !has(self.feast) : has(self.stream) || has(self.batch) || has(self.feast)",
        message = "a feature group takes stream, batch or both, sql alone, or feast for values that Feast writes")
@ValidationRule(
        value = "has(self.feast) ? !has(self.stream) || !has(self.batch) : true",
        message = "a group of a store of Feast's takes stream or batch, not both: Feast's layout has no tiles to merge")
@ValidationRule(
        value =
                "has(self.stream) ? (has(self.aggregations) && size(self.aggregations) > 0 && !has(self.columns)) : true",
        message = "a stream group needs aggregations and takes no columns")
@ValidationRule(
        value =
                "has(self.batch) && !has(self.stream) ? (has(self.columns) && size(self.columns) > 0 && !has(self.aggregations)) : true",
        message = "a batch group needs columns and takes no aggregations")
@ValidationRule(
        value =
                "has(self.sql) || has(self.feast) && !has(self.stream) && !has(self.batch) ? has(self.columns) && size(self.columns) > 0 && !has(self.aggregations) : true",
        message = "an sql group, and one that Feast writes, needs columns and takes no aggregations")
@ValidationRule(
        value =
                "!has(self.freshness) || has(self.stream) && (has(self.batch) || has(self.feast)) || (has(self.stream) ? !has(self.freshness.maxAge) : (!has(self.freshness.maxLag) && !has(self.freshness.pipeline)))",
        message = "freshness of a stream group is maxLag and pipeline, of a batch or sql group maxAge")
@ValidationRule(
        value = "has(self.stream) && has(self.batch) ? has(self.freshness) && has(self.freshness.maxAge) : true",
        message = "a group with stream and batch needs freshness.maxAge: its stream keeps twice as much")
@ValidationRule(
        value = "self.entity == oldSelf.entity",
        message = "a feature group's entity is immutable: name a new group")
public class FeatureGroupSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Name of the group, the first half of a vector entry.")
    @Required
    @Size(min = 1, max = 40)
    @Pattern("^[a-z][a-z0-9_]*$")
    private String name = "";

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Name of the entity that the features belong to.")
    @Required
    @Size(min = 1, max = 63)
    @Pattern("^[a-z][a-z0-9_]*$")
    private String entity = "";

    @JsonPropertyDescription("Aggregations over a Kafka topic.")
    private @Nullable StreamSpec stream;

    @JsonPropertyDescription(
            "Values computed elsewhere, loaded on a schedule. Beside a stream: its events, older and complete; the merge"
                    + " takes those before the newest one in the files from here, the others from the stream.")
    private @Nullable BatchSpec batch;

    @JsonPropertyDescription(
            "Rows of a PostgreSQL database, for features that predictions can do without: a request takes the row that is in"
                    + " memory, or the defaults, and never waits for the database.")
    private @Nullable SqlSpec sql;

    @JsonPropertyDescription(
            "Its feature view, in a store of format feast-v3. Without stream and batch it is Feast that writes the values, and"
                    + " {} says so.")
    private @Nullable FeastSpec feast;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Features of a stream group, and of one with both.")
    @Size(max = 64)
    private List<AggregationSpec> aggregations = new ArrayList<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Features of a batch or sql group, and of one that Feast writes.")
    @Size(max = 128)
    private List<ColumnSpec> columns = new ArrayList<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "How long a value lives without a write. At least the longest window plus the allowed lateness. Of an sql group:"
                    + " how long a row is served when it cannot be read again.")
    @Required
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private String ttl = "";

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("How old a value may be.")
    private FreshnessSpec freshness = new FreshnessSpec();

    @JsonPropertyDescription("Overrides features.onMissing.")
    private @Nullable OnMissing onMissing;

    @JsonPropertyDescription("Overrides features.onStale.")
    private @Nullable OnStale onStale;

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getEntity() {
        return entity;
    }

    public void setEntity(String entity) {
        this.entity = entity;
    }

    public @Nullable StreamSpec getStream() {
        return stream;
    }

    public void setStream(@Nullable StreamSpec stream) {
        this.stream = stream;
    }

    public @Nullable BatchSpec getBatch() {
        return batch;
    }

    public void setBatch(@Nullable BatchSpec batch) {
        this.batch = batch;
    }

    public @Nullable SqlSpec getSql() {
        return sql;
    }

    public void setSql(@Nullable SqlSpec sql) {
        this.sql = sql;
    }

    public @Nullable FeastSpec getFeast() {
        return feast;
    }

    public void setFeast(@Nullable FeastSpec feast) {
        this.feast = feast;
    }

    public List<AggregationSpec> getAggregations() {
        return aggregations;
    }

    public void setAggregations(List<AggregationSpec> aggregations) {
        this.aggregations = aggregations;
    }

    public List<ColumnSpec> getColumns() {
        return columns;
    }

    public void setColumns(List<ColumnSpec> columns) {
        this.columns = columns;
    }

    public String getTtl() {
        return ttl;
    }

    public void setTtl(String ttl) {
        this.ttl = ttl;
    }

    public FreshnessSpec getFreshness() {
        return freshness;
    }

    public void setFreshness(FreshnessSpec freshness) {
        this.freshness = freshness;
    }

    public @Nullable OnMissing getOnMissing() {
        return onMissing;
    }

    public void setOnMissing(@Nullable OnMissing onMissing) {
        this.onMissing = onMissing;
    }

    public @Nullable OnStale getOnStale() {
        return onStale;
    }

    public void setOnStale(@Nullable OnStale onStale) {
        this.onStale = onStale;
    }
}
