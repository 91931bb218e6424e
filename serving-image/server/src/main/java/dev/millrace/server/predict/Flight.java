package dev.millrace.server.predict;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One computation under way that other calls wait for. It lands exactly once, however the call that leads it ends, and then
 * nobody waits for it any more.
 */
final class Flight {
    private final Map<Hash128, Flight> all;
    private final Hash128 key;
    /** Null = landed. */
    private @Nullable Set<Follower> followers = new HashSet<>();

    /** A row that waits. */
    interface Follower {
        /**
         * Told once, on any thread, unless it left before: it must only hand over.
         *
         * @param entry null = the leader has no answer of the model
         */
        void landed(RequestCache.@Nullable Entry entry);
    }

    private Flight(Map<Hash128, Flight> all, Hash128 key) {
        this.all = all;
        this.key = key;
    }

    /**
     * @param flight the one of the key
     * @param leads whether it is the caller that must land it
     */
    record Seat(Flight flight, boolean leads) {}

    /** Begins the key's flight in {@code all}, or waits for the one that is under way. */
    static Seat board(Map<Hash128, Flight> all, Hash128 key, Follower follower) {
        Flight mine = new Flight(all, key);
        while (true) {
            Flight other = all.putIfAbsent(key, mine);
            if (other == null) {
                return new Seat(mine, true);
            }
            if (other.follow(follower)) {
                return new Seat(other, false);
            }
            // it landed just now, and has left the map before it did
        }
    }

    private synchronized boolean follow(Follower follower) {
        return followers != null && followers.add(follower);
    }

    /** It waits no longer; it may be told all the same when that happens now. */
    synchronized void leave(Follower follower) {
        if (followers != null) {
            followers.remove(follower);
        }
    }

    /** What the leader has found; only the first time counts. */
    void land(RequestCache.@Nullable Entry entry) {
        // whoever comes from here on looks into the cache again, or leads a flight of its own
        all.remove(key, this);
        Set<Follower> told;
        synchronized (this) {
            told = followers;
            followers = null;
        }
        if (told != null) {
            told.forEach(f -> f.landed(entry));
        }
    }
}
