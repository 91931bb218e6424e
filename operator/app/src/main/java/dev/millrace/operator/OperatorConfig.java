package dev.millrace.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;

/** Configuration of the operator itself; every key is also an environment variable, {@code MILLRACE_IMAGES_SERVER}. */
@ConfigMapping(prefix = "millrace")
public interface OperatorConfig {

    /** Images that new stacks run. */
    ImageConfig images();

    /** How often each stack's pods are asked for their status. */
    @WithDefault("5s")
    Duration pollInterval();

    /** Complete references: registry, name, and tag or digest. */
    interface ImageConfig {
        /** Name of the set. */
        String release();

        /** Model server and model loader. */
        String server();

        /** Aggregator and batch loader. */
        String aggregator();

        /** Aggregator with RocksDB. */
        String aggregatorRocksDb();

        /** The managed store. */
        String store();

        /** The program in the store image that takes a configuration file as its only argument. */
        List<String> storeCommand();
    }
}
