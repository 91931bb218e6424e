package dev.millrace.aggregator.batch;

import dev.millrace.aggregator.event.EventReader;
import dev.millrace.aggregator.sink.StoreConnections;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.aggregator.sink.StoreWrite;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.StoreKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Loads one batch group. All values carry the run's start as their version: a later run wins, whatever it read and
 * whichever ends first. Of several rows of one entity the last one wins, files in the order of their names.
 */
public final class BatchLoader {
    private static final int PIPELINE = 1_000;
    private static final long PROGRESS_NANOS = Duration.ofSeconds(2).toNanos();
    /** Rejected rows that are told one by one. */
    private static final int TOLD = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AggregatorConfig config;
    private final Consumer<String> out;

    /** @param out takes progress lines */
    public BatchLoader(AggregatorConfig config, Consumer<String> out) {
        this.config = config;
        this.out = out;
    }

    /**
     * @param runStartMs the run's version, ms since 1970
     * @throws SourceException naming the file and column; nothing of {@code batchEnd} is changed then
     */
    public BatchRun load(FeatureGroup group, long runStartMs) throws SourceException, StoreUnavailableException {
        FeatureGroup.Batch batch = group.batch();
        if (batch == null) {
            throw new ConfigException("groups[" + group.name() + "] has no batch");
        }
        Entity entity = config.entities().stream()
                .filter(e -> e.name().equals(group.entity()))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "groups[" + group.name() + "].entity: there is no entity '" + group.entity() + "'"));
        String ns = StoreKeys.ns(config.namespace(), config.name());
        BatchFormat format = BatchFormat.of(group.name(), batch.format());
        if (group.stream() != null) {
            return hybrid(group, batch, entity, ns, format, runStartMs);
        }
        RowCodec codec = new RowCodec(ns, entity, group, batch.timestampField());
        StoreConnections connections = new StoreConnections(config.store());
        try (BatchStore store = new BatchStore(connections, ns, group, PATIENCE)) {
            Run run = new Run(group, codec, store, store.epoch(), runStartMs);
            try (Rows rows = new Rows(format, codec.columns(), Path.of(config.stateDir()))) {
                for (Path file : BatchFiles.find(Path.of(batch.path()), format)) {
                    rows.read(file, (number, row) -> run.row(file, number, row));
                }
                run.flush();
                if (run.rows == 0 && run.rejected > 0) {
                    throw new SourceException("group " + group.name() + ": none of the " + run.rejected
                            + " rows could be used, the first: " + run.firstRejection);
                }
            } catch (SourceException e) {
                store.record(run.result(String.valueOf(e.getMessage())));
                throw e;
            }
            BatchRun result = run.result(null);
            store.record(result);
            return result;
        }
    }

    private BatchRun hybrid(
            FeatureGroup group, FeatureGroup.Batch batch, Entity entity, String ns, BatchFormat format, long runStartMs)
            throws SourceException, StoreUnavailableException {
        String timestampField = batch.timestampField();
        if (timestampField == null) {
            throw new ConfigException("groups[" + group.name() + "].batch.timestampField: a group with stream and batch"
                    + " needs it: the cut between them is a time");
        }
        TileLayout layout = TileLayout.whole(group);
        EventReader reader = EventReader.ofFiles(ns, entity, group, layout);
        List<String> keys = entity.keys().stream().map(Entity.EntityKey::name).toList();
        try (BatchStore store = new BatchStore(new StoreConnections(config.store()), ns, group, PATIENCE)) {
            HybridLoader loader =
                    new HybridLoader(group, timestampField, layout, reader, store, store.epoch(), runStartMs, out);
            try (EventRows rows = new EventRows(
                    format,
                    BatchFiles.find(Path.of(batch.path()), format),
                    keys,
                    timestampField,
                    Path.of(config.stateDir()))) {
                loader.load(rows);
            } catch (SourceException e) {
                store.record(loader.result(String.valueOf(e.getMessage())));
                throw e;
            }
            BatchRun result = loader.result(null);
            store.record(result);
            return result;
        }
    }

    /** What a run has done so far. */
    private final class Run {
        private final FeatureGroup group;
        private final RowCodec codec;
        private final BatchStore store;
        private final int epoch;
        private final long startMs;
        private final List<StoreWrite> waiting = new ArrayList<>(PIPELINE);
        private long rows;
        private long superseded;
        private long rejected;
        private long batchEndMs;
        private String firstRejection = "";
        private long toldAt = System.nanoTime();

        Run(FeatureGroup group, RowCodec codec, BatchStore store, int epoch, long startMs) {
            this.group = group;
            this.codec = codec;
            this.store = store;
            this.epoch = epoch;
            this.startMs = startMs;
        }

        void row(Path file, long number, @Nullable String[] row) throws StoreUnavailableException {
            try {
                RowCodec.Encoded encoded = codec.encode(row, epoch, startMs, System.currentTimeMillis());
                waiting.add(new StoreWrite(encoded.key(), encoded.value(), group.ttlMs()));
                batchEndMs = Math.max(batchEndMs, encoded.timeMs());
            } catch (IllegalArgumentException e) {
                reject(file + " row " + number + ": " + e.getMessage());
                return;
            }
            rows++;
            if (waiting.size() == PIPELINE) {
                flush();
            }
        }

        private void reject(String why) {
            if (rejected++ == 0) {
                firstRejection = why;
            }
            if (rejected <= TOLD) {
                out.accept("rejected: " + why);
            } else if (rejected == TOLD + 1) {
                out.accept("rejected: more rows, no longer told one by one");
            }
        }

        void flush() throws StoreUnavailableException {
            if (!waiting.isEmpty()) {
                superseded += store.write(waiting);
                waiting.clear();
            }
            long now = System.nanoTime();
            if (now - toldAt > PROGRESS_NANOS) {
                toldAt = now;
                out.accept(group.name() + ": " + rows + " rows, "
                        + rows * 1_000 / Math.max(1, System.currentTimeMillis() - startMs) + " rows/s");
            }
        }

        BatchRun result(@Nullable String message) {
            return new BatchRun(
                    group.name(),
                    startMs,
                    System.currentTimeMillis(),
                    rows - superseded,
                    superseded,
                    rejected,
                    rows == 0 ? null : batchEndMs,
                    message);
        }
    }
}
