package dev.millrace.server.prewarm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest calls of the topic, one of each entity, bounded by number and by bytes; and which of them are to be computed
 * still. Shared by the thread that reads and the one that starts a version.
 */
final class PopularCalls {
    private final int max;
    private final long maxBytes;
    /** Oldest first. */
    private final LinkedHashMap<String, byte[]> kept = new LinkedHashMap<>();

    /** Newest first: ids, and how often each was tried. */
    private final ArrayDeque<Due> due = new ArrayDeque<>();

    private long bytes;

    /**
     * A call to compute.
     *
     * @param tries how often it was tried before
     */
    record Due(String id, byte[] body, int tries) {}

    /**
     * A record.
     *
     * @param id tells whose call it is: its newest counts
     * @param body null = the call is taken away
     */
    record Update(String id, byte @Nullable [] body) {}

    PopularCalls(int max, long maxBytes) {
        this.max = max;
        this.maxBytes = maxBytes;
    }

    /** What the topic holds, newest first. Calls that are known already are not due again. */
    synchronized void replace(List<Update> newestFirst) {
        LinkedHashMap<String, byte[]> before = new LinkedHashMap<>(kept);
        kept.clear();
        bytes = 0;
        List<Update> oldestFirst = new ArrayList<>(newestFirst);
        Collections.reverse(oldestFirst);
        for (Update update : oldestFirst) {
            byte[] known = before.get(update.id());
            // the very same, so that what is due stays due
            put(Arrays.equals(known, update.body()) ? new Update(update.id(), known) : update);
        }
        List<Due> open = new ArrayList<>();
        kept.forEach((id, body) -> {
            if (body != before.get(id)) {
                open.add(new Due(id, body, 0));
            }
        });
        open.forEach(due::addFirst);
    }

    /** A record that came now: its call is due even when it is one that is known, as its answer may be another one by now. */
    synchronized void add(Update update) {
        byte[] body = put(update);
        if (body != null) {
            due.addFirst(new Due(update.id(), body, 0));
        }
    }

    private byte @Nullable [] put(Update update) {
        String id = update.id();
        byte[] old = kept.remove(id);
        bytes -= old == null ? 0 : old.length;
        byte[] body = update.body();
        if (body == null) {
            return null;
        }
        kept.put(id, body);
        bytes += body.length;
        Iterator<Map.Entry<String, byte[]>> oldest = kept.entrySet().iterator();
        while (kept.size() > max || (bytes > maxBytes && kept.size() > 1)) {
            Map.Entry<String, byte[]> gone = oldest.next();
            bytes -= gone.getValue().length;
            oldest.remove();
        }
        return body;
    }

    /** All of them are due: another version answers from here on. */
    synchronized void allDue() {
        due.clear();
        kept.forEach((id, body) -> due.addFirst(new Due(id, body, 0)));
    }

    /** The newest that is due, which then is not any more; null = none. */
    synchronized @Nullable Due take() {
        Due next = due.pollFirst();
        while (next != null && !isCurrent(next)) {
            next = due.pollFirst();
        }
        return next;
    }

    /** It was tried in vain, and is tried again after all others; unless a newer one has come. */
    synchronized void again(Due failed) {
        if (isCurrent(failed)) {
            due.addLast(new Due(failed.id(), failed.body(), failed.tries() + 1));
        }
    }

    /** Neither taken away nor replaced since. */
    private boolean isCurrent(Due call) {
        return call.body() == kept.get(call.id());
    }

    synchronized int size() {
        return kept.size();
    }
}
