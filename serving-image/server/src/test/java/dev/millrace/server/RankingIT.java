package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Candidates;
import dev.millrace.contract.config.ServingConfig.Diversity;
import dev.millrace.contract.config.ServingConfig.EntityCache;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.Prewarm;
import dev.millrace.contract.config.ServingConfig.Ranking;
import dev.millrace.server.Caller.GrpcReply;
import dev.millrace.server.Caller.Reply;
import dev.millrace.server.proto.predict.Candidate;
import dev.millrace.server.proto.predict.PredictRequest;
import dev.millrace.server.proto.predict.PredictResponse;
import dev.millrace.server.proto.predict.Value;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One user, many items, one list: the model's score rises with an item's amount; {@code channel} is its kind and its stock. */
@NullUnmarked // what is null here fails the test
class RankingIT {
    @TempDir
    Path dir;

    private TestStore store;
    private ModelServer server;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        store = TestStore.start(dir, TestStore.freePort());
        store.heartbeat(0);
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

    private Caller start(@Nullable EntityCache entities, @Nullable Fallback fallback) {
        Features f = Specs.features(store.address(), Specs.purchases("Default", "Serve"));
        Features features = new Features(
                f.store(),
                List.of(Specs.CUSTOMER, new Entity("item", List.of(new EntityKey("item_id", "STRING")))),
                f.groups(),
                f.request(),
                f.vector(),
                f.onMissing(),
                f.onStale());
        ServingConfig c = Specs.config(features, fallback, null, null);
        server = ModelServer.start(new ServingConfig(
                c.namespace(),
                c.name(),
                c.variant(),
                c.model(),
                c.slo(),
                c.server(),
                null,
                features,
                null,
                null,
                fallback,
                null,
                null,
                new Candidates("item", 20),
                new Ranking(3, null, -1, new Diversity("channel", 0.5), List.of("channel")),
                entities,
                null));
        caller = new Caller(server.ports());
        caller.awaitState("Ready");
        return caller;
    }

    private static String item(String id, int amount, int channel) {
        return "{\"item_id\": \"" + id + "\", \"inputs\": {\"amount\": " + amount + ", \"channel\": " + channel + "}}";
    }

    private static Reply rank(Caller c, String user, String... items) throws Exception {
        return c.post(
                "/v2/models/fraud/predict",
                "{\"entities\": [{\"customer_id\": \"" + user + "\"}], \"explain\": true, \"candidates\": ["
                        + String.join(", ", items) + "]}");
    }

    private static List<String> order(Reply reply) {
        List<String> ids = new ArrayList<>();
        JsonArray items = Caller.prediction(reply).getJsonArray("items");
        for (int i = 0; i < items.size(); i++) {
            ids.add(items.getJsonObject(i).getString("item_id"));
            assertThat(items.getJsonObject(i).getInteger("rank")).isEqualTo(i + 1);
        }
        return ids;
    }

    private static final String[] ITEMS = {
        item("cheap", 100, 3), item("best", 900, 1), item("second", 850, 1), item("other", 800, 2), item("gone", 990, 0)
    };

    @Test
    void itemsAreRankedByRelevanceDiversityAndStock() throws Exception {
        Caller c = start(null, null);
        store.purchases("c-17", 3);
        Reply reply = rank(c, "c-17", ITEMS);
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
        // best, then another kind although second is more relevant; out of stock is not shown
        assertThat(order(reply)).containsExactly("best", "other", "cheap");
        JsonObject first = Caller.prediction(reply).getJsonArray("items").getJsonObject(0);
        assertThat(first.getDouble("score")).isBetween(0.0, 1.0);
        JsonArray explain = Caller.prediction(reply).getJsonArray("explain");
        assertThat(explain.getJsonObject(0).getDouble("value")).isEqualTo(900.0);
        assertThat(explain.getJsonObject(1).getDouble("value"))
                .as("the user's feature")
                .isEqualTo(3.0);

        PredictRequest.Builder request = PredictRequest.newBuilder()
                .addEntities(dev.millrace.server.proto.predict.Entity.newBuilder()
                        .putKeys(
                                "customer_id",
                                Value.newBuilder().setStringValue("c-17").build()));
        for (String id : List.of("a", "b")) {
            request.addCandidates(Candidate.newBuilder()
                    .putKeys("item_id", Value.newBuilder().setStringValue(id).build())
                    .putInputs(
                            "amount",
                            Value.newBuilder()
                                    .setDoubleValue(id.equals("b") ? 9 : 1)
                                    .build()));
        }
        GrpcReply<PredictResponse> grpc =
                c.grpc("millrace.v1.PredictService", "Predict", request.build(), PredictResponse.getDefaultInstance());
        assertThat(grpc.status()).as(grpc.message()).isEqualTo(GrpcStatus.OK);
        assertThat(grpc.answer().getPredictions(0).getItemsList())
                .extracting(i -> i.getKeysOrThrow("item_id"))
                .containsExactly("b", "a");
    }

