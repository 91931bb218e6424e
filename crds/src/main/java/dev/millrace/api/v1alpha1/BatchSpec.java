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
import org.jspecify.annotations.Nullable;

/** Files computed elsewhere. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class BatchSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "File, directory or pattern: configmap://name/key, pvc://claim/path, s3://bucket/key, gs://bucket/key; one file:"
                    + " https://….")
    @Required
    @Size(min = 1, max = 1024)
    @Pattern("^(s3|gs|https|pvc|configmap)://[^ ]+$")
    private String storageUri = "";

    @JsonPropertyDescription("parquet, csv or jsonl.")
    @Required
    private @Nullable BatchFormat format;

    @JsonPropertyDescription(
            "Cron expression of the reload, UTC. Absent: loaded once, and again when the group changes.")
    @Size(max = 100)
    @Pattern("^(@(hourly|daily|midnight|weekly|monthly|yearly|annually)|[-0-9A-Za-z*/,?]+( [-0-9A-Za-z*/,?]+){4})$")
    private @Nullable String schedule;

    @JsonPropertyDescription("Column with the row's own time. Absent: the time of the run.")
    @Size(min = 1, max = 63)
    @Pattern("^[A-Za-z_][A-Za-z0-9_]*$")
    private @Nullable String timestampField;

    @JsonPropertyDescription("Access to what storageUri names, for s3, gs and https.")
    private @Nullable ModelStorage storage;

    @JsonPropertyDescription("Workers that divide the files of a load among them, each in a pod of its own. Default 1.")
    @Min(1)
    @Max(64)
    private @Nullable Integer parallelism;

    public String getStorageUri() {
        return storageUri;
    }

    public void setStorageUri(String storageUri) {
        this.storageUri = storageUri;
    }

    public @Nullable BatchFormat getFormat() {
        return format;
    }

    public void setFormat(@Nullable BatchFormat format) {
        this.format = format;
    }

    public @Nullable String getSchedule() {
        return schedule;
    }

    public void setSchedule(@Nullable String schedule) {
        this.schedule = Texts.orNull(schedule);
    }

    public @Nullable String getTimestampField() {
        return timestampField;
    }

    public void setTimestampField(@Nullable String timestampField) {
        this.timestampField = Texts.orNull(timestampField);
    }

    public @Nullable ModelStorage getStorage() {
        return storage;
    }

    public void setStorage(@Nullable ModelStorage storage) {
        this.storage = storage;
    }

    public @Nullable Integer getParallelism() {
        return parallelism;
    }

    public void setParallelism(@Nullable Integer parallelism) {
        this.parallelism = parallelism;
    }
}
