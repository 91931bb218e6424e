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

/** Answers by entity, for hours. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class EntityCacheSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("How long an answer for the same entity, inputs and candidates may be repeated.")
    @Required
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private String ttl = "";

    @JsonPropertyDescription("Bound of the cache. Default 100000.")
    @Min(1)
    @Max(10000000)
    private @Nullable Integer maxEntries;

    @JsonPropertyDescription("Predictions made before anybody asks. Absent: none.")
    private @Nullable PrewarmSpec prewarm;

    public String getTtl() {
        return ttl;
    }

    public void setTtl(String ttl) {
        this.ttl = ttl;
    }

    public @Nullable Integer getMaxEntries() {
        return maxEntries;
    }

    public void setMaxEntries(@Nullable Integer maxEntries) {
        this.maxEntries = maxEntries;
    }

    public @Nullable PrewarmSpec getPrewarm() {
        return prewarm;
    }

    public void setPrewarm(@Nullable PrewarmSpec prewarm) {
        this.prewarm = prewarm;
    }
}
