package dev.millrace.aggregator.batch;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Stands before a server and, from a moment on, lets some more bytes through to it and then none. */
final class GatedProxy implements AutoCloseable {
    private final ServerSocket door;
    private final int target;
    private final BooleanSupplier moment;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicLong still;
    private final CountDownLatch shut = new CountDownLatch(1);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "gated-proxy");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param moment asked before each piece that goes to the server, by one thread at a time
     * @param more bytes that still pass after it
     */
    GatedProxy(int target, BooleanSupplier moment, long more) throws IOException {
        this.target = target;
        this.moment = moment;
        this.still = new AtomicLong(more);
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** At zero when nothing passes any more. */
    CountDownLatch shut() {
        return shut;
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = remember(door.accept());
                Socket server = remember(new Socket(InetAddress.getLoopbackAddress(), target));
                threads.execute(() -> pump(client, server, true));
                threads.execute(() -> pump(server, client, false));
            } catch (IOException e) {
                continue; // the door was closed, or this caller went away: the next one decides
            }
        }
    }

    private Socket remember(Socket socket) {
        open.add(socket);
        return socket;
    }

    private void pump(Socket from, Socket to, boolean gated) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[8_192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (gated && !passes(n)) {
                    shut.countDown();
                    while (in.read(buffer) >= 0) {
                        continue; // nobody is told that what it says is lost
                    }
                    return;
                }
                to.getOutputStream().write(buffer, 0, n);
                to.getOutputStream().flush();
            }
        } catch (IOException e) {
            return; // one side ended, and with it both
        }
    }

    private synchronized boolean passes(int bytes) {
        if (!closing.get() && moment.getAsBoolean()) {
            closing.set(true);
        }
        return !closing.get() || still.addAndGet(-bytes) >= 0;
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
