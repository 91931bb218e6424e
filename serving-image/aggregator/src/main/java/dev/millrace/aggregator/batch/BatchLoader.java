package dev.millrace.aggregator.batch;

import dev.millrace.aggregator.event.EventReader;
import dev.millrace.aggregator.sink.StoreConnections;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.aggregator.sink.ValueWrite;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feast.FeastView;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.StoreKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Loads one batch group, or one worker's share of it. All values carry the run's start as their version: a later run wins,
 * whatever it read and whichever ends first. Of several rows of one entity the last one wins, files in the order of their
 * names; among the files of several workers there is no order.
 */
public final class BatchLoader {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration TELLS_EVERY = Duration.ofSeconds(2);

    private final AggregatorConfig config;
    private final Duration tellsEvery;
    private final Consumer<String> out;

    /** @param out takes progress lines */
    public BatchLoader(AggregatorConfig config, Consumer<String> out) {
        this(config, TELLS_EVERY, out);
    }

    /** @param tellsEvery how long it is silent at most */
    BatchLoader(AggregatorConfig config, Duration tellsEvery, Consumer<String> out) {
        this.config = config;
        this.tellsEvery = tellsEvery;
        this.out = out;
    }

    /**
     * @param run of all workers together when {@code waitingFor} is 0, else of this one
     * @param waitingFor workers that are not done
     */
    public record Loaded(BatchRun run, int waitingFor) {}

    /**
     * @param nowMs the run's start and so its version, ms since 1970, unless it has begun before
     * @throws SourceException naming the file and column; nothing of {@code batchEnd} is changed then
     */
    public Loaded load(FeatureGroup group, Worker worker, long nowMs)
            throws SourceException, StoreUnavailableException {
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
        StoreConnections connections = new StoreConnections(config.store());
        FeastView feast = group.feast() == null ? null : FeastView.of(group, entity);
        try (BatchStore store = new BatchStore(connections, ns, ValueWrite.of(feast), PATIENCE);
                StoreCalls calls = new StoreCalls(connections, PATIENCE)) {
            RunLedger ledger = new RunLedger(calls, ns, group, worker);
            Attempt attempt = new Attempt(group, batch, entity, ns, worker, store, ledger);
            attempt.startMs = nowMs;
            try {
                return group.stream() == null ? attempt.rows() : attempt.events();
            } catch (SourceException e) {
                ledger.record(run(group, attempt.startMs, attempt.counts.get(), String.valueOf(e.getMessage())));
                throw e;
            }
        }
    }

    /** One process' part in a run. */
    private final class Attempt {
        private final FeatureGroup group;
        private final FeatureGroup.Batch batch;
        private final Entity entity;
        private final String ns;
        private final Worker worker;
        private final BatchStore store;
        private final RunLedger ledger;
        private final BatchFormat format;
        private final Path scratch = Path.of(config.stateDir());
        /** The run's, as soon as it is known. */
        private long startMs;

        private Supplier<Part.Counts> counts = () -> Part.Counts.NONE;

        Attempt(
                FeatureGroup group,
                FeatureGroup.Batch batch,
                Entity entity,
                String ns,
                Worker worker,
                BatchStore store,
                RunLedger ledger) {
            this.group = group;
            this.batch = batch;
            this.entity = entity;
            this.ns = ns;
            this.worker = worker;
            this.store = store;
            this.ledger = ledger;
            this.format = BatchFormat.of(group.name(), batch.format());
        }

        private BatchSource source() throws SourceException {
            return BatchSource.of(batch, format, scratch.resolve("batch").resolve(group.name()));
        }

        private RunLedger.Begun begin(BatchSource source) throws SourceException, StoreUnavailableException {
            RunLedger.Begun begun = ledger.begin(source::list, startMs);
            startMs = begun.startMs();
            return begun;
        }

        /** Rows that are values. */
        Loaded rows() throws SourceException, StoreUnavailableException {
            BatchSource source = source();
            RowCodec codec = new RowCodec(ns, entity, group, batch.timestampField());
            Share share =
                    new Share(group, worker, begin(source), codec, ledger.epoch(), store, ledger, tellsEvery, out);
            counts = () -> share.done().counts();
            try (Rows rows = new Rows(format, codec.columns(), scratch)) {
                share.load(source, rows);
            }
            return ended(group, ledger, startMs, share.done());
        }

        /** Events that become the tiles of a hybrid group: by entity, over all files, so by one worker and not in parts. */
        Loaded events() throws SourceException, StoreUnavailableException {
            String timestampField = batch.timestampField();
            if (timestampField == null) {
                throw new ConfigException("groups[" + group.name() + "].batch.timestampField: a group with stream and"
                        + " batch needs it: the cut between them is a time");
            }
            if (worker.workers() > 1) {
                throw new ConfigException("--workers: a group with stream and batch has one worker");
            }
            BatchSource source = source();
            RunLedger.Begun begun = begin(source);
            if (begun.part().done()) {
                return ended(group, ledger, startMs, begun.part());
            }
            TileLayout layout = TileLayout.whole(group);
            HybridLoader loader = new HybridLoader(
                    group,
                    timestampField,
                    layout,
                    EventReader.ofFiles(ns, entity, group, layout),
                    store,
                    ledger.epoch(),
                    startMs,
                    out);
            counts = loader::counts;
            List<String> keys =
                    entity.keys().stream().map(Entity.EntityKey::name).toList();
            List<SourceFile> files = begun.listing().files();
            try (FetchedFiles fetched = FetchedFiles.of(source, files);
                    EventRows rows = new EventRows(format, fetched.paths(), keys, timestampField, scratch)) {
                loader.load(rows);
            }
            Part done = new Part(files.size(), "", 0, loader.counts(), Part.Counts.NONE, true);
            ledger.save(startMs, done);
            return ended(group, ledger, startMs, done);
        }
    }

    /** The last worker leaves the run on record; should it be killed before, whoever takes over finds it done and does. */
    private static Loaded ended(FeatureGroup group, RunLedger ledger, long startMs, Part own)
            throws SourceException, StoreUnavailableException {
        List<Part> parts = ledger.parts();
        int waitingFor = (int) parts.stream().filter(part -> !part.done()).count();
        if (waitingFor > 0) {
            return new Loaded(run(group, startMs, own.counts(), null), waitingFor);
        }
        Part.Counts all = parts.stream().map(Part::counts).reduce(Part.Counts.NONE, Part.Counts::plus);
        if (all.rows() == 0 && all.rejected() > 0) {
            throw new SourceException("group " + group.name() + ": none of the " + all.rejected()
                    + " rows could be used, the first: " + all.firstRejection());
        }
        BatchRun run = run(group, startMs, all, null);
        ledger.record(run);
        return new Loaded(run, 0);
    }

    private static BatchRun run(FeatureGroup group, long startMs, Part.Counts counts, @Nullable String message) {
        return new BatchRun(
                group.name(),
                startMs,
                System.currentTimeMillis(),
                counts.rows() - counts.superseded(),
                counts.superseded(),
                counts.rejected(),
                counts.newestMs(),
                message);
    }
}
