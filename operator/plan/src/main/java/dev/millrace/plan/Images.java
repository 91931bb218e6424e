package dev.millrace.plan;

import java.util.List;

/**
 * The image set of one release. References are complete: registry, name and tag or digest.
 *
 * @param release the name of the set; shown in status and render
 * @param server the model server, which is the model loader too
 * @param aggregator the aggregator, which is the batch loader too
 * @param aggregatorRocksDb the aggregator with RocksDB, for those that keep their tiles on disk
 * @param store the managed store
 * @param storeCommand the program in the store image that takes a configuration file as its only argument:
 *     {@code [valkey-server]}, {@code [redis-server]}
 */
public record Images(
        String release,
        String server,
        String aggregator,
        String aggregatorRocksDb,
        String store,
        List<String> storeCommand) {
    /** Valkey by default: BSD licence, and the image is small. */
    public static final String DEFAULT_STORE = "valkey/valkey:8.1";

    public Images {
        storeCommand = List.copyOf(storeCommand);
    }

    /** The images of a release under one registry prefix, with the default store. */
    public static Images of(String prefix, String release) {
        String base = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
        return new Images(
                release,
                base + "millrace-server:" + release,
                base + "millrace-aggregator:" + release,
                base + "millrace-aggregator-rocksdb:" + release,
                DEFAULT_STORE,
                List.of("valkey-server"));
    }

    /** The same set with another store. */
    public Images withStore(String image, List<String> command) {
        return new Images(release, server, aggregator, aggregatorRocksDb, image, command);
    }
}
