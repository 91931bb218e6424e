package dev.millrace.bench;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.store.StoreKeys;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;

/**
 * Events for an aggregator. {@code EventFeed fill <bootstrap> <events> <entities>} sends them as fast as it goes; {@code
 * EventFeed fresh <bootstrap> <store port> <group> <revision> <per second> <seconds>} sends them steadily, each entity in its
 * turn, and tells how long after it was handed to the producer the store says that the entity's value was set.
 */
final class EventFeed {
    private static final int ENTITIES = 10_000;
    private static final int WARM_UP_SECONDS = 10;

    private EventFeed() {}

    public static void main(String[] args) throws InterruptedException {
        if (args[0].equals("fill")) {
            fill(args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        } else {
            fresh(args);
        }
    }

    private static KafkaProducer<String, String> producer(String bootstrap, int lingerMs) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "linger.ms", Integer.toString(lingerMs), "acks", "all"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static void fill(String bootstrap, int events, int entities) {
        SplittableRandom random = new SplittableRandom(5);
        try (KafkaProducer<String, String> producer = producer(bootstrap, 20)) {
            for (int i = 0; i < events; i++) {
                int user = entities == events ? i : random.nextInt(entities);
                producer.send(new ProducerRecord<>(
                        FeatureGroups.TOPIC,
                        FeatureGroups.user(user),
                        FeatureGroups.event(user, random.nextDouble(1, 500), System.currentTimeMillis())));
            }
            producer.flush();
        }
        FeatureGroups.print("sent", events);
    }

    private static void fresh(String[] args) throws InterruptedException {
        int port = Integer.parseInt(args[2]);
        int rate = Integer.parseInt(args[5]);
        int total = rate * (Integer.parseInt(args[6]) + WARM_UP_SECONDS);
        FeatureGroup group = FeatureGroups.streamed(args[3], args[4]);
        String ns = StoreKeys.ns(FeatureGroups.NAMESPACE, FeatureGroups.MODEL);
        Map<String, Integer> users = new java.util.HashMap<>();
        for (int i = 0; i < ENTITIES; i++) {
            users.put(StoreKeys.value(ns, FeatureGroups.USER, List.of(FeatureGroups.user(i)), group), i);
        }
        AtomicLongArray sent = new AtomicLongArray(ENTITIES);
        long[] nanos = new long[total];
        AtomicInteger seen = new AtomicInteger();
        CountDownLatch listening = new CountDownLatch(1);
        JedisPubSub listener = new JedisPubSub() {
            @Override
            public void onPSubscribe(String pattern, int channels) {
                listening.countDown();
            }

            @Override
            public void onPMessage(String pattern, String channel, String key) {
                long now = System.nanoTime();
                Integer user = users.get(key);
                long at = user == null ? 0 : sent.getAndSet(user, 0);
                if (at != 0) {
                    nanos[seen.getAndIncrement()] = now - at;
                }
            }
        };
        try (Jedis admin = new Jedis("127.0.0.1", port)) {
            admin.configSet("notify-keyspace-events", "E$");
        }
        Jedis events = new Jedis("127.0.0.1", port, 0);
        Thread thread = new Thread(() -> events.psubscribe(listener, "__keyevent@0__:set"), "sets");
        thread.setDaemon(true);
        thread.start();
        listening.await();
        int firstMeasured = 0;
        try (KafkaProducer<String, String> producer = producer(args[1], 0)) {
            long begin = System.nanoTime();
            for (int i = 0; i < total; i++) {
                long due = begin + (long) (i * 1e9 / rate);
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                if (i == rate * WARM_UP_SECONDS) {
                    firstMeasured = seen.get();
                }
                int user = i % ENTITIES;
                String event = FeatureGroups.event(user, 10, System.currentTimeMillis());
                sent.set(user, System.nanoTime());
                producer.send(new ProducerRecord<>(FeatureGroups.TOPIC, FeatureGroups.user(user), event));
            }
            producer.flush();
            long until = System.nanoTime() + 30_000_000_000L;
            while (seen.get() < total && System.nanoTime() < until) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        listener.punsubscribe();
        int measured = seen.get();
        long[] sorted = Arrays.copyOfRange(nanos, firstMeasured, measured);
        Arrays.sort(sorted);
        FeatureGroups.print(
                "p50",
                ms(sorted, 0.5),
                "p90",
                ms(sorted, 0.9),
                "p99",
                ms(sorted, 0.99),
                "p999",
                ms(sorted, 0.999),
                "lost",
                total - measured);
    }

    private static double ms(long[] sorted, double share) {
        return Math.round(sorted[(int) (sorted.length * share)] / 1e4) / 100.0;
    }
}
