package dev.millrace.aggregator.batch;

import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.aggregator.sink.StoreWrite;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.store.BatchProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One worker's files, read from where it is. What is in the store is said to the ledger every so many rows, values first:
 * whoever takes over reads those rows again that were sent and not yet said, to the same values of the same version.
 */
final class Share {
    private static final int PIPELINE = 1_000;
    /** A multiple of {@link #PIPELINE}. */
    static final int SAVED_EVERY = 10_000;

    /** Rejected rows that are told one by one. */
    private static final int TOLD = 10;

    private final FeatureGroup group;
    private final Worker worker;
    private final RunLedger.Begun begun;
    private final RowCodec codec;
    private final int epoch;
    private final BatchStore store;
    private final RunLedger ledger;
    private final long tellsEveryNanos;
    private final Consumer<String> out;
    private final List<StoreWrite> waiting = new ArrayList<>(PIPELINE);
    private final Tally tally = new Tally();
    private Part part;
    private long told;
    private long readHere;
    private final long began = System.nanoTime();
    private long toldAt = began;

    Share(
            FeatureGroup group,
            Worker worker,
            RunLedger.Begun begun,
            RowCodec codec,
            int epoch,
            BatchStore store,
            RunLedger ledger,
            Duration tellsEvery,
            Consumer<String> out) {
        this.group = group;
        this.worker = worker;
        this.begun = begun;
        this.codec = codec;
        this.epoch = epoch;
        this.store = store;
        this.ledger = ledger;
        this.tellsEveryNanos = tellsEvery.toNanos();
        this.out = out;
        this.part = begun.part();
    }

    long startMs() {
        return begun.startMs();
    }

    /** How far it is. */
    Part done() {
        return part;
    }

    /** Reads what is left. */
    void load(BatchSource source, Rows rows) throws SourceException, StoreUnavailableException {
        List<SourceFile> files = begun.listing().of(worker.index());
        if (!part.equals(Part.NONE)) {
            out.accept(group.name() + ": goes on with the run that began at " + startMs() + ", "
                    + (part.done()
                            ? "which has ended"
                            : "at row " + (part.row() + 1) + " of file " + (part.file() + 1) + " of " + files.size()));
        }
        if (part.done()) {
            return;
        }
        for (int i = part.file(); i < files.size(); i++) {
            SourceFile file = files.get(i);
            try (BatchSource.Fetched fetched = source.fetch(file)) {
                boolean same = part.row() > 0
                        && !fetched.tag().isEmpty()
                        && fetched.tag().equals(part.tag());
                if (!same) {
                    // the file is another one by now, or nothing tells: from its beginning
                    part = new Part(i, fetched.tag(), 0, part.before(), Part.Counts.NONE, false);
                }
                tally.begin(part.within());
                rows.read(fetched.path(), part.row(), (number, row) -> row(file, number, row));
            }
            flush();
            part = new Part(i + 1, "", 0, part.before().plus(tally.counts()), Part.Counts.NONE, i + 1 == files.size());
            ledger.save(startMs(), part);
        }
        if (!part.done()) {
            // more workers than files
            part = new Part(part.file(), "", 0, part.before(), part.within(), true);
            ledger.save(startMs(), part);
        }
    }

    private void row(SourceFile file, long number, @Nullable String[] row) throws StoreUnavailableException {
        readHere++;
        try {
            RowCodec.Encoded encoded = codec.encode(row, epoch, startMs(), System.currentTimeMillis());
            waiting.add(new StoreWrite(encoded.key(), encoded.value(), group.ttlMs()));
            tally.row(encoded.timeMs());
        } catch (IllegalArgumentException e) {
            reject(file.name() + " row " + number + ": " + e.getMessage());
        }
        if (waiting.size() == PIPELINE || number % SAVED_EVERY == 0) {
            flush();
        }
        if (number % SAVED_EVERY == 0) {
            part = new Part(part.file(), part.tag(), number, part.before(), tally.counts(), false);
            ledger.save(startMs(), part);
        }
    }

    private void reject(String why) {
        tally.rejected(why);
        told++;
        if (told <= TOLD) {
            out.accept("rejected: " + why);
        } else if (told == TOLD + 1) {
            out.accept("rejected: more rows, no longer told one by one");
        }
    }

    private void flush() throws StoreUnavailableException {
        if (!waiting.isEmpty()) {
            tally.superseded(store.write(waiting));
            waiting.clear();
        }
        long now = System.nanoTime();
        if (now - toldAt >= tellsEveryNanos) {
            toldAt = now;
            BatchProgress progress = progress();
            ledger.progress(progress);
            out.accept(group.name() + ": " + progress.filesDone() + " of " + progress.files() + " files, "
                    + progress.rows() + " rows, " + Math.round(readHere / ((now - began) / 1e9)) + " rows/s here");
        }
    }

    /** Of all workers; of the others what they have saved. */
    private BatchProgress progress() throws StoreUnavailableException {
        List<Part> parts = new ArrayList<>(ledger.parts());
        parts.set(worker.index(), new Part(part.file(), "", 0, part.before(), tally.counts(), false));
        return new BatchProgress(
                startMs(),
                System.currentTimeMillis(),
                begun.listing().files().size(),
                parts.stream().mapToInt(Part::file).sum(),
                parts.stream()
                        .mapToLong(p -> p.counts().rows() + p.counts().rejected())
                        .sum());
    }
}
