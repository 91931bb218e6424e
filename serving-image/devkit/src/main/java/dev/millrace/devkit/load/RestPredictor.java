package dev.millrace.devkit.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v2/models/{model}/predict}. */
public final class RestPredictor implements Predictor {
    /** As many as a stall of a third of a second at 200/s needs; below it the loop would close. */
    private static final int CONNECTIONS = 64;

    private static final long TIMEOUT_MS = 60_000;

    private final HttpClient client;
    private final String host;
    private final int port;
    private final ObjectMapper mapper = new ObjectMapper();

    public RestPredictor(Vertx vertx, String host, int port) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setTcpNoDelay(true), new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        this.host = host;
        this.port = port;
    }

    @Override
    public Future<PredictAnswer> predict(PredictCall call) {
        Buffer body;
        try {
            body = Buffer.buffer(mapper.writeValueAsBytes(json(call)));
        } catch (IOException e) {
            return Future.succeededFuture(PredictAnswer.failed(String.valueOf(e.getMessage())));
        }
        return client.request(HttpMethod.POST, port, host, "/v2/models/" + call.model() + "/predict")
                .compose(request -> {
                    request.idleTimeout(TIMEOUT_MS);
                    // nested: a step added from the caller's thread could miss the end of an early answer
                    return request.putHeader("content-type", "application/json")
                            .send(body)
                            .compose(this::answer);
                })
                .recover(e -> Future.succeededFuture(PredictAnswer.failed(e.toString())));
    }

    private Future<PredictAnswer> answer(HttpClientResponse response) {
        return response.body().map(body -> {
            if (response.statusCode() != 200) {
                return PredictAnswer.failed("HTTP " + response.statusCode() + " " + body);
            }
            try {
                return parse(mapper.readTree(body.getBytes()));
            } catch (IOException e) {
                return PredictAnswer.failed("not JSON: " + body);
            }
        });
    }

    private ObjectNode json(PredictCall call) {
        ObjectNode root = mapper.createObjectNode();
        root.put("id", call.id());
        ObjectNode entity = root.putArray("entities").addObject();
        call.keys().forEach(entity::put);
        ObjectNode inputs = root.putObject("inputs");
        call.inputs().forEach(inputs::put);
        if (!call.candidates().isEmpty()) {
            ArrayNode candidates = root.putArray("candidates");
            call.candidates().forEach(item -> candidates.addObject().put("item_id", item));
        }
        return root;
    }

    private static PredictAnswer parse(JsonNode root) {
        JsonNode prediction = root.path("predictions").path(0);
        if (prediction.isMissingNode()) {
            return PredictAnswer.failed("no prediction in " + root);
        }
        JsonNode flags = prediction.path("flags");
        JsonNode timings = root.path("timingsMs");
        return new PredictAnswer(
                text(prediction.path("label")),
                items(prediction.path("items")),
                text(flags.path("cache")),
                text(flags.path("fallback")),
                texts(flags.path("stale")),
                texts(flags.path("defaulted")),
                new PredictAnswer.Timings(
                        timings.path("features").asDouble(),
                        timings.path("queue").asDouble(),
                        timings.path("inference").asDouble(),
                        timings.path("postProcessing").asDouble(),
                        timings.path("total").asDouble()),
                text(prediction.path("error")));
    }

    private static @Nullable String text(JsonNode node) {
        return node.isMissingNode() || node.isNull() ? null : node.isValueNode() ? node.asText() : node.toString();
    }

    private static List<String> items(JsonNode array) {
        List<String> items = new ArrayList<>();
        array.forEach(item -> items.add(item.path("item_id").asText()));
        return items;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }
}
