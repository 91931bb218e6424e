package dev.millrace.server.protocol;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows the JSON of a request in the binary tensor data extension: the tensors that it announces, one after another. */
final class BinaryData {
    /** Length of the JSON; 0 = there is none. */
    static final String HEADER = "Inference-Header-Content-Length";

    private final byte[] body;
    private int pos;

    BinaryData(byte[] body, int jsonLength) {
        this.body = body;
        this.pos = jsonLength;
    }

    /** Value of {@link #HEADER}; the body's length when there is no header. */
    static int jsonLength(@Nullable String header, int bodyLength) {
        if (header == null) {
            return bodyLength;
        }
        int length = -1;
        String digits = header.strip();
        if (!digits.isEmpty() && digits.length() <= 9 && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            length = Integer.parseInt(digits);
        }
        if (length < 0 || length > bodyLength) {
            throw CallException.invalid(HEADER + ": must be a number of bytes, 0 to the " + bodyLength
                    + " of the body, is " + JsonCursor.shown(header));
        }
        return length;
    }

    /** The next tensor: a view of the body. */
    Tensor next(String name, Datatype datatype, long[] shape, long size) {
        if (size > body.length - pos) {
            throw CallException.invalid("inputs[" + name + "].parameters.binary_data_size: is " + size + " bytes, only "
                    + (body.length - pos) + " follow");
        }
        ByteBuffer data = ByteBuffer.wrap(body, pos, (int) size).slice();
        pos += (int) size;
        return RawContents.read(name, datatype, shape, data, "binary data of inputs[" + name + "]");
    }

    /** Fails when there is more than was announced. */
    void end() {
        if (pos < body.length) {
            throw CallException.invalid(
                    "the body has " + (body.length - pos) + " bytes more than " + HEADER + " and the inputs announce");
        }
    }

    /** A body that is nothing but the elements of the model's only input: one row, and one dimension may be open. */
    static Tensor raw(List<TensorSpec> inputs, byte[] body) {
        if (inputs.size() != 1) {
            throw CallException.invalid(
                    HEADER + ": is 0, a raw request, which needs a model of one input; this one has " + inputs.size());
        }
        TensorSpec spec = inputs.get(0);
        Datatype datatype = Datatype.valueOf(spec.datatype());
        long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
        int open = -1;
        long known = 1;
        for (int i = 0; i < shape.length; i++) {
            if (i == 0 && shape[0] < 0) {
                shape[0] = 1;
            }
            if (shape[i] < 0 && open >= 0) {
                throw CallException.invalid(HEADER + ": is 0, a raw request, which needs a model of one open dimension"
                        + " at most; input " + spec.name() + " is " + spec.shape());
            }
            if (shape[i] < 0) {
                open = i;
            } else {
                known *= shape[i];
            }
        }
        if (open >= 0) {
            long elements = datatype == Datatype.BYTES ? RawContents.count(body) : body.length / datatype.size();
            shape[open] = known == 0 ? 0 : elements / known;
        }
        return RawContents.read(spec.name(), datatype, shape, ByteBuffer.wrap(body), "raw body of " + spec.name());
    }
}
