package dev.millrace.aggregator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** TLS in front of a server that has none: the Redis of the Maven package was built without it. */
final class TlsProxy implements AutoCloseable {
    private final SSLServerSocket door;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "tls-proxy");
        thread.setDaemon(true);
        return thread;
    });

    TlsProxy(SSLContext context, int target) throws IOException {
        this.target = target;
        this.door = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = remember(door.accept());
                Socket server = remember(new Socket(InetAddress.getLoopbackAddress(), target));
                threads.execute(() -> pump(client, server));
                threads.execute(() -> pump(server, client));
            } catch (IOException e) {
                // the door was closed, or this caller went away: the next one decides
                continue;
            }
        }
    }

    private Socket remember(Socket socket) {
        open.add(socket);
        return socket;
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            byte[] buffer = new byte[8_192];
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                to.getOutputStream().write(buffer, 0, n);
                to.getOutputStream().flush();
            }
        } catch (IOException e) {
            // one side ended, and with it both
            return;
        }
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
