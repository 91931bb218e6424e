package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Caches in front of the model. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class CacheSpec {

    @JsonPropertyDescription("Answers by feature vector or by inputs, in the server's memory.")
    private @Nullable RequestCacheSpec request;

    @JsonPropertyDescription("Answers by entity, for hours, in the server's memory.")
    private @Nullable EntityCacheSpec entity;

    @JsonPropertyDescription("GET predictions/{entity} for a CDN. Absent: it is not served.")
    private @Nullable HttpCacheSpec http;

    public @Nullable RequestCacheSpec getRequest() {
        return request;
    }

    public void setRequest(@Nullable RequestCacheSpec request) {
        this.request = request;
    }

    public @Nullable EntityCacheSpec getEntity() {
        return entity;
    }

    public void setEntity(@Nullable EntityCacheSpec entity) {
        this.entity = entity;
    }

    public @Nullable HttpCacheSpec getHttp() {
        return http;
    }

    public void setHttp(@Nullable HttpCacheSpec http) {
        this.http = http;
    }
}
