package dev.millrace.server.protocol;

import dev.millrace.server.engine.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** An infer call of 64 floats a row from bytes to tensor, and an answer from tensor to bytes, both in JSON and in binary. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class InferJsonBench {
    private static final int BODIES = 64;
    private static final int WIDTH = 64;

    @Param({"1", "32"})
    public int rows;

    private final byte[][] bodies = new byte[BODIES][];
    private final byte[][] binary = new byte[BODIES][];
    private byte[] header = new byte[0];
    private final Tensor[] tensors = new Tensor[BODIES];
    private int next;

    @Setup
    public void make() {
        SplittableRandom random = new SplittableRandom(3);
        header = ("{\"inputs\":[{\"name\":\"input\",\"shape\":[" + rows + "," + WIDTH
                        + "],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":" + 4 * rows * WIDTH + "}}]}")
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < BODIES; i++) {
            float[] values = new float[rows * WIDTH];
            for (int k = 0; k < values.length; k++) {
                values[k] = Math.round(random.nextDouble(-2, 2) * 1e4) / 1e4f;
            }
            ByteBuffer raw = ByteBuffer.allocate(header.length + 4 * values.length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(header);
            for (float value : values) {
                raw.putFloat(value);
            }
            binary[i] = raw.array();
            tensors[i] = Tensor.ofRows("output", values, rows);
            String data = random.doubles(values.length, -2, 2)
                    .mapToObj(x -> String.format(Locale.ROOT, "%.4f", x))
                    .collect(Collectors.joining(","));
            bodies[i] = ("{\"inputs\":[{\"name\":\"input\",\"shape\":[" + rows + "," + WIDTH
                            + "],\"datatype\":\"FP32\",\"data\":[" + data + "]}]}")
                    .getBytes(StandardCharsets.UTF_8);
        }
    }

    @Benchmark
    public RestInfer decode() {
        byte[] body = bodies[next++ % BODIES];
        return InferJson.decode(body, body.length, 0, false);
    }

    /** The same numbers behind a header of JSON. */
    @Benchmark
    public RestInfer decodeBinary() {
        return InferJson.decode(binary[next++ % BODIES], header.length, 0, false);
    }

    @Benchmark
    public InferReply encode() {
        return InferReply.encode("mlp", "1", "", List.of(tensors[next++ % BODIES]), OutputForm.JSON);
    }

    @Benchmark
    public InferReply encodeBinary() {
        return InferReply.encode("mlp", "1", "", List.of(tensors[next++ % BODIES]), OutputForm.BINARY);
    }
}
