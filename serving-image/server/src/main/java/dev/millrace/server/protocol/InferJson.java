package dev.millrace.server.protocol;

import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import dev.millrace.server.predict.InferCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON of infer calls, read once and by hand: decoding is most of what a call to a small model costs. Fields that the
 * protocol does not know are skipped, as its extensions demand.
 */
final class InferJson {
    private final JsonCursor in;
    private final BinaryData binary;
    private String id = "";
    private double timeoutMs;
    private boolean urgent;
    private boolean binaryOutput;
    private @Nullable List<Tensor> inputs;
    private List<String> outputs = List.of();
    private Map<String, Boolean> forms = Map.of();

    private InferJson(byte[] body, int jsonLength) {
        in = new JsonCursor(body, jsonLength);
        binary = new BinaryData(body, jsonLength);
    }

    /** {@code jsonLength}: the binary tensors follow. The call's tensors may be views of the body. */
    static RestInfer decode(byte[] body, int jsonLength, long startNanos, boolean warmup) {
        return new InferJson(body, jsonLength).read(startNanos, warmup);
    }

    /**
     * Whether a body could ask for a priority, without reading it: the word stands in it, or something is escaped. Looks at
     * all of it, with the two searches that are fastest.
     */
    static boolean mayBeUrgent(byte[] body, int jsonLength) {
        String text = new String(body, 0, jsonLength, StandardCharsets.ISO_8859_1);
        return text.contains("priority") || text.indexOf('\\') >= 0;
    }

    private RestInfer read(long startNanos, boolean warmup) {
        if (in.peek() != '{') {
            throw CallException.invalid("the body must be a JSON object");
        }
        JsonCursor.Names names = new JsonCursor.Names();
        in.enter();
        for (boolean more = in.first('}'); more; more = in.more('}')) {
            switch (in.name(names)) {
                case "id" -> id = text(in, "id");
                case "inputs" -> inputs = inputs();
                case "outputs" -> outputs = outputs();
                case "parameters" -> parameters();
                default -> in.skip();
            }
        }
        if (in.peek() >= 0) {
            throw CallException.invalid("the body has text after its JSON object");
        }
        binary.end();
        List<Tensor> tensors = inputs;
        if (tensors == null || tensors.isEmpty()) {
            throw CallException.invalid("inputs: is required");
        }
        return new RestInfer(
                new InferCall(id, tensors, outputs, timeoutMs, urgent, startNanos, warmup),
                forms.isEmpty() && !binaryOutput ? OutputForm.JSON : new OutputForm(binaryOutput, forms));
    }

    private List<Tensor> inputs() {
        open('[', "inputs", "an array");
        List<Tensor> tensors = new ArrayList<>(1);
        Set<String> given = new HashSet<>();
        for (boolean more = in.first(']'); more; more = in.more(']')) {
            String at = "inputs[" + tensors.size() + "]";
            if (in.peek() != '{') {
                throw wrong(in, at, "an object");
            }
            Tensor tensor = new TensorFields(in, at, binary).read();
            if (!given.add(tensor.name())) {
                throw CallException.invalid("inputs[" + tensor.name() + "]: is given twice");
            }
            tensors.add(tensor);
        }
        return tensors;
    }

    private List<String> outputs() {
        open('[', "outputs", "an array");
        Set<String> wanted = new LinkedHashSet<>();
        for (boolean more = in.first(']'); more; more = in.more(']')) {
            String at = "outputs[" + wanted.size() + "]";
            open('{', at, "an object");
            String name = null;
            Boolean form = null;
            JsonCursor.Names names = new JsonCursor.Names();
            for (boolean field = in.first('}'); field; field = in.more('}')) {
                switch (in.name(names)) {
                    case "name" -> name = text(in, at + ".name");
                    case "parameters" -> form = form(at + ".parameters");
                    default -> in.skip();
                }
            }
            if (name == null) {
                throw CallException.invalid(at + ".name: is required");
            }
            if (!wanted.add(name)) {
                throw CallException.invalid("outputs[" + name + "]: is asked for twice");
            }
            if (form != null) {
                forms = forms.isEmpty() ? new HashMap<>() : forms;
                forms.put(name, form);
            }
        }
        return List.copyOf(wanted);
    }

    /** {@code binary_data} of an output; null = it says nothing. */
    private @Nullable Boolean form(String at) {
        if (in.peek() != '{') {
            in.skip();
            return null;
        }
        Boolean form = null;
        JsonCursor.Names names = new JsonCursor.Names();
        in.enter();
        for (boolean more = in.first('}'); more; more = in.more('}')) {
            String name = in.name(names);
            switch (name) {
                case "binary_data" -> form = flag(at + ".binary_data");
                case "classification", "shared_memory_region" -> throw unsupported(at + "." + name + ": is not served");
                default -> in.skip();
            }
        }
        return form;
    }

    /** Those of the schedule policy and the binary tensor data extension; others are skipped, if they are scalars. */
    private void parameters() {
        open('{', "parameters", "an object");
        JsonCursor.Names names = new JsonCursor.Names();
        for (boolean more = in.first('}'); more; more = in.more('}')) {
            String name = in.name(names);
            int c = in.peek();
            if (c == '{' || c == '[') {
                throw CallException.invalid("parameters." + name + ": must be a string, number or boolean");
            }
            if (c == 'n') {
                // as if it were not there
                in.skip();
                continue;
            }
            switch (name) {
                case "timeout" -> timeoutMs = timeout(c);
                // 1 is the highest, 0 the model's own
                case "priority" -> urgent = whole(in, "parameters.priority", Long.MAX_VALUE) == 1;
                case "binary_data_output" -> binaryOutput = flag("parameters.binary_data_output");
                default -> in.skip();
            }
        }
    }

    /** Microseconds. */
    private double timeout(int c) {
        double micros = -1;
        if (c >= '0' && c <= '9' || c == '-') {
            in.number();
            micros = in.decimal();
        }
        if (micros < 0) {
            throw CallException.invalid("parameters.timeout: must be microseconds, 0 or more");
        }
        return micros / 1000;
    }

    private boolean flag(String field) {
        int c = in.peek();
        if (c != 't' && c != 'f') {
            throw wrong(in, field, "true or false");
        }
        in.literal(c == 't' ? "true" : "false");
        return c == 't';
    }

    private void open(char bracket, String field, String wanted) {
        if (in.peek() != bracket) {
            throw wrong(in, field, wanted);
        }
        in.enter();
    }

    static String text(JsonCursor in, String field) {
        if (in.peek() != '"') {
            throw wrong(in, field, "a string");
        }
        return in.string();
    }

    static long whole(JsonCursor in, String field, long max) {
        int c = in.peek();
        if (c >= '0' && c <= '9' || c == '-') {
            in.number();
            if (in.isWithin(0, max)) {
                return in.integer();
            }
        }
        throw wrong(in, field, "a whole number, 0 or more" + (max < Long.MAX_VALUE ? ", at most " + max : ""));
    }

    /** The value at the cursor is of another kind, or there is none. */
    static CallException wrong(JsonCursor in, String field, String wanted) {
        return in.peek() < 0 ? in.unexpected(wanted) : CallException.invalid(field + ": must be " + wanted);
    }

    static CallException unsupported(String message) {
        return new CallException(Kind.UNSUPPORTED, message);
    }
}
