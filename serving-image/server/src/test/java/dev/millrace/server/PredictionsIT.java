package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Candidates;
import dev.millrace.contract.config.ServingConfig.EntityCache;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.HttpCache;
import dev.millrace.contract.config.ServingConfig.Ranking;
import dev.millrace.server.Caller.Reply;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GET of predictions, as a cache in front sees them. */
@NullUnmarked // what is null here fails the test
class PredictionsIT {
    private static final String AT = "/v2/models/fraud/predictions/";
    private static final HttpCache HTTP = new HttpCache(60_000, 300_000);
    private static final EntityCache ENTITIES = new EntityCache(60_000, 100, null);

    @TempDir
    Path dir;

    private TestStore store;
    private ModelServer server;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
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

    /** Nothing is stale because this machine is slow. */
    private Features features() {
        FeatureGroup g = Specs.purchases("Default", "Serve");
        return Specs.features(
                store.address(),
                new FeatureGroup(
                        g.name(),
                        g.entity(),
                        g.revision(),
                        g.stream(),
                        null,
                        g.aggregations(),
                        g.columns(),
                        g.ttlMs(),
                        null,
                        null,
                        null,
                        g.onMissing(),
                        g.onStale()));
    }

    private Caller start(ServingConfig config) {
        server = ModelServer.start(config);
        caller = new Caller(server.ports());
        caller.awaitState("Ready");
        return caller;
    }

    private Caller start(
            Features features, @Nullable Fallback fallback, @Nullable EntityCache entities, @Nullable HttpCache http) {
        return start(Specs.keeping(Specs.config(features, fallback, null, null), entities, http));
    }

    private static @Nullable String header(Reply reply, String name) {
        return reply.response().headers().firstValue(name).orElse(null);
    }

    private static void assertNotKept(Reply reply, int status) {
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(status);
        assertThat(header(reply, "cache-control")).isEqualTo("no-store");
        assertThat(header(reply, "etag")).isNull();
        assertThat(header(reply, "last-modified")).isNull();
    }

    @Test
    void anAnswerHasATagThatChangesWithWhatItSays() throws Exception {
        Caller c = start(Specs.withoutRequired(features()), null, null, HTTP);
        store.purchases("c/17", 9);
        store.risk("c/17", 0.75, 1_000);
        Reply first = c.get(AT + "c%2F17");
        assertThat(first.status()).as("%s", first.body()).isEqualTo(200);
        assertThat(Caller.text(first, "label")).isEqualTo("review");
        assertThat(Caller.text(first, "flags", "defaulted")).isEqualTo("[]");
        assertThat(header(first, "cache-control")).isEqualTo("public, max-age=60, stale-while-revalidate=300");
        assertThat(header(first, "content-type")).isEqualTo("application/json");
        assertThat(header(first, "last-modified")).endsWith(" GMT");
        String tag = header(first, "etag");
        assertThat(tag).matches("W/\"[0-9a-f]{32}\"");

        Reply same = c.get(AT + "c%2F17");
        assertThat(header(same, "etag")).as("another id and other timings").isEqualTo(tag);
        assertThat(Caller.text(same, "predictionId")).isNotEqualTo(Caller.text(first, "predictionId"));
        for (String known : List.of(tag, tag.substring(2), "\"x\", " + tag, "*")) {
            Reply unchanged = c.get(AT + "c%2F17", "If-None-Match", known);
            assertThat(unchanged.status()).as(known).isEqualTo(304);
            assertThat(unchanged.response().body()).isEmpty();
            assertThat(header(unchanged, "etag")).isEqualTo(tag);
            assertThat(header(unchanged, "cache-control")).isEqualTo(header(first, "cache-control"));
        }
        Reply head = c.send(HttpMethod.HEAD, AT + "c%2F17", "");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.response().body()).isEmpty();
        assertThat(header(head, "etag")).isEqualTo(tag);
        assertThat(head.response().headers().firstValueAsLong("content-length")).isPresent();
        // and the connection is good for more
        assertThat(c.get(AT + "c%2F17", "If-None-Match", "W/\"other\"").status())
                .isEqualTo(200);

        store.purchases("c/17", 1);
        Reply changed = c.get(AT + "c%2F17", "If-None-Match", tag);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(Caller.text(changed, "label")).isEqualTo("approve");
        assertThat(header(changed, "etag")).isNotEqualTo(tag);
        c.awaitMetric(9, "millrace_requests_total", "protocol=\"rest\"", "outcome=\"ok\"");

