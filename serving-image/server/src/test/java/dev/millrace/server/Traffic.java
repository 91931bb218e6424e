package dev.millrace.server;

import com.google.protobuf.ByteString;
import dev.millrace.server.Caller.GrpcReply;
import dev.millrace.server.Caller.Reply;
import dev.millrace.server.proto.inference.ModelInferRequest;
import dev.millrace.server.proto.inference.ModelInferRequest.InferInputTensor;
import dev.millrace.server.proto.inference.ModelInferResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Callers that never pause, over REST and gRPC: what failed, and which version with which score each of them saw. */
final class Traffic implements AutoCloseable {
    static final String BODY =
            "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[0,0,0]}]}";

    private final Caller caller;
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<List<Seen>> seen = new ArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private volatile boolean stop;

    /** One answer. */
    record Seen(String version, double score) {}

    private interface Call {
        Seen send() throws Exception;
    }

    Traffic(Caller caller) {
        this.caller = caller;
        loop("rest", this::rest);
        loop("grpc", this::grpc);
    }

    private void loop(String name, Call call) {
        List<Seen> own = new ArrayList<>();
        seen.add(own);
        Thread thread = new Thread(
                () -> {
                    while (!stop) {
                        try {
                            own.add(call.send());
                            answered.incrementAndGet();
                        } catch (Exception e) {
                            failures.add(name + ": " + e);
                        }
                    }
                },
                "traffic-" + name);
        threads.add(thread);
        thread.start();
    }

    private Seen rest() throws Exception {
        Reply reply = caller.post("/v2/models/fraud/infer", BODY);
        if (reply.status() != 200) {
            throw new IllegalStateException(reply.status() + " " + reply.body());
        }
        return new Seen(
                reply.body().getString("model_version"),
                reply.body().getJsonArray("outputs").stream()
                        .map(o -> (io.vertx.core.json.JsonObject) o)
                        .filter(o -> o.getString("name").equals("probabilities"))
                        .findFirst()
                        .orElseThrow()
                        .getJsonArray("data")
                        .getDouble(1));
    }

    private Seen grpc() throws Exception {
        GrpcReply<ModelInferResponse> reply = caller.grpc(
                "inference.GRPCInferenceService",
                "ModelInfer",
                ModelInferRequest.newBuilder()
                        .setModelName("fraud")
                        .addInputs(InferInputTensor.newBuilder()
                                .setName("input")
                                .setDatatype("FP32")
                                .addShape(1)
                                .addShape(3))
                        .addRawInputContents(ByteString.copyFrom(new byte[12]))
                        .build(),
                ModelInferResponse.getDefaultInstance());
        if (reply.status() != GrpcStatus.OK) {
            throw new IllegalStateException(reply.status() + " " + reply.message());
        }
        ModelInferResponse answer = reply.answer();
        for (int i = 0; i < answer.getOutputsCount(); i++) {
            if (answer.getOutputs(i).getName().equals("probabilities")) {
                return new Seen(
                        answer.getModelVersion(),
                        answer.getRawOutputContents(i)
                                .asReadOnlyByteBuffer()
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getFloat(4));
            }
        }
        throw new IllegalStateException("no probabilities in " + answer);
    }

    int answered() {
        return answered.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Answers in order, of each caller. Ends the traffic. */
    List<List<Seen>> seen() throws InterruptedException {
        stop = true;
        for (Thread t : threads) {
            t.join();
        }
        return seen;
    }

    @Override
    public void close() {
        stop = true;
    }
}
