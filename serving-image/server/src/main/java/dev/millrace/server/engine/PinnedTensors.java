package dev.millrace.server.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Inputs and outputs of a model whose shapes follow from the number of rows: for each number of rows that occurs one set of
 * native tensors over the same direct buffers, made once and used again for every run of that size. Saves a native
 * allocation and a copy for each tensor and run. Not shared between threads.
 */
final class PinnedTensors implements AutoCloseable {
    /** A native tensor takes some hundred bytes; sizes beyond these are executed without. */
    static final int MAX_ROWS = 1024;

    private final OrtEnvironment environment;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final Buffers inputBuffers;
    private final Buffers outputBuffers;
    private final Map<Integer, Set> sets = new HashMap<>();

    /** Of one number of rows. */
    static final class Set {
        final List<ByteBuffer> inputData = new ArrayList<>();
        final List<ByteBuffer> outputData = new ArrayList<>();
        final List<long[]> outputShapes = new ArrayList<>();
        final Map<String, OnnxTensor> feed = new LinkedHashMap<>();
        final Map<String, OnnxTensor> results = new LinkedHashMap<>();
    }

    private PinnedTensors(OrtEnvironment environment, List<TensorSpec> inputs, List<TensorSpec> outputs) {
        this.environment = environment;
        this.inputs = inputs;
        this.outputs = outputs;
        this.inputBuffers = new Buffers(inputs.size());
        this.outputBuffers = new Buffers(outputs.size());
    }

    /** Whether the rows tell every shape: fixed-size elements, and no dimension but the first of each may vary. */
    static boolean isPossible(List<TensorSpec> inputs, List<TensorSpec> outputs) {
        return fixed(inputs) && fixed(outputs);
    }

    static PinnedTensors of(OrtEnvironment environment, List<TensorSpec> inputs, List<TensorSpec> outputs) {
        return new PinnedTensors(environment, inputs, outputs);
    }

    private static boolean fixed(List<TensorSpec> specs) {
        for (TensorSpec spec : specs) {
            boolean sized = !spec.datatype().equals(Datatype.BYTES.name());
            boolean rows = !spec.shape().isEmpty() && spec.shape().get(0) == -1;
            if (!sized || !rows || spec.shape().stream().skip(1).anyMatch(d -> d < 1)) {
                return false;
            }
        }
        return true;
    }

    /** The set for so many rows, ready to be filled. */
    Set of(int rows) throws OrtException {
        Set set = sets.get(rows);
        if (set == null) {
            if (!fits(inputBuffers, inputs, rows) || !fits(outputBuffers, outputs, rows)) {
                // the buffers move: what lies over the old ones is of no use any more
                close();
            }
            set = create(rows);
            sets.put(rows, set);
        }
        return set;
    }

    private static boolean fits(Buffers buffers, List<TensorSpec> specs, int rows) {
        for (int i = 0; i < specs.size(); i++) {
            if (!buffers.holds(i, bytes(specs.get(i), rows))) {
                return false;
            }
        }
        return true;
    }

    private Set create(int rows) throws OrtException {
        Set set = new Set();
        try {
            for (int i = 0; i < inputs.size(); i++) {
                TensorSpec spec = inputs.get(i);
                ByteBuffer data = view(inputBuffers, i, bytes(spec, rows));
                set.inputData.add(data);
                set.feed.put(spec.name(), tensor(spec, data, shape(spec, rows)));
            }
            for (int i = 0; i < outputs.size(); i++) {
                TensorSpec spec = outputs.get(i);
                ByteBuffer data = view(outputBuffers, i, bytes(spec, rows));
                long[] shape = shape(spec, rows);
                set.outputData.add(data);
                set.outputShapes.add(shape);
                set.results.put(spec.name(), tensor(spec, data, shape));
            }
            return set;
        } catch (OrtException | RuntimeException e) {
            free(set);
            throw e;
        }
    }

    private static ByteBuffer view(Buffers buffers, int tensor, int bytes) {
        return buffers.get(tensor, bytes).slice().order(ByteOrder.nativeOrder());
    }

    private OnnxTensor tensor(TensorSpec spec, ByteBuffer data, long[] shape) throws OrtException {
        return OnnxTensor.createTensor(environment, data, shape, OrtTypes.type(Datatype.valueOf(spec.datatype())));
    }

    private static long[] shape(TensorSpec spec, int rows) {
        long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = rows;
        return shape;
    }

    private static int bytes(TensorSpec spec, int rows) {
        long elements = rows;
        for (int i = 1; i < spec.shape().size(); i++) {
            elements = Math.multiplyExact(elements, spec.shape().get(i));
        }
        return Math.toIntExact(elements * Datatype.valueOf(spec.datatype()).size());
    }

    /** Native tensors that are held now. */
    int held() {
        return sets.values().stream()
                .mapToInt(s -> s.feed.size() + s.results.size())
                .sum();
    }

    private static void free(Set set) {
        // nothing else frees them: the API has neither finalizer nor cleaner
        set.feed.values().forEach(OnnxTensor::close);
        set.results.values().forEach(OnnxTensor::close);
    }

    /** Frees the native tensors; they are made again when they are asked for. */
    @Override
    public void close() {
        sets.values().forEach(PinnedTensors::free);
        sets.clear();
    }
}
