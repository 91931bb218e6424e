package dev.millrace.contract.status;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The text of {@code /millrace/threads}: what every thread of this process does now. The images have neither a shell nor
 * {@code jcmd}, and a process that hangs can still be asked this way. Names and stack frames only, no values.
 */
public final class ThreadDump {
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanos;
    private String last = "";
    private long takenAt;

    public ThreadDump() {
        this(System::nanoTime);
    }

    /** @param nanos as {@code System.nanoTime} */
    ThreadDump(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * At most a second old. Taking it stops the process for milliseconds, and whoever asks without pause must not do that
     * without pause.
     */
    public synchronized String text() {
        long now = nanos.getAsLong();
        if (last.isEmpty() || now - takenAt > KEPT_NANOS) {
            last = take();
            takenAt = now;
        }
        return last;
    }

    private static String take() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<ThreadInfo> all = Arrays.stream(threads.dumpAllThreads(true, true))
                .sorted(Comparator.comparing(ThreadInfo::getThreadName))
                .toList();
        StringBuilder s = new StringBuilder(16_384);
        s.append(all.size()).append(" threads at ").append(Instant.now()).append('\n');
        long[] deadlocked = threads.findDeadlockedThreads();
        if (deadlocked != null) {
            s.append("DEADLOCK between the threads ")
                    .append(Arrays.toString(deadlocked))
                    .append('\n');
        }
        all.forEach(thread -> append(s, thread));
        return s.toString();
    }

    private static void append(StringBuilder s, ThreadInfo thread) {
        s.append("\n\"").append(thread.getThreadName()).append("\" #").append(thread.getThreadId());
        s.append(' ').append(thread.getThreadState());
        LockInfo awaited = thread.getLockInfo();
        if (awaited != null) {
            s.append(" on ").append(awaited);
        }
        if (thread.getLockOwnerName() != null) {
            s.append(" held by \"").append(thread.getLockOwnerName()).append("\" #");
            s.append(thread.getLockOwnerId());
        }
        s.append('\n');
        StackTraceElement[] frames = thread.getStackTrace();
        for (int depth = 0; depth < frames.length; depth++) {
            s.append("    at ").append(frames[depth]).append('\n');
            for (MonitorInfo held : thread.getLockedMonitors()) {
                if (held.getLockedStackDepth() == depth) {
                    s.append("    - holds ").append(held).append('\n');
                }
            }
        }
        for (LockInfo held : thread.getLockedSynchronizers()) {
            s.append("    - holds ").append(held).append('\n');
        }
    }
}
