package dev.millrace.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.InferCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The decoder against Jackson: mutated bodies are taken or refused by both, and mean the same. */
class InferJsonFuzzTest {
    private static final int BODIES = 60_000;
    private static final int NUMBERS = 200_000;

    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u",
        "\\ud83d\\ude00",
        "\\ud800",
        "\\n",
        "null",
        "true",
        "false",
        "NaN",
        "Infinity",
        "\"NaN\"",
        "-",
        "+",
        ".",
        "e",
        "E5",
        "0",
        "00",
        "-0",
        "1e400",
        "1e-400",
        "1e39",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "0.1",
        "123456789012345678901234567890",
        "\"name\":",
        "\"data\":",
        "\"shape\":",
        "\"na\\u006de\":1",
        "/*c*/",
        "//",
        "'",
        " ",
        "\n",
        "\t",
        "\u0000",
        "\u0001",
        "\u007f",
        "ü",
        "€",
        "😀",
        "[[]]",
        "{}",
        "\"x\":{\"a\":1,\"a\":2}",
        "255",
        "256",
        "-129",
        "65536",
        "4294967296"
    };

    private final Random random = new Random(20261128);

    private String number(Datatype datatype) {
        return switch (datatype) {
            case FP32, FP64, FP16 ->
                switch (random.nextInt(10)) {
                    case 0 -> String.valueOf(Float.intBitsToFloat(random.nextInt()));
                    case 1 -> String.valueOf((double) random.nextFloat());
                    case 2 -> String.valueOf(random.nextInt(100));
                    case 3 -> "\"NaN\"";
                    case 4 -> String.valueOf(random.nextLong());
                    default -> String.format("%.4f", random.nextGaussian());
                };
            case BOOL -> String.valueOf(random.nextBoolean());
            case BYTES -> random.nextInt(3) == 0 ? "\"ü\\u00e9\\n😀\"" : "\"text\"";
            default -> String.valueOf(random.nextInt(random.nextInt(20) == 0 ? 100_000 : 128));
        };
    }

    private String tensor(String name) {
        Datatype datatype = Datatype.values()[random.nextInt(Datatype.values().length)];
        int rows = random.nextInt(3);
        int columns = 1 + random.nextInt(3);
        List<String> data = new ArrayList<>();
        for (int r = 0; r < rows; r++) {
            String row =
                    IntStream.range(0, columns).mapToObj(i -> number(datatype)).collect(Collectors.joining(", "));
            data.add(random.nextBoolean() ? row : "[" + row + "]");
        }
        List<String> fields = new ArrayList<>(List.of(
                "\"name\":\"" + name + "\"",
                "\"datatype\" : \"" + datatype + "\"",
                "\"shape\":[" + rows + "," + columns + "]",
                "\"data\":[" + String.join(",", data) + "]"));
        if (random.nextInt(3) == 0) {
            fields.add("\"parameters\":{\"p\":[1,{\"q\":null}]}");
        }
        if (random.nextBoolean()) {
            Collections.shuffle(fields, random);
        }
        return "{" + String.join(random.nextBoolean() ? "," : " ,\n", fields) + "}";
    }

    private String body() {
        List<String> fields = new ArrayList<>();
        fields.add("\"inputs\":["
                + IntStream.range(0, 1 + random.nextInt(2))
                        .mapToObj(i -> tensor("x" + i))
                        .collect(Collectors.joining(","))
                + "]");
        if (random.nextBoolean()) {
            fields.add("\"id\":\"4ü2\"");
        }
        if (random.nextInt(3) == 0) {
            fields.add("\"outputs\":[{\"name\":\"y\",\"parameters\":{\"binary_data\":true}},{\"name\":\"z\"}]");
        }
        if (random.nextInt(3) == 0) {
            fields.add("\"parameters\":{\"timeout\":2500.5,\"priority\":1,\"other\":\"s\",\"none\":null}");
        }
        if (random.nextInt(3) == 0) {
            fields.add("\"future\":{\"a\":[1,2.5e3,-0,{\"b\":\"c\"}],\"d\":\"\\u00e9\"}");
        }
        Collections.shuffle(fields, random);
        return "{" + String.join(",", fields) + "}" + (random.nextInt(4) == 0 ? " \n" : "");
    }

    private byte[] mutated(byte[] body) {
        byte[] out = body;
        for (int n = random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(out.length);
            switch (random.nextInt(6)) {
                case 0 ->
                    out = replaced(out, at, at, PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8));
                case 1 ->
                    out = replaced(
                            out,
                            at,
                            Math.min(out.length, at + 1 + random.nextInt(4)),
                            PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8));
                case 2 -> out = replaced(out, at, Math.min(out.length, at + 1 + random.nextInt(3)), new byte[0]);
                case 3 -> out = replaced(out, at, at + 1, new byte[] {(byte) random.nextInt(256)});
                case 4 -> {
                    int from = random.nextInt(out.length);
                    out = replaced(
                            out,
                            at,
                            at,
                            Arrays.copyOfRange(out, from, Math.min(out.length, from + random.nextInt(40))));
                }
                default -> out = random.nextInt(8) == 0 ? Arrays.copyOf(out, at) : out;
            }
            if (out.length == 0) {
                return out;
            }
        }
        return out;
    }

    private static byte[] replaced(byte[] in, int from, int to, byte[] by) {
        byte[] out = new byte[in.length - (to - from) + by.length];
        System.arraycopy(in, 0, out, 0, from);
        System.arraycopy(by, 0, out, from, by.length);
        System.arraycopy(in, to, out, from + by.length, in.length - to);
        return out;
    }

    /** Both refuse it, or both take it and mean the same: then true. */
    static boolean same(byte[] body) {
        InferCall ours = null;
        String refusal = "";
        try {
            ours = InferJson.decode(body, body.length, 0, false).call();
        } catch (CallException e) {
            refusal = e.getMessage();
        }
        JacksonInfer.Call theirs = null;
        String why = "";
        try {
            theirs = JacksonInfer.decode(body);
        } catch (JacksonInfer.Refused e) {
            why = String.valueOf(e.getMessage());
        }
        String text = new String(body, StandardCharsets.UTF_8);
        if (ours == null || theirs == null) {
            assertThat(ours == null)
                    .as("ours: %s; Jackson: %s; %s", refusal, why, text)
                    .isEqualTo(theirs == null);
            return false;
        }
        assertThat(ours.id()).isEqualTo(theirs.id());
        assertThat(ours.outputs()).as(text).isEqualTo(theirs.outputs());
        assertThat(ours.timeoutMs()).as(text).isEqualTo(theirs.timeoutMs());
        assertThat(ours.urgent()).isEqualTo(theirs.urgent());
        if (!ours.inputs().equals(theirs.inputs())) {
            fail("%s and %s of %s", values(ours.inputs()), values(theirs.inputs()), text);
        }
        return true;
    }

    private static String values(List<Tensor> tensors) {
        return tensors.stream()
                .map(t -> t + Arrays.toString(t.data().array()) + Arrays.toString(t.strings()))
                .toList()
                .toString();
    }

    @Test
    void mutatedBodiesAreTakenOrRefusedByBothAndMeanTheSame() {
        int taken = 0;
        for (int i = 0; i < BODIES; i++) {
            taken += same(mutated(body().getBytes(StandardCharsets.UTF_8))) ? 1 : 0;
        }
        System.out.printf("%d of %d bodies taken%n", taken, BODIES);
        assertThat(taken).isBetween(BODIES / 5, BODIES * 4 / 5);
    }

    @Test
    void numbersOfEveryLengthAreRoundedAsTheJdkRounds() {
        for (int i = 0; i < NUMBERS; i += 100) {
            List<String> numbers =
                    IntStream.range(0, 100).mapToObj(k -> oddNumber()).toList();
            for (String datatype : List.of("FP32", "FP64")) {
                StringBuilder body = new StringBuilder("{\"inputs\":[{\"name\":\"x\",\"shape\":[100],\"datatype\":\"")
                        .append(datatype)
                        .append("\",\"data\":")
                        .append(numbers)
                        .append("}]}");
                Tensor t = InferJson.decode(body.toString().getBytes(StandardCharsets.UTF_8), body.length(), 0, false)
                        .call()
                        .inputs()
                        .get(0);
                for (int k = 0; k < 100; k++) {
                    String text = numbers.get(k);
                    if (datatype.equals("FP32")) {
                        assertThat(t.data().getFloat(4 * k)).as(text).isEqualTo(Float.parseFloat(text));
                    } else {
                        assertThat(t.data().getDouble(8 * k)).as(text).isEqualTo(Double.parseDouble(text));
                    }
                }
            }
        }
    }

    /** Many of them lie half way between two floats or next to it, where a second rounding shows. */
    private String oddNumber() {
        float f = Float.intBitsToFloat(random.nextInt() & 0x7fff_ffff);
        f = Float.isFinite(f) && f < Float.MAX_VALUE ? f : random.nextFloat();
        f = f == 0 ? 1 : f;
        java.math.BigDecimal half = new java.math.BigDecimal(f)
                .add(new java.math.BigDecimal(Math.nextUp(f)))
                .divide(java.math.BigDecimal.valueOf(2));
        return switch (random.nextInt(8)) {
            case 0 ->
                half.round(new java.math.MathContext(1 + random.nextInt(30))).toString();
            case 1 -> half.toString();
            case 2 -> new java.math.BigDecimal((double) f).toString();
            case 3 -> String.valueOf((double) f);
            case 4 -> String.valueOf(random.nextGaussian());
            case 5 -> (1 + random.nextInt(9)) + "" + Math.abs(random.nextLong()) + "." + random.nextInt(1000);
            case 6 -> random.nextInt(1 << 25) + ".5e" + (random.nextInt(20) - 10);
            default -> "0." + "0".repeat(random.nextInt(25)) + Math.abs(random.nextLong());
        };
    }
}
