package dev.millrace.contract.store;

import java.io.IOException;
import java.net.ServerSocket;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

/** A real Redis without persistence, and a connection to it. */
public final class TestRedis implements AutoCloseable {
    private final RedisServer server;
    private final Jedis connection;

    private TestRedis(RedisServer server, Jedis connection) {
        this.server = server;
        this.connection = connection;
    }

    public static TestRedis start() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        RedisServer server = RedisServer.newRedisServer()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
        return new TestRedis(server, new Jedis("127.0.0.1", port));
    }

    public Jedis connection() {
        return connection;
    }

    @Override
    public void close() throws IOException {
        connection.close();
        server.stop();
    }
}
