package dev.millrace.devkit.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PredictorIT {
    private static final PredictCall CALL = new PredictCall("m", "a-caller", Map.of("k", "v"), Map.of("amount", 1.0));

    /** The caller's thread may lose its core between any two of its steps, while the answer comes and is over. */
    @Test
    void anAnswerThatComesEarlyIsNotLost() {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
        AtomicBoolean busy = new AtomicBoolean(true);
        IntStream.range(0, 6).forEach(i -> spin(busy));
        try {
            HttpServer server = vertx.createHttpServer()
                    .requestHandler(request -> request.response().end("{\"predictions\":[{\"label\":\"approve\"}]}"))
                    .listen(0)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            Predictor predictor = new RestPredictor(vertx, "localhost", server.actualPort());
            for (int i = 0; i < 2000; i++) {
                PredictAnswer answer = predictor.ask(CALL);
                assertThat(answer.label()).as("call %d: %s", i, answer).isEqualTo("approve");
            }
        } finally {
            busy.set(false);
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static void spin(AtomicBoolean busy) {
        Thread thread = new Thread(
                () -> {
                    while (busy.get()) {
                        Thread.onSpinWait();
                    }
                },
                "busy");
        thread.setDaemon(true);
        thread.start();
    }
}
