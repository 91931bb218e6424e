package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Caches in front of the model. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class CacheSpec {

    @JsonPropertyDescription("Answers by feature vector or by inputs, in the server's memory.")
    private @Nullable RequestCacheSpec request;

    public @Nullable RequestCacheSpec getRequest() {
        return request;
    }

    public void setRequest(@Nullable RequestCacheSpec request) {
        this.request = request;
    }
}