    @Test
    void aCallThatCannotBeRankedSaysWhy() throws Exception {
        Caller c = start(null, null);
        assertThat(rank(c, "c-17").body().getString("error")).contains("candidates", "1 to 20", "item_id");
        String[] many = new String[21];
        for (int i = 0; i < many.length; i++) {
            many[i] = item("i" + i, i, 1);
        }
        assertThat(rank(c, "c-17", many).status()).isEqualTo(400);
        assertThat(rank(c, "c-17", "{\"sku\": \"a\", \"inputs\": {\"amount\": 1}}")
                        .body()
                        .getString("error"))
                .contains("candidates[0].item_id");
        assertThat(rank(c, "c-17", "{\"item_id\": \"a\"}").body().getString("error"))
                .contains("inputs.amount", "is required");
        assertThat(rank(c, "c-17", "{\"item_id\": \"a\", \"inputs\": {\"amount\": 1, \"colour\": 2}}")
                        .body()
                        .getString("error"))
                .contains("candidates[0].inputs.colour");
        Reply two = c.post(
                "/v2/models/fraud/predict",
                "{\"entities\": [{\"customer_id\": \"a\"}, {\"customer_id\": \"b\"}], \"candidates\": [" + ITEMS[0]
                        + "]}");
        assertThat(two.status()).isEqualTo(400);
        assertThat(two.body().getString("error")).startsWith("entities");
    }

    @Test
    void theSameCallIsAnsweredFromTheEntityCache() throws Exception {
        Caller c = start(new EntityCache(60_000, 100, null), null);
        Reply first = rank(c, "c-17", ITEMS);
        assertThat(Caller.text(first, "flags", "cache")).isEqualTo("Miss");
        store.close(); // nothing is read for the second
        Reply again = rank(c, "c-17", ITEMS);
        assertThat(order(again)).isEqualTo(order(first));
        assertThat(Caller.text(again, "flags", "cache")).isEqualTo("Hit");
        c.awaitMetric(1, "millrace_cache_requests_total", "level=\"l2\"", "result=\"hit\"");
        Reply fewer = rank(c, "c-17", ITEMS[0], ITEMS[1]);
        assertThat(Caller.text(fewer, "flags", "cache")).as("another call").isNotEqualTo("Hit");
        assertThat(order(rank(c, "c-18", ITEMS))).as("another user").hasSize(3);
        c.awaitMetric(1, "millrace_cache_requests_total", "level=\"l2\"", "result=\"hit\"");
    }

    @Test
    void withoutTheStoreTheLastKnownOrderStands() throws Exception {
        Caller c = start(null, Specs.fallback("FeatureStoreUnavailable"));
        assertThat(order(rank(c, "c-17", ITEMS))).containsExactly("best", "other", "cheap");
        store.close();
        Reply known = rank(c, "c-17", ITEMS[0], ITEMS[1]);
        assertThat(order(known)).containsExactly("best", "cheap");
        assertThat(Caller.text(known, "flags", "fallback")).isEqualTo("FeatureStoreUnavailable");
        assertThat(Caller.text(known, "flags", "fallbackStep")).isEqualTo("LastKnown");
        Reply unknown = rank(c, "c-99", ITEMS[0], ITEMS[1]);
        assertThat(order(unknown)).as("the caller's own order").containsExactly("cheap", "best");
        assertThat(Caller.text(unknown, "flags", "fallbackStep")).isEqualTo("Default");
        Reply others = rank(c, "c-17", item("new", 1, 1));
        assertThat(Caller.text(others, "flags", "fallbackStep")).isEqualTo("Default");
    }

    @Test
    void aTopicWithoutABrokerIsRefusedAtTheStart() {
        assertThatThrownBy(() -> start(new EntityCache(60_000, 100, new Prewarm("popular", 10)), null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("entityCache.prewarm: needs kafka");
    }
}
