package dev.millrace.contract.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ThreadDumpTest {
    @Test
    @Timeout(60)
    void saysWhereEachThreadIsAndWhoHoldsWhatItWaitsFor() throws InterruptedException {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread holder = new Thread(() -> holdUntil(lock, held, release), "holder-of-the-lock");
        Thread waiter = new Thread(
                () -> {
                    lock.lock();
                    lock.unlock();
                },
                "waiter-for-the-lock");
        try {
            holder.start();
            held.await();
            waiter.start();
            while (waiter.getState() != Thread.State.WAITING || !lock.hasQueuedThread(waiter)) {
                Thread.onSpinWait();
            }
            ThreadDump dump = new ThreadDump();
            String text = dump.text();
            long threads = text.lines().filter(line -> line.startsWith("\"")).count();
            assertThat(text)
                    .startsWith(threads + " threads at ")
                    .containsPattern("\"waiter-for-the-lock\" #\\d+ WAITING on java.util.concurrent.locks.*"
                            + " held by \"holder-of-the-lock\" #" + holder.getId())
                    .contains(ThreadDumpTest.class.getName() + ".holdUntil(ThreadDumpTest.java:")
                    .contains("- holds java.util.concurrent.locks.ReentrantLock$NonfairSync@")
                    .doesNotContain("DEADLOCK");
        } finally {
            release.countDown();
            holder.join();
            waiter.join();
        }
    }

    @Test
    void whoAsksWithoutPauseGetsTheSameOneForASecond() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE);
        ThreadDump dump = new ThreadDump(now::get);
        String first = dump.text();
        now.addAndGet(999_000_000);
        assertThat(dump.text()).isSameAs(first);
        now.addAndGet(2_000_000);
        assertThat(dump.text()).isNotSameAs(first).contains("\"main\" #");
    }

    private static void holdUntil(ReentrantLock lock, CountDownLatch held, CountDownLatch release) {
        lock.lock();
        try {
            held.countDown();
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
