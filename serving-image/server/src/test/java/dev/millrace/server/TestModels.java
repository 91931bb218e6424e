package dev.millrace.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Variants of {@code score.onnx}: probabilities = sigmoid(x·w + b), with another bias. */
final class TestModels {
    private static final int GRAPH = 7;
    private static final int INITIALIZER = 5;
    private static final int TENSOR_NAME = 8;

    private TestModels() {}

    /** The model with this bias in the place of -3: the score of a row of zeros is sigmoid(bias). */
    static byte[] biased(float bias) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            CodedOutputStream to = CodedOutputStream.newInstance(out);
            copy(CodedInputStream.newInstance(Files.readAllBytes(Specs.model("score.onnx"))), to, GRAPH, graph -> {
                ByteArrayOutputStream inner = new ByteArrayOutputStream();
                CodedOutputStream into = CodedOutputStream.newInstance(inner);
                copy(graph.newCodedInput(), into, INITIALIZER, tensor -> isBias(tensor) ? bias(bias) : tensor);
                into.flush();
                return ByteString.copyFrom(inner.toByteArray());
            });
            to.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A model that works for rows whose values, as whole numbers, are 0 to 63, and fails for others. */
    static byte[] fragile(float bias) {
        return fragile(bias, 64);
    }

    /** One that takes so many bytes of memory, and works for a row of zeros. */
    static byte[] large(float bias, int bytes) {
        return fragile(bias, bytes / 4);
    }

    private static byte[] fragile(float bias, int table) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            CodedOutputStream to = CodedOutputStream.newInstance(out);
            copy(CodedInputStream.newInstance(biased(bias)), to, GRAPH, graph -> graph.concat(fragileNodes(table)));
            to.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@code extra = table[int64(input)]}: an index beyond the table is an error of the run. */
    private static ByteString fragileNodes(int table) throws IOException {
        ByteString toInt64 = message(a -> {
            a.writeString(1, "to");
            a.writeInt64(3, 7);
            a.writeInt32(20, 2);
        });
        ByteString shape = message(s -> {
            s.writeBytes(1, message(d -> d.writeString(2, "N")));
            s.writeBytes(1, message(d -> d.writeInt64(1, 3)));
        });
        ByteString type = message(t -> t.writeBytes(1, message(x -> {
            x.writeInt32(1, 1);
            x.writeBytes(2, shape);
        })));
        return message(graph -> {
            graph.writeBytes(1, message(n -> {
                n.writeString(1, "input");
                n.writeString(2, "at");
                n.writeString(4, "Cast");
                n.writeBytes(5, toInt64);
            }));
            graph.writeBytes(1, message(n -> {
                n.writeString(1, "table");
                n.writeString(1, "at");
                n.writeString(2, "extra");
                n.writeString(4, "Gather");
            }));
            graph.writeBytes(INITIALIZER, message(t -> {
                t.writeInt64(1, table);
                t.writeInt32(2, 1);
                t.writeByteArray(4, new byte[4 * table]);
                t.writeString(TENSOR_NAME, "table");
            }));
            graph.writeBytes(12, message(v -> {
                v.writeString(1, "extra");
                v.writeBytes(2, type);
            }));
        });
    }

    private interface Fields {
        void write(CodedOutputStream to) throws IOException;
    }

    private static ByteString message(Fields fields) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CodedOutputStream to = CodedOutputStream.newInstance(out);
        fields.write(to);
        to.flush();
        return ByteString.copyFrom(out.toByteArray());
    }

    private interface Change {
        ByteString of(ByteString field) throws IOException;
    }

    private static void copy(CodedInputStream in, CodedOutputStream to, int field, Change change) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == field) {
                to.writeBytes(field, change.of(in.readBytes()));
            } else {
                in.skipField(tag, to);
            }
        }
    }

    private static boolean isBias(ByteString tensor) throws IOException {
        CodedInputStream in = tensor.newCodedInput();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == TENSOR_NAME) {
                return in.readString().equals("b");
            }
            in.skipField(tag);
        }
        return false;
    }

    /** {@code dims: 1, data_type: FLOAT, float_data, name}. */
    private static ByteString bias(float value) throws IOException {
        return message(t -> {
            t.writeInt64(1, 1);
            t.writeInt32(2, 1);
            t.writeByteArray(
                    4,
                    ByteBuffer.allocate(4)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putFloat(value)
                            .array());
            t.writeString(TENSOR_NAME, "b");
        });
    }

    /** As Kubernetes and the loader do: the file is there at once and whole. */
    static void put(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(temporary, content);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
