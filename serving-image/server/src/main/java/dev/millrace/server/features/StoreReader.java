package dev.millrace.server.features;

import dev.millrace.contract.config.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads that end within the store's budget, whatever the store does: what is late is given up, a store that is late again and
 * again is not asked ({@link Breaker}), and a read that hangs on its connection is tried once on another ({@link Hedging}).
 * Belongs to one event loop.
 */
public final class StoreReader {
    /** A timer on an idle loop comes within a tenth of it. */
    private static final long HELD_UP_NANOS = 1_000_000;

    private static final long LOOK_MS = 500;

    private final Vertx vertx;
    private final StoreLink first;
    private final StoreLink second;
    private final long storeMs;
    private final StoreObserver observer;
    private final Breaker breaker;
    private final Hedging hedging = new Hedging();
    /** Callers may stay away, and whether the store is back is to be known all the same. */
    private @Nullable Query<?> last;

    private long looks = -1;

    /** What is asked of a connection; may be asked of another one too. */
    interface Query<R> {
        Future<R> ask(StoreLink link);
    }

    /**
     * @param budgetMs that a healthy store keeps: a read that had less does not speak against it
     */
    public StoreReader(Vertx vertx, Store store, double budgetMs, StoreObserver observer) {
        this.vertx = vertx;
        this.first = new StoreLink(vertx, store);
        this.second = new StoreLink(vertx, store);
        this.storeMs = ms(budgetMs);
        this.observer = observer;
        this.breaker = new Breaker((from, to) -> observer.moved(from.name(), to.name()));
    }

    private static long ms(double ms) {
        return Math.max(1, (long) Math.ceil(ms));
    }

    /** Connects. Completes with the first connection; the other one is for hedging only. */
    public Future<Void> start() {
        looks = vertx.setPeriodic(LOOK_MS, t -> look());
        second.start();
        return first.start();
    }

    public void close() {
        vertx.cancelTimer(looks);
        first.close();
        second.close();
    }

    /** The connection that reads. */
    StoreLink link() {
        return first;
    }

    /** {@code request}: may be asked for twice. The rest as in {@link #query}. */
    void read(
            Supplier<Request> request,
            double budgetMs,
            long latestNanos,
            boolean always,
            Consumer<@Nullable Response> done) {
        query(link -> link.send(request.get()), budgetMs, latestNanos, always, done);
    }

    /**
     * @param budgetMs from now
     * @param latestNanos when it ends at the latest, by {@link System#nanoTime}
     * @param always whether a store that fails is asked all the same, and this read says nothing of it
     * @param done told once, on this event loop; null = the store failed, was late or is not asked
     */
    <R> void query(Query<R> request, double budgetMs, long latestNanos, boolean always, Consumer<@Nullable R> done) {
        Read<R> read = new Read<>(request, ms(budgetMs), latestNanos, always, false, done);
        if (!always) {
            last = request;
        }
        switch (always ? Breaker.Verdict.READ : breaker.ask(read.begin)) {
            case READ -> read.start();
            case PROBE -> {
                done.accept(null);
                probe(request);
            }
            case REFUSED -> done.accept(null);
        }
    }

    private <R> void probe(Query<R> request) {
        new Read<>(request, storeMs, System.nanoTime() + storeMs * 1_000_000, false, true, reply -> {}).start();
    }

    private void look() {
        Query<?> asked = last;
        if (asked != null
                && breaker.state() != Breaker.State.closed
                && breaker.ask(System.nanoTime()) == Breaker.Verdict.PROBE) {
            probe(asked);
        }
    }

    private final class Read<R> {
        final long begin = System.nanoTime();
        private final Query<R> request;
        private final long budgetMs;
        private final long latestNanos;
        private final boolean always;
        private final boolean probe;
        private final Consumer<@Nullable R> done;
        private long timer = -1;
        private long hedgeTimer = -1;
        private int unanswered;
        private boolean ended;
        private boolean hedged;

        Read(
                Query<R> request,
                long budgetMs,
                long latestNanos,
                boolean always,
                boolean probe,
                Consumer<@Nullable R> done) {
            this.request = request;
            this.budgetMs = budgetMs;
            this.latestNanos = latestNanos;
            this.always = always;
            this.probe = probe;
            this.done = done;
        }

        void start() {
            StoreLink link = first.isUp() ? first : second;
            if (!link.isUp()) {
                failed();
                return;
            }
            // before the sends: a failure there ends the read at once
            await(budgetMs, false);
            long delay = always ? 0 : hedging.delay(budgetMs * 1_000_000);
            if (delay > 0 && link == first) {
                hedgeTimer = vertx.setTimer((delay + 999_999) / 1_000_000, t -> hedge());
            }
            send(link);
        }

        /**
         * The budget is the store's. A timer that comes late tells that this loop was held up (a collection, a compiler
         * that has the processor, a container that has used its share): the answer may wait in the socket by now, or the
         * request may only just have been written. Then the store gets its time once more, within the request's. And as the
         * loop may have been held up before the timer was due, it reads once more before it gives up.
         */
        private void await(long ms, boolean lastLook) {
            long since = System.nanoTime();
            timer = vertx.setTimer(ms, t -> {
                long now = System.nanoTime();
                boolean heldUp = now - since - ms * 1_000_000 > HELD_UP_NANOS;
                long left = (latestNanos - now) / 1_000_000;
                if (left < 1 || (lastLook && !heldUp)) {
                    late(now, heldUp);
                } else if (heldUp) {
                    await(Math.min(budgetMs, left), false);
                } else {
                    await(1, true);
                }
            });
        }

        private void send(StoreLink link) {
            unanswered++;
            request.ask(link).onComplete(reply -> {
                unanswered--;
                long now = System.nanoTime();
                if (link == first && reply.succeeded() && !always) {
                    hedging.took(now - begin);
                }
                if (ended) {
                    if (reply.succeeded() && !always) {
                        breaker.late(now);
                    }
                } else if (reply.succeeded()) {
                    if (!always) {
                        breaker.answered();
                    }
                    end(reply.result(), link == second);
                } else if (unanswered == 0) {
                    failed();
                }
            });
        }

        private void hedge() {
            if (!ended && unanswered == 1 && second.isUp() && hedging.take()) {
                hedged = true;
                send(second);
            }
        }

        private void failed() {
            if (!always) {
                breaker.failed(System.nanoTime());
            }
            end(null, false);
        }

        /** A caller in a hurry, or a loop that was held up, is no fault of the store; but a probe must end somehow. */
        private void late(long now, boolean heldUp) {
            if (!always && (probe || !heldUp && now - begin >= storeMs * 1_000_000)) {
                breaker.failed(now);
            }
            end(null, false);
        }

        private void end(@Nullable R reply, boolean won) {
            if (ended) {
                return;
            }
            ended = true;
            vertx.cancelTimer(timer);
            vertx.cancelTimer(hedgeTimer);
            if (hedged) {
                observer.hedged(won);
            }
            done.accept(reply);
        }
    }
}
