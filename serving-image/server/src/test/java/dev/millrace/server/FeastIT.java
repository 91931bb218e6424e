package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.Store;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups in a store of Feast's layout, and the call that Feast's own server answers, with a real Redis. */
class FeastIT {
    private static final long HOUR = 3_600_000;
    private static final FeatureGroup PURCHASES =
            feast(Specs.purchases("Default", "Serve"), "txn_stats", List.of("customer_id"), List.of(), null);
    /** Nobody but Feast writes it; its join key has another name there. */
    private static final FeatureGroup PROFILE = feast(
            Specs.profile(),
            "profile_v2",
            List.of("cust"),
            List.of(new Column("risk", "FP32", "0.5"), new Column("orders", "INT64", null)),
            HOUR);

    @TempDir
    Path dir;

    private TestStore store;
    private @Nullable ModelServer server;
    private @Nullable Caller caller;

    private static FeatureGroup feast(
            FeatureGroup g, String view, List<String> joinKeys, List<Column> columns, @Nullable Long maxAgeMs) {
        return new FeatureGroup(
                g.name(),
                g.entity(),
                g.revision(),
                g.stream(),
                null,
                g.aggregations(),
                columns,
                24 * HOUR,
                g.maxLagMs(),
                null,
                maxAgeMs,
                "Default",
                "Serve",
                null,
                new FeatureGroup.Feast("shop", view, joinKeys, null));
    }

    @BeforeEach
    void startStore() throws Exception {
        store = TestStore.start(dir, TestStore.freePort());
    }

    @AfterEach
    void stop() {
        if (caller != null) {
            caller.close();
        }
        if (server != null) {
            server.stop();
        }
        store.close();
    }

    private Caller start(Features features) {
        ModelServer started = ModelServer.start(Specs.config(features, null, null, null));
        server = started;
        Caller c = new Caller(started.ports());
        caller = c;
        c.awaitState("Ready");
        return c;
    }

    private Features features() {
        Features usual = Specs.features(store.address(), PURCHASES);
        return new Features(
                new Store(store.address(), null, null, null),
                usual.entities(),
                List.of(PURCHASES, PROFILE),
                usual.request(),
                usual.vector(),
                "Default",
                "Serve");
    }

