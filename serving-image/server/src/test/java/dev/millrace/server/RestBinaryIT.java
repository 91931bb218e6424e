package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Model;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The binary tensor data extension and odd bodies over real sockets, with a model that gives back what it gets. */
class RestBinaryIT {
    private static final String HEADER = "Inference-Header-Content-Length";
    private static final String INFER = "/v2/models/identity/infer";
    private static final String[][] TENSORS = {
        {"bool", "BOOL", "0100", "[true,false]"},
        {"u8", "UINT8", "ff07", "[255,7]"},
        {"i8", "INT8", "80ff", "[-128,-1]"},
        {"i16", "INT16", "0080ffff", "[-32768,-1]"},
        {"i32", "INT32", "00000080ffffffff", "[-2147483648,-1]"},
        {"i64", "INT64", "0000000000000080ffffffffffffffff", "[-9223372036854775808,-1]"},
        {"f16", "FP16", "003c00c0", null},
        {"f32", "FP32", "0000803f000000c0", "[1.0,-2.0]"},
        {"f64", "FP64", "000000000000f03f00000000000000c0", "[1.0,-2.0]"},
        {"text", "BYTES", "010000006102000000c3bc", "[\"a\",\"ü\"]"}
    };

    private static ModelServer server;
    private static Caller caller;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        ServingConfig base = Specs.config(null, null, null, null);
        server = ModelServer.start(new ServingConfig(
                base.namespace(),
                "identity",
                base.variant(),
                new Model(Specs.model("identity.onnx").toString(), "1", null, "onnx", List.of(), List.of()),
                base.slo(),
                base.server(),
                null,
                null,
                null,
                null,
                null,
                null,
                null));
        caller = new Caller(server.ports());
        caller.awaitState("Ready");
    }

    @AfterAll
    static void stop() {
        caller.close();
        server.stop();
    }

    private static String head(boolean binaryOutput) {
        JsonArray inputs = new JsonArray();
        for (String[] t : TENSORS) {
            inputs.add(new JsonObject()
                    .put("name", t[0])
                    .put("datatype", t[1])
                    .put("shape", new JsonArray().add(1).add(2))
                    .put("parameters", new JsonObject().put("binary_data_size", t[2].length() / 2)));
        }
        JsonArray outputs = new JsonArray();
        for (String[] t : TENSORS) {
            JsonObject output = new JsonObject().put("name", t[0] + "_out");
            outputs.add(
                    t[1].equals("FP16") ? output.put("parameters", new JsonObject().put("binary_data", true)) : output);
        }
        return new JsonObject()
                .put("id", "b")
                .put("inputs", inputs)
                .put("outputs", binaryOutput ? new JsonArray() : outputs)
                .put("parameters", new JsonObject().put("binary_data_output", binaryOutput))
                .toString();
    }

    private static byte[] body(String head) {
        StringBuilder hex = new StringBuilder();
        for (String[] t : TENSORS) {
            hex.append(t[2]);
        }
        return Buffer.buffer(head).appendBytes(HexFormat.of().parseHex(hex)).getBytes();
    }

    private static HttpResponse<byte[]> post(byte[] body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.ports().rest() + INFER))
                .POST(BodyPublishers.ofByteArray(body));
        return HTTP.send(
                headers.length == 0 ? request.build() : request.headers(headers).build(), BodyHandlers.ofByteArray());
    }

    private static JsonArray outputs(HttpResponse<byte[]> reply) {
        String length = reply.headers().firstValue(HEADER).orElse(String.valueOf(reply.body().length));
        String json = new String(reply.body(), 0, Integer.parseInt(length), StandardCharsets.UTF_8);
        assertThat(reply.statusCode()).as(json).isEqualTo(200);
        return new JsonObject(json).getJsonArray("outputs");
    }

    @Test
    void everyDatatypeComesBackInBinary() throws Exception {
        String head = head(true);
        byte[] body = body(head);
        int length = head.getBytes(StandardCharsets.UTF_8).length;
        HttpResponse<byte[]> reply =
                post(body, HEADER, String.valueOf(length), "Content-Type", "application/octet-stream");
        JsonArray outputs = outputs(reply);
        assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
        assertThat(outputs).hasSize(TENSORS.length);
        int json = Integer.parseInt(reply.headers().firstValue(HEADER).orElseThrow());
        assertThat(java.util.Arrays.copyOfRange(reply.body(), json, reply.body().length))
                .isEqualTo(java.util.Arrays.copyOfRange(body, length, body.length));
    }

    @Test
    void binaryInAndJsonOutButForWhatWasAskedForInBinary() throws Exception {
        String head = head(false);
        HttpResponse<byte[]> reply =
                post(body(head), HEADER, String.valueOf(head.getBytes(StandardCharsets.UTF_8).length));
        JsonArray outputs = outputs(reply);
        for (int i = 0; i < TENSORS.length; i++) {
            JsonObject output = outputs.getJsonObject(i);
            assertThat(output.getString("datatype")).isEqualTo(TENSORS[i][1]);
            if (TENSORS[i][3] == null) {
                assertThat(output.getJsonObject("parameters").getInteger("binary_data_size"))
                        .isEqualTo(4);
            } else {
                assertThat(output.getJsonArray("data")).isEqualTo(new JsonArray(TENSORS[i][3]));
            }
        }
        assertThat(HexFormat.of().formatHex(reply.body())).endsWith("003c00c0");
    }

    @ParameterizedTest
    @CsvSource({"-1,400", "99999,400", "x,400", "5,400", "0,400"})
    void aHeaderThatDoesNotFitIsABadRequest(String header, int status) throws Exception {
        HttpResponse<byte[]> reply = post(body(head(true)), HEADER, header);
        assertThat(reply.statusCode()).isEqualTo(status);
        assertThat(new JsonObject(Buffer.buffer(reply.body())).getString("error"))
                .isNotBlank();
    }

    @Test
    void typesAndEncodingsThatAreNotTaken() throws Exception {
        assertThat(post(new byte[4], "Content-Type", "application/octet-stream").statusCode())
                .isEqualTo(415);
        assertThat(post(new byte[4], "Content-Encoding", "gzip").statusCode()).isEqualTo(415);
        HttpResponse<byte[]> half =
                post(("{\"inputs\":[{\"name\":\"\\ud800\",\"shape\":[1],\"datatype\":\"FP32\"," + "\"data\":[null]}]}")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(half.statusCode()).isEqualTo(400);
        assertThat(new String(half.body(), StandardCharsets.UTF_8)).contains("inputs[\\ud800].data[0]");
        HttpResponse<byte[]> unsigned =
                post(("{\"inputs\":[{\"name\":\"u8\",\"shape\":[1,2],\"datatype\":\"UINT16\"," + "\"data\":[1,2]}]}")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(unsigned.statusCode()).isEqualTo(400);
    }

    @Test
    void aChunkedBodyMayBeSplitAnywhere() throws Exception {
        String head = head(true);
        byte[] body = body(head);
        Random random = new Random(5);
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket("127.0.0.1", server.ports().rest())) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(20_000);
                OutputStream out = socket.getOutputStream();
                out.write(("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + HEADER + ": "
                                + head.getBytes(StandardCharsets.UTF_8).length
                                + "\r\nTransfer-Encoding: chunked\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                for (int at = 0; at < body.length; ) {
                    int n = Math.min(body.length - at, 1 + random.nextInt(i == 0 ? 1 : 300));
                    out.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                    out.write(body, at, n);
                    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    at += n;
                }
                out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                        .startsWith("HTTP/1.1 200")
                        .contains("\"id\":\"b\"");
            }
        }
    }
}
