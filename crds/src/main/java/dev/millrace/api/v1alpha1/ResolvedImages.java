package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Images that the stack runs. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ResolvedImages {

    @JsonPropertyDescription("Model server and model loader.")
    @Size(max = 512)
    private @Nullable String server;

    @JsonPropertyDescription("Aggregator and batch loader.")
    @Size(max = 512)
    private @Nullable String aggregator;

    @JsonPropertyDescription("Aggregator with RocksDB, for aggregator.state: RocksDB.")
    @Size(max = 512)
    private @Nullable String aggregatorRocksDb;

    @JsonPropertyDescription("Managed store.")
    @Size(max = 512)
    private @Nullable String store;

    @JsonPropertyDescription("spec.release for which they were resolved.")
    @Size(max = 253)
    private @Nullable String release;

    public @Nullable String getServer() {
        return server;
    }

    public void setServer(@Nullable String server) {
        this.server = Texts.orNull(server);
    }

    public @Nullable String getAggregator() {
        return aggregator;
    }

    public void setAggregator(@Nullable String aggregator) {
        this.aggregator = Texts.orNull(aggregator);
    }

    public @Nullable String getAggregatorRocksDb() {
        return aggregatorRocksDb;
    }

    public void setAggregatorRocksDb(@Nullable String aggregatorRocksDb) {
        this.aggregatorRocksDb = Texts.orNull(aggregatorRocksDb);
    }

    public @Nullable String getStore() {
        return store;
    }

    public void setStore(@Nullable String store) {
        this.store = Texts.orNull(store);
    }

    public @Nullable String getRelease() {
        return release;
    }

    public void setRelease(@Nullable String release) {
        this.release = Texts.orNull(release);
    }
}
