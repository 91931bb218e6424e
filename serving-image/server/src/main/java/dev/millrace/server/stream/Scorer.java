package dev.millrace.server.stream;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.predict.ModelVersion;
import dev.millrace.server.predict.PredictService;
import dev.millrace.server.predict.Reading;
import dev.millrace.server.predict.Reason;
import dev.millrace.server.predict.Scored;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has readings scored, in batches as callers' rows are, and waits. Nobody waits for a reading: what callers would be told (no
 * time, no model) is tried again here. Belongs to the thread of the stream.
 */
final class Scorer {
    private static final Logger LOG = LoggerFactory.getLogger(Scorer.class);
    /** So long some readings are held on to; then they are read again, as the partition may be another server's by now. */
    private static final long HOLD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LONGEST_PAUSE_MS = 500;
    /** A store that is late now may be in time the next time. */
    private static final int STORE_TRIES = 3;
    /** Failures of the model with one reading, the last ones with it alone. */
    private static final int MODEL_TRIES = 4;

    private static final int TOGETHER_TRIES = 2;

    private final Supplier<ModelVersion> current;
    private final List<PredictService> loops;
    private final CountDownLatch stopping;
    private final long timeoutNanos;
    private final int batch;
    private final int parallel;
    private int next;
    /** One that the model has answered: when it is answered again, the model is not what is broken. */
    private @Nullable Reading known;

    private @Nullable Reason trouble;

    /**
     * @param current the version that answers, held until it is released
     * @param stopping nothing is tried again once it is down
     */
    Scorer(ServingConfig config, Supplier<ModelVersion> current, List<PredictService> loops, CountDownLatch stopping) {
        this.current = current;
        this.loops = loops;
        this.stopping = stopping;
        this.timeoutNanos = (long) (config.slo().thresholdMs() * 1e6);
        // no more than a caller of a full batch: other callers wait for it no longer
        this.batch = Math.max(1, config.server().maxBatchSize());
        this.parallel = 2 * Math.max(1, config.server().instances());
    }

    /** Why the last readings could not be scored. */
    @Nullable
    Reason trouble() {
        return trouble;
    }

    /** One for each reading, in order; null = not now: the readings must be read again. */
    @Nullable
    List<Outcome> score(List<Reading> readings) throws InterruptedException {
        Outcome[] outcomes = new Outcome[readings.size()];
        int[] failures = new int[readings.size()];
        long until = System.nanoTime() + HOLD_NANOS;
        for (int attempt = 0; ; attempt++) {
            List<Integer> open = new ArrayList<>();
            for (int i = 0; i < outcomes.length; i++) {
                if (outcomes[i] == null) {
                    open.add(i);
                }
            }
            if (open.isEmpty()) {
                trouble = null;
                return Arrays.asList(outcomes);
            }
            if (attempt > 0) {
                long pause = Math.min(LONGEST_PAUSE_MS, 10L << Math.min(attempt, 10));
                if (System.nanoTime() > until || stopping.await(pause, TimeUnit.MILLISECONDS)) {
                    return null;
                }
            }
            Round round = new Round(readings, failures, attempt);
            round.run(open);
            round.decide(open, outcomes);
        }
    }

    /** Each open reading once. */
    private final class Round {
        private final List<Reading> readings;
        private final int[] failures;
        private final int attempt;
        private final @Nullable Scored[] answers;
        private boolean modelAnswers;

        Round(List<Reading> readings, int[] failures, int attempt) {
            this.readings = readings;
            this.failures = failures;
            this.attempt = attempt;
            this.answers = new Scored[readings.size()];
        }

        void run(List<Integer> open) throws InterruptedException {
            List<List<Integer>> chunks = new ArrayList<>();
            List<Integer> together = new ArrayList<>();
            boolean alone = false;
            for (int i : open) {
                if (failures[i] >= TOGETHER_TRIES) {
                    chunks.add(List.of(i));
                    alone = true;
                } else {
                    together.add(i);
                }
            }
            for (int from = 0; from < together.size(); from += batch) {
                chunks.add(together.subList(from, Math.min(together.size(), from + batch)));
            }
            long timeout = Math.min(LONGEST_NANOS, timeoutNanos << Math.min(attempt, 12));
            ModelVersion version = current.get();
            try {
                ArrayDeque<Running> running = new ArrayDeque<>();
                for (List<Integer> chunk : chunks) {
                    if (running.size() >= parallel) {
                        end(running.removeFirst(), timeout);
                    }
                    running.addLast(begin(version, chunk, timeout));
                }
                while (!running.isEmpty()) {
                    end(running.removeFirst(), timeout);
                }
                Reading sure = known;
                if (alone && !modelAnswers && sure != null) {
                    probe(version, sure, timeout);
                }
            } finally {
                version.release();
            }
        }

        private Running begin(ModelVersion version, List<Integer> chunk, long timeout) {
            List<Reading> rows = chunk.stream().map(readings::get).toList();
            PredictService loop = loops.get(Math.floorMod(next++, loops.size()));
            return new Running(chunk, loop.score(version, rows, timeout).toCompletionStage());
        }

        private void end(Running running, long timeout) throws InterruptedException {
            List<Scored> scored = await(running.answer(), timeout);
            for (int i = 0; i < running.chunk().size(); i++) {
                int at = running.chunk().get(i);
                Scored answer = scored.isEmpty() ? null : scored.get(i);
                answers[at] = answer;
                if (answer == null || answer.reason() == Reason.ModelUnavailable && answer.prediction() == null) {
                    failures[at]++;
                } else if (answer.reason() == null) {
                    modelAnswers = true;
                    known = readings.get(at);
                }
            }
        }

        private void probe(ModelVersion version, Reading sure, long timeout) throws InterruptedException {
            List<Scored> scored =
                    await(loops.get(0).score(version, List.of(sure), timeout).toCompletionStage(), timeout);
            modelAnswers = !scored.isEmpty() && scored.get(0).reason() == null;
        }

        void decide(List<Integer> open, Outcome[] outcomes) {
            for (int i : open) {
                Scored answer = answers[i];
                if (answer == null) {
                    trouble = Reason.ModelUnavailable;
                } else if (answer.prediction() != null) {
                    boolean again = answer.storeFailed() && attempt + 1 < STORE_TRIES;
                    outcomes[i] = again ? null : new Outcome(answer, null);
                } else {
                    trouble = answer.reason();
                    DeadReason never = answer.storeFailed() ? null : never(answer.reason());
                    if (never != null) {
                        outcomes[i] = new Outcome(null, new DeadReading(never, String.valueOf(answer.why())));
                    }
                }
                if (outcomes[i] == null && failures[i] >= MODEL_TRIES && modelAnswers) {
                    outcomes[i] = new Outcome(
                            null,
                            new DeadReading(
                                    DeadReason.ModelFailed,
                                    "the model answers other readings, and not this one: tried " + failures[i]
                                            + " times"));
                }
            }
        }
    }

    /** The reasons that lie in the reading or its features. */
    private static @Nullable DeadReason never(@Nullable Reason reason) {
        return reason == Reason.FeatureMissing
                ? DeadReason.FeatureMissing
                : reason == Reason.FeatureStale ? DeadReason.FeatureStale : null;
    }

    private record Running(List<Integer> chunk, CompletionStage<List<Scored>> answer) {}

    /** Empty = it failed as a whole. */
    private static List<Scored> await(CompletionStage<List<Scored>> answer, long timeout) throws InterruptedException {
        try {
            return answer.toCompletableFuture().get(timeout + GRACE_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("readings are not scored", e);
            return Collections.emptyList();
        }
    }
}
