package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that is started as KServe starts one: a directory and a name, as a process. */
class ModelDirectoryIT {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path dir;

    private Path models(String... files) throws Exception {
        Path models = Files.createDirectories(dir.resolve("models"));
        for (String file : files) {
            Path target = models.resolve(file);
            Files.createDirectories(target.getParent());
            Files.copy(Specs.model("score.onnx"), target);
        }
        return models;
    }

    @Test
    void servesTheOnlyModelOfTheDirectory() throws Exception {
        Path models = models("1/model.onnx");
        List<String> arguments = List.of(
                "--model-dir",
                models.toString(),
                "--name",
                "iris",
                "--host",
                "127.0.0.1",
                "--rest-port",
                "0",
                "--grpc-port",
                "0",
                "--metrics-port",
                "0",
                "--latency-ms",
                "5000");
        try (ServerProcess server = ServerProcess.start(dir, arguments);
                Caller caller = new Caller(server.awaitReady())) {
            Caller.Reply reply = caller.post(
                    "/v2/models/iris/infer",
                    "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[1000,6,1]}]}");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body().getString("model_version")).isEqualTo("1");
            assertThat(caller.get("/v2/models/iris/config").body().getInteger("max_batch_size"))
                    .isEqualTo(32);
            server.process().destroy();
            assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--name x --model-dir {none}|--model-dir: there is no directory",
                "--name x --model-dir {dir}|--model-dir: {dir} must have exactly one .onnx file",
                "--model-dir {one}|--name: is missing",
                "--name x --model-dir {one} --rest-port many|--rest-port: must be a number from 0 to 65535",
                "--name x --model-dir {one} --threads 2|--threads: is no argument",
                "--name x --model-dir|--model-dir: needs a value"
            })
    void whatCannotBeServedEndsWithTheArgumentsName(String arguments, String message) throws Exception {
        Path one = models("model.onnx");
        Path empty = Files.createDirectories(dir.resolve("empty"));
        List<String> words = List.of(arguments
                .replace("{none}", dir.resolve("none").toString())
                .replace("{dir}", empty.toString())
                .replace("{one}", one.toString())
                .split(" "));
        try (ServerProcess server = ServerProcess.start(dir, words)) {
            assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.process().exitValue()).isEqualTo(2);
            assertThat(server.errors())
                    .contains(message.replace("{dir}", empty.toString()))
                    .doesNotContain("\tat ");
        }
    }
}