        Reply stranger = c.get(AT + "nobody");
        assertThat(Caller.text(stranger, "flags", "defaulted")).contains("purchases.count_1h");
        assertThat(header(stranger, "cache-control"))
                .as("to have no history is nothing that will soon be over")
                .startsWith("public");
        assertThat(c.get("/v2/models/fraud/versions/7/predictions/nobody").status())
                .isEqualTo(200);
        assertNotKept(c.get("/v2/models/fraud/versions/8/predictions/nobody"), 404);
        assertNotKept(c.get(AT + "nobody?amount=3"), 400);
    }

    @Test
    void whatIsStaleOrFromTheFallbackIsForNobodyToKeep() throws Exception {
        Caller c = start(Specs.withoutRequired(features()), Specs.fallback("FeatureStoreUnavailable"), null, HTTP);
        store.purchases("c-1", 9);
        store.risk("c-1", 0.75, 7_200_000);
        Reply stale = c.get(AT + "c-1");
        assertThat(Caller.text(stale, "flags", "stale")).contains("profile.risk");
        assertNotKept(stale, 200);
        store.close();
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Reply fallback = c.get(AT + "c-1");
            assertThat(Caller.text(fallback, "flags", "fallback")).isEqualTo("FeatureStoreUnavailable");
            assertNotKept(fallback, 200);
        });
    }

    @Test
    void defaultsInThePlaceOfAStoreThatIsAwayAreNotKeptEither() throws Exception {
        Caller c = start(Specs.withoutRequired(features()), null, null, HTTP);
        store.close();
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Reply reply = c.get(AT + "c-1");
            assertThat(Caller.text(reply, "flags", "defaulted")).contains("purchases.count_1h", "profile.risk");
            assertThat(Caller.text(reply, "flags", "fallback")).isEqualTo("null");
            assertNotKept(reply, 200);
        });
    }

    @Test
    void aModelThatNeedsMoreThanTheEntityRepeatsItsNewestAnswer() throws Exception {
        Caller c = start(features(), null, ENTITIES, HTTP);
        store.purchases("c-1", 9);
        Reply unknown = c.get(AT + "c-1");
        assertNotKept(unknown, 404);
        assertThat(unknown.body().getString("error")).contains("[c-1]", "POST");
        Reply posted = c.predict("c-1", 900);
        Reply kept = c.get(AT + "c-1");
        assertThat(kept.status()).isEqualTo(200);
        assertThat(Caller.text(kept, "flags", "cache")).isEqualTo("Hit");
        assertThat(Caller.prediction(kept).getJsonObject("outputs"))
                .isEqualTo(Caller.prediction(posted).getJsonObject("outputs"));
        assertThat(header(kept, "cache-control")).startsWith("public, max-age=60");
        // once the second in which it was made is over, its date says enough
        String made = header(kept, "last-modified");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> c.get(AT + "c-1", "If-Modified-Since", made).status() == 304);
        assertThat(c.get(AT + "c-1", "If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT")
                        .status())
                .isEqualTo(200);
        assertThat(c.get(AT + "c-1", "If-Modified-Since", "yesterday").status()).isEqualTo(200);
        assertThat(c.get(AT + "c-1", "If-Modified-Since", made, "If-None-Match", "W/\"x\"")
                        .status())
                .as("tags before dates")
                .isEqualTo(200);
        Reply newer = c.predict("c-1", 1);
        assertThat(Caller.prediction(c.get(AT + "c-1")).getJsonObject("outputs"))
                .isEqualTo(Caller.prediction(newer).getJsonObject("outputs"));
    }

    @Test
    void aRankedListIsRepeated() throws Exception {
        Features f = features();
        Features features = new Features(
                f.store(),
                List.of(Specs.CUSTOMER, new Entity("item", List.of(new EntityKey("item_id", "STRING")))),
                f.groups(),
                f.request(),
                f.vector(),
                f.onMissing(),
                f.onStale());
        ServingConfig plain = Specs.config(features, null, null, null);
        Caller c = start(new ServingConfig(
                plain.namespace(),
                plain.name(),
                plain.variant(),
                plain.model(),
                plain.slo(),
                plain.server(),
                null,
                features,
                null,
                null,
                null,
                null,
                null,
                new Candidates("item", 20),
                new Ranking(3, null, -1, null, List.of()),
                ENTITIES,
                HTTP));
        assertNotKept(c.get(AT + "c-1"), 404);
        Reply ranked = c.post(
                "/v2/models/fraud/predict",
                "{\"entities\": [{\"customer_id\": \"c-1\"}], \"inputs\": {\"amount\": 1}, \"candidates\": ["
                        + "{\"item_id\": \"a\"}, {\"item_id\": \"b\", \"inputs\": {\"amount\": 9}}]}");
        assertThat(ranked.status()).as("%s", ranked.body()).isEqualTo(200);
        Reply kept = c.get(AT + "c-1");
        assertThat(kept.status()).isEqualTo(200);
        assertThat(Caller.prediction(kept).getJsonArray("items"))
                .isEqualTo(Caller.prediction(ranked).getJsonArray("items"))
                .hasSize(2);
        assertThat(header(kept, "etag")).isNotNull();
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        Caller c = start(features(), null, null, HTTP);
        Reply incomplete = c.get(AT + "c-1");
        assertNotKept(incomplete, 400);
        assertThat(incomplete.body().getString("error")).contains("inputs.amount", "is required");
        assertThat(Optional.ofNullable(header(c.send(HttpMethod.POST, AT + "c-1", ""), "allow")))
                .contains("GET, HEAD");
    }

    @Test
    void withoutTheFieldThereIsNone() throws Exception {
        Caller c = start(Specs.withoutRequired(features()), null, ENTITIES, null);
        Reply reply = c.get(AT + "c-1");
        assertNotKept(reply, 404);
        assertThat(reply.body())
                .isEqualTo(new JsonObject().put("error", reply.body().getString("error")));
        assertThat(reply.body().getString("error")).contains("spec.cache.http");
    }
}