    /** {@code count risk}, each with its status. */
    private static String features(JsonObject prediction) {
        JsonArray explain = prediction.getJsonArray("explain");
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < 3; i++) {
            JsonObject feature = explain.getJsonObject(i);
            text.append(feature.getDouble("value")).append(feature.getString("status"));
            text.append(i == 1 ? " " : "");
        }
        return text.toString();
    }

    private static String predicted(Caller c, String customer) throws Exception {
        return features(Caller.prediction(c.predict(customer, 100)));
    }

    private void await(Caller c, String customer, String features) {
        // heartbeats go on, and the server looks at them four times a second
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            store.heartbeat(PURCHASES);
            assertThat(predicted(c, customer)).isEqualTo(features);
        });
    }

    @Test
    void groupsAreReadAndJudgedByTheirTime() throws Exception {
        long now = System.currentTimeMillis();
        store.feast(PURCHASES, "c-17", now, 3);
        store.feast(PROFILE, "c-17", now, 0.25, 4);
        // over its maxAge; over its time to live; half of it there
        store.feast(PROFILE, "c-18", now - 2 * HOUR, 0.75, 4);
        store.feast(PURCHASES, "c-19", now - 25 * HOUR, 9);
        store.feast(PROFILE, "c-19", now, Double.NaN, 4);
        Caller c = start(features());

        await(c, "c-17", "3.0Fresh 0.25Fresh");
        await(c, "c-18", "0.0Default 0.75Stale");
        await(c, "c-19", "0.0Default 0.5Default");

        // bytes that are no number, and a key that is no hash, cost the others nothing
        store.feastField(PROFILE, "c-17", 0, new byte[] {0x12, 2, 'U', 'S'});
        await(c, "c-17", "3.0Fresh 0.5Default");
        c.awaitAtLeast(1, "millrace_feature_reads_total", "group=\"profile\"", "result=\"error\"");
        store.feastField(PURCHASES, "c-20", 0, null);
        store.heartbeat(PURCHASES);
        Caller.Reply both = c.post(
                "/v2/models/fraud/predict",
                "{\"entities\": [{\"customer_id\": \"c-20\"}, {\"customer_id\": \"c-18\"}], \"inputs\": {\"amount\": 1},"
                        + " \"explain\": true}");
        assertThat(both.status()).as("%s", both.body()).isEqualTo(200);
        JsonArray predictions = both.body().getJsonArray("predictions");
        assertThat(features(predictions.getJsonObject(0))).isEqualTo("0.0Default 0.5Default");
        assertThat(features(predictions.getJsonObject(1))).isEqualTo("0.0Default 0.75Stale");

        // without a heartbeat nothing vouches for what the stream wrote
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(predicted(c, "c-17"))
                .isEqualTo("3.0Stale 0.5Default"));
    }

    private static JsonObject ask(Caller c, String body) throws Exception {
        Caller.Reply reply = c.post("/get-online-features", body);
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
        return reply.body();
    }

    private static String result(JsonObject answer, int at) {
        JsonObject result = answer.getJsonArray("results").getJsonObject(at);
        return result.getJsonArray("values") + " " + result.getJsonArray("statuses") + " "
                + result.getJsonArray("event_timestamps");
    }

    @Test
    void featuresAreGivenAsFeastsServerGivesThem() throws Exception {
        long now = System.currentTimeMillis() / 1_000 * 1_000;
        store.feast(PROFILE, "c-17", now + 7, 0.25, 4);
        store.feast(PROFILE, "c-18", now - 2 * HOUR, 0.75, Double.NaN);
        store.feast(PROFILE, "c-19", now - 25 * HOUR, 0.75, 3);
        Caller c = start(features());

        JsonObject answer = ask(
                c,
                "{\"features\": [\"profile_v2:risk\", \"profile_v2:orders\"],"
                        + " \"entities\": {\"cust\": [\"c-17\", \"c-18\", \"c-19\", \"c-20\"]}}");
        assertThat(answer.getJsonObject("metadata").getJsonArray("feature_names"))
                .containsExactly("cust", "risk", "orders");
        String zero = "\"1970-01-01T00:00:00Z\"";
        String times = "[\"" + Instant.ofEpochMilli(now + 7) + "\",\"" + Instant.ofEpochMilli(now - 2 * HOUR) + "\",\""
                + Instant.ofEpochMilli(now - 25 * HOUR) + "\"," + zero + "]";
        assertThat(result(answer, 0))
                .isEqualTo("[\"c-17\",\"c-18\",\"c-19\",\"c-20\"] [\"PRESENT\",\"PRESENT\",\"PRESENT\",\"PRESENT\"]"
                        + " [" + zero + "," + zero + "," + zero + "," + zero + "]");
        assertThat(result(answer, 1))
                .isEqualTo("[0.25,0.75,null,null]"
                        + " [\"PRESENT\",\"OUTSIDE_MAX_AGE\",\"OUTSIDE_MAX_AGE\",\"NOT_FOUND\"] " + times);
        assertThat(result(answer, 2))
                .isEqualTo("[4,null,null,null]" + " [\"PRESENT\",\"NULL_VALUE\",\"OUTSIDE_MAX_AGE\",\"NOT_FOUND\"] "
                        + times);

        JsonObject service = ask(
                c,
                "{\"feature_service\": \"fraud\", \"entities\": {\"cust\": [\"c-17\"], \"customer_id\": [\"c-17\"]},"
                        + " \"full_feature_names\": true}");
        assertThat(service.getJsonObject("metadata").getJsonArray("feature_names"))
                .containsExactly("cust", "customer_id", "txn_stats__count_1h", "profile_v2__risk");
        assertThat(result(service, 2)).startsWith("[null] [\"NOT_FOUND\"]");

        assertThat(refusal(c, "{\"features\": [\"x:y\"], \"entities\": {\"cust\": [\"a\"]}}"))
                .startsWith("features[0]: there is no feature view x");
        assertThat(refusal(c, "{\"features\": [\"profile_v2:y\"], \"entities\": {\"cust\": [\"a\"]}}"))
                .startsWith("features[0]: view profile_v2 has no feature y");
        assertThat(refusal(c, "{\"features\": [\"profile_v2:risk\"], \"entities\": {}}"))
                .startsWith("entities: ");
        assertThat(refusal(c, "{\"features\": [\"profile_v2:risk\"], \"entities\": {\"id\": [\"a\"]}}"))
                .startsWith("entities.cust: is required");
        assertThat(refusal(
                        c, "{\"features\": [\"profile_v2:risk\"], \"entities\": {\"cust\": [\"a\"], \"id\": [\"a\"]}}"))
                .startsWith("entities.id: is no join key");
        assertThat(refusal(c, "{\"feature_service\": \"other\", \"entities\": {\"cust\": [\"a\"]}}"))
                .startsWith("feature_service: ");
        assertThat(refusal(c, "{\"feature\": []}")).startsWith("feature: is no field");
        c.awaitAtLeast(7, "millrace_feature_calls_total", "outcome=\"invalid\"");
        c.awaitAtLeast(2, "millrace_feature_calls_total", "outcome=\"ok\"");
        assertThat(c.metric("millrace_slo_events_total", "slo=\"availability\""))
                .isZero();

        store.close();
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(c.post(
                                "/get-online-features",
                                "{\"features\": [\"profile_v2:risk\"], \"entities\": {\"cust\": [\"c-17\"]}}")
                        .status())
                .isEqualTo(503));
    }

    private static String refusal(Caller c, String body) throws Exception {
        Caller.Reply reply = c.post("/get-online-features", body);
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(400);
        return reply.body().getString("error");
    }

    @Test
    void groupsOfOurOwnLayoutAreGivenTheSameWay() throws Exception {
        store.purchases("c-17", 3);
        store.risk("c-17", 0.9, 0);
        store.heartbeat(0);
        Caller c = start(Specs.features(store.address(), Specs.purchases("Default", "Serve")));
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            store.heartbeat(0);
            JsonObject answer = ask(
                    c,
                    "{\"features\": [\"purchases:count_1h\", \"profile:risk\"],"
                            + " \"entities\": {\"customer_id\": [\"c-17\", \"c-18\"]}}");
            assertThat(result(answer, 1)).startsWith("[3,null] [\"PRESENT\",\"NOT_FOUND\"]");
            assertThat(result(answer, 2)).startsWith("[" + (double) 0.9f + ",null] [\"PRESENT\",\"NOT_FOUND\"]");
        });
    }
}
