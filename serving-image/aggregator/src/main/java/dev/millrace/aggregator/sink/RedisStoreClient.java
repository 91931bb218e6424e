package dev.millrace.aggregator.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** {@link StoreClient} on one Jedis connection. */
public final class RedisStoreClient implements StoreClient {
    /**
     * {@code KEYS[1]} heartbeat, {@code KEYS[2]} meta hash; {@code ARGV} heartbeat, ttl in ms, expected epoch of the
     * store, field and value of the group's epoch. One step, so that no heartbeat can say "complete" of a store that was
     * emptied a moment before.
     */
    private static final String HEARTBEAT_LUA =
            """
            if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[3] then return 0 end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            if (tonumber(redis.call('HGET', KEYS[2], ARGV[4]) or '') or 0) < tonumber(ARGV[5]) then
              redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
            end
            return 1
            """;

    /** A dead aggregator's heartbeats stay readable for a day: they say since when it is dead. */
    private static final byte[] HEARTBEAT_TTL = "86400000".getBytes(UTF_8);

    private final StoreConnections connections;
    private final byte[] meta;
    private final ValueWrite values;
    private @Nullable Jedis jedis;
    private byte[] writeSha = {};
    private byte[] heartbeatSha = {};
    private String epoch = "";

    /** @param metaKey see {@code StoreKeys.meta} */
    public RedisStoreClient(StoreConnections connections, String metaKey, ValueWrite values) {
        this.connections = connections;
        this.values = values;
        this.meta = metaKey.getBytes(UTF_8);
    }

    @Override
    public Answer write(List<StoreWrite> writes) throws StoreUnavailableException {
        try {
            Pipeline pipeline = connected().pipelined();
            List<Response<Object>> responses = new ArrayList<>(writes.size());
            for (StoreWrite write : writes) {
                responses.add(pipeline.evalsha(writeSha, List.of(values.key(write)), values.arguments(write)));
            }
            pipeline.sync();
            List<Result> results = new ArrayList<>(writes.size());
            String failure = "";
            for (Response<Object> response : responses) {
                try {
                    results.add(Long.valueOf(1).equals(response.get()) ? Result.WRITTEN : Result.SUPERSEDED);
                } catch (JedisDataException e) {
                    results.add(Result.FAILED);
                    failure = failure.isEmpty() ? String.valueOf(e.getMessage()) : failure;
                }
            }
            if (!failure.isEmpty()) {
                // the script may be gone (SCRIPT FLUSH) or the node a replica by now: connecting anew settles both
                close();
            }
            return new Answer(results, failure);
        } catch (JedisException e) {
            throw broken(e);
        }
    }

    @Override
    public boolean heartbeats(Collection<HeartbeatWrite> heartbeats) throws StoreUnavailableException {
        try {
            Pipeline pipeline = connected().pipelined();
            List<Response<Object>> responses = new ArrayList<>(heartbeats.size());
            for (HeartbeatWrite heartbeat : heartbeats) {
                responses.add(pipeline.evalsha(
                        heartbeatSha,
                        List.of(heartbeat.key().getBytes(UTF_8), meta),
                        List.of(
                                heartbeat.value().getBytes(UTF_8),
                                HEARTBEAT_TTL,
                                epoch.getBytes(UTF_8),
                                heartbeat.epochField().getBytes(UTF_8),
                                Integer.toString(heartbeat.epoch()).getBytes(UTF_8))));
            }
            pipeline.sync();
            boolean same = true;
            for (Response<Object> response : responses) {
                same &= Long.valueOf(1).equals(response.get());
            }
            return same;
        } catch (JedisException e) {
            throw broken(e);
        }
    }

    @Override
    public StoreIdentity identity() throws StoreUnavailableException {
        try {
            Jedis connection = connected();
            connection.hsetnx(
                    meta,
                    "epoch".getBytes(UTF_8),
                    Long.toString(System.currentTimeMillis()).getBytes(UTF_8));
            epoch = new String(connection.hget(meta, "epoch".getBytes(UTF_8)), UTF_8);
            return new StoreIdentity(epoch, runId(connection));
        } catch (JedisException e) {
            throw broken(e);
        }
    }

    private static String runId(Jedis connection) {
        try {
            return connection
                    .info("server")
                    .lines()
                    .filter(line -> line.startsWith("run_id:"))
                    .map(line -> line.substring("run_id:".length()).strip())
                    .findFirst()
                    .orElse("");
        } catch (JedisDataException e) {
            return ""; // INFO is not allowed to every user; the epoch alone finds an emptied store
        }
    }

    private Jedis connected() throws StoreUnavailableException {
        Jedis connection = jedis;
        if (connection == null) {
            connection = connections.open();
            jedis = connection;
            writeSha = connection.scriptLoad(values.script().getBytes(UTF_8));
            heartbeatSha = connection.scriptLoad(HEARTBEAT_LUA.getBytes(UTF_8));
        }
        return connection;
    }

    private StoreUnavailableException broken(JedisException e) {
        close();
        return new StoreUnavailableException("store " + connections.address() + ": " + StoreConnections.reason(e), e);
    }

    @Override
    public void close() {
        Jedis connection = jedis;
        jedis = null;
        if (connection != null) {
            try {
                connection.close();
            } catch (JedisException e) {
                // it was broken: that is why it is closed
            }
        }
    }
}
