package dev.millrace.server.protocol;

import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One input of an infer call, its fields in any order. */
final class TensorFields {
    private static final int MAX_RANK = 16;

    private final JsonCursor in;
    private final String at;
    private final BinaryData binary;
    private @Nullable String name;
    private @Nullable Datatype datatype;
    private long @Nullable [] shape;
    private @Nullable Tensor tensor;
    private int early = -1;
    private long binarySize = -1;

    /** {@code at}: for messages. */
    TensorFields(JsonCursor in, String at, BinaryData binary) {
        this.in = in;
        this.at = at;
        this.binary = binary;
    }

    /** The cursor stands before the object and is left behind it. */
    Tensor read() {
        JsonCursor.Names names = new JsonCursor.Names();
        in.enter();
        for (boolean more = in.first('}'); more; more = in.more('}')) {
            switch (in.name(names)) {
                case "name" -> name = InferJson.text(in, at + ".name");
                case "datatype" -> datatype = datatype(InferJson.text(in, at + ".datatype"));
                case "shape" -> shape = shape();
                case "data" -> data();
                case "parameters" -> parameters();
                default -> in.skip();
            }
        }
        if (early >= 0) {
            int behind = in.position();
            in.seek(early);
            tensor = elements();
            in.seek(behind);
        }
        String own = name;
        Datatype type = datatype;
        long[] dims = shape;
        if (own == null || type == null || dims == null) {
            throw missing();
        }
        if (binarySize >= 0) {
            if (tensor != null) {
                throw CallException.invalid("inputs[" + own + "].data: excludes parameters.binary_data_size");
            }
            return binary.next(own, type, dims, binarySize);
        }
        if (tensor == null) {
            throw missing();
        }
        return tensor;
    }

    private CallException missing() {
        String field = name == null ? "name" : datatype == null ? "datatype" : shape == null ? "shape" : "data";
        return CallException.invalid(at + "." + field + ": is required");
    }

    private Datatype datatype(String text) {
        Datatype known = Datatype.of(text);
        if (known == null) {
            throw CallException.invalid(
                    at + ".datatype: " + JsonCursor.shown(text) + " is none of " + Arrays.toString(Datatype.values()));
        }
        return known;
    }

    private long[] shape() {
        if (in.peek() != '[') {
            throw InferJson.wrong(in, at + ".shape", "an array");
        }
        long[] dims = new long[MAX_RANK];
        int rank = 0;
        in.enter();
        for (boolean more = in.first(']'); more; more = in.more(']')) {
            int c = in.peek();
            boolean isNumber = c >= '0' && c <= '9' || c == '-';
            if (isNumber) {
                in.number();
            }
            if (!isNumber || !in.isWithin(0, Long.MAX_VALUE) || rank == MAX_RANK) {
                throw CallException.invalid(
                        at + ".shape: must have at most " + MAX_RANK + " whole numbers, each 0 or more");
            }
            dims[rank++] = in.integer();
        }
        return Arrays.copyOf(dims, rank);
    }

    private void data() {
        if (name != null && datatype != null && shape != null) {
            tensor = elements();
        } else {
            in.peek();
            early = in.position();
            in.skip();
        }
    }

    private Tensor elements() {
        Datatype type = datatype;
        long[] dims = shape;
        String own = name;
        if (type == null || dims == null || own == null) {
            throw missing();
        }
        return Elements.read(in, own, type, dims);
    }

    private void parameters() {
        if (in.peek() != '{') {
            in.skip();
            return;
        }
        JsonCursor.Names names = new JsonCursor.Names();
        in.enter();
        for (boolean more = in.first('}'); more; more = in.more('}')) {
            switch (in.name(names)) {
                case "binary_data_size" ->
                    binarySize = InferJson.whole(in, at + ".parameters.binary_data_size", Served.MAX_BODY);
                case "shared_memory_region" ->
                    throw InferJson.unsupported(at + ".parameters.shared_memory_region: shared memory is not served");
                default -> in.skip();
            }
        }
    }
}
