package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Cache-Control and ETag of GET predictions, for a CDN. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class HttpCacheSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("How long a cache in front may repeat an answer.")
    @Required
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private String maxAge = "";

    @JsonPropertyDescription("How much longer it may while it asks again. Default: not at all.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String staleWhileRevalidate;

    public String getMaxAge() {
        return maxAge;
    }

    public void setMaxAge(String maxAge) {
        this.maxAge = maxAge;
    }

    public @Nullable String getStaleWhileRevalidate() {
        return staleWhileRevalidate;
    }

    public void setStaleWhileRevalidate(@Nullable String staleWhileRevalidate) {
        this.staleWhileRevalidate = staleWhileRevalidate;
    }
}
