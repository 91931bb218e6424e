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
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CodedOutputStream to = CodedOutputStream.newInstance(out);
        to.writeInt64(1, 1);
        to.writeInt32(2, 1);
        to.writeByteArray(
                4,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(value)
                        .array());
        to.writeString(TENSOR_NAME, "b");
        to.flush();
        return ByteString.copyFrom(out.toByteArray());
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
