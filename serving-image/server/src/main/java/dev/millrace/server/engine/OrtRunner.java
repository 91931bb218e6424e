package dev.millrace.server.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.TensorInfo;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Merges inputs into direct buffers that are used again for every run, and copies outputs out once: into arrays of the
 * heap, since the buffers are overwritten by the next run while the answers are still being written on other threads.
 */
final class OrtRunner implements Runner {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final Buffers scratch;
    private final RunOptions options;
    /** Null: a shape is not known before the run, or the model does not keep to what it says. */
    private @Nullable PinnedTensors pinned;

    private volatile boolean terminated;

    OrtRunner(OrtEnvironment environment, OrtSession session, List<TensorSpec> inputs, List<TensorSpec> outputs)
            throws OrtException {
        this.environment = environment;
        this.session = session;
        this.inputs = inputs;
        this.outputs = outputs;
        this.scratch = new Buffers(inputs.size());
        this.pinned = PinnedTensors.isPossible(inputs, outputs) ? PinnedTensors.of(environment, inputs, outputs) : null;
        this.options = new RunOptions();
    }

    @Override
    public List<Tensor> run(List<List<Tensor>> batch) throws ModelException {
        try {
            PinnedTensors tensors = pinned;
            int rows = rows(batch);
            if (tensors == null || rows > PinnedTensors.MAX_ROWS) {
                return runFree(batch);
            }
            try {
                return runPinned(batch, tensors.of(rows));
            } catch (OrtException e) {
                return again(batch, tensors, e);
            }
        } catch (OrtException e) {
            throw new ModelException(
                    terminated ? "the execution was ended: nobody waits for it" : String.valueOf(e.getMessage()), e);
        }
    }

    private static int rows(List<List<Tensor>> batch) {
        int rows = 0;
        for (List<Tensor> job : batch) {
            rows += job.get(0).rows();
        }
        return rows;
    }

    private List<Tensor> runPinned(List<List<Tensor>> batch, PinnedTensors.Set set) throws OrtException {
        for (int i = 0; i < inputs.size(); i++) {
            merge(batch, i, set.inputData.get(i));
        }
        try (OrtSession.Result result = session.run(set.feed, Set.of(), set.results, options)) {
            // every output is pinned: the result owns nothing
            List<Tensor> out = new ArrayList<>(outputs.size());
            for (int i = 0; i < result.size(); i++) {
                ByteBuffer data = set.outputData.get(i);
                ByteBuffer copy = ByteBuffer.allocate(data.capacity()).put(0, data, 0, data.capacity());
                TensorSpec spec = outputs.get(i);
                out.add(Tensor.of(
                        spec.name(),
                        Datatype.valueOf(spec.datatype()),
                        set.outputShapes.get(i).clone(),
                        copy));
            }
            return out;
        }
    }

    /** A model whose outputs have other shapes than its signature says cannot write into what was made by it. */
    private List<Tensor> again(List<List<Tensor>> batch, PinnedTensors tensors, OrtException first)
            throws OrtException, ModelException {
        if (terminated) {
            throw first;
        }
        List<Tensor> out = runFree(batch);
        tensors.close();
        pinned = null;
        return out;
    }

    private List<Tensor> runFree(List<List<Tensor>> batch) throws OrtException, ModelException {
        Map<String, OnnxTensor> feed = new HashMap<>();
        try {
            for (int i = 0; i < inputs.size(); i++) {
                feed.put(inputs.get(i).name(), input(batch, i));
            }
            try (OrtSession.Result result = session.run(feed, options)) {
                List<Tensor> out = new ArrayList<>(outputs.size());
                for (int i = 0; i < outputs.size(); i++) {
                    out.add(copy(outputs.get(i).name(), result.get(i)));
                }
                return out;
            }
        } finally {
            // nothing else frees them: the API has neither finalizer nor cleaner
            feed.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor input(List<List<Tensor>> batch, int input) throws OrtException {
        Tensor head = batch.get(0).get(input);
        long[] shape = head.shape();
        if (batch.size() > 1) {
            shape = shape.clone();
            shape[0] = 0;
            for (List<Tensor> job : batch) {
                shape[0] += job.get(input).rows();
            }
        }
        if (head.datatype() == Datatype.BYTES) {
            List<Tensor> all = batch.stream().map(job -> job.get(input)).toList();
            String[] strings =
                    all.size() == 1 ? head.strings() : Tensors.join(all).strings();
            return OnnxTensor.createTensor(environment, strings, shape);
        }
        int bytes = 0;
        for (List<Tensor> job : batch) {
            bytes += job.get(input).data().limit();
        }
        ByteBuffer buffer = scratch.get(input, bytes);
        merge(batch, input, buffer);
        return OnnxTensor.createTensor(environment, buffer, shape, OrtTypes.type(head.datatype()));
    }

    /** One job's elements after another's, from the start of {@code to}; its position stays. */
    private static void merge(List<List<Tensor>> batch, int input, ByteBuffer to) {
        int at = 0;
        for (List<Tensor> job : batch) {
            ByteBuffer data = job.get(input).data();
            to.put(at, data, 0, data.limit());
            at += data.limit();
        }
    }

    private static Tensor copy(String name, OnnxValue value) throws OrtException, ModelException {
        if (!(value instanceof OnnxTensor tensor) || !(value.getInfo() instanceof TensorInfo info)) {
            throw new ModelException("output " + name + " is not a tensor");
        }
        Datatype datatype = OrtTypes.datatype(info.type);
        if (datatype == null) {
            throw new ModelException("output " + name + " has a datatype that cannot be served");
        }
        if (datatype == Datatype.BYTES) {
            List<String> strings = new ArrayList<>();
            flatten(tensor.getValue(), strings);
            return Tensor.of(name, info.getShape(), strings.toArray(String[]::new));
        }
        // a copy: the runtime's own memory is freed with the result
        return Tensor.of(name, datatype, info.getShape(), tensor.getByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
    }

    private static void flatten(Object value, List<String> to) {
        if (value.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(value); i++) {
                flatten(Array.get(value, i), to);
            }
        } else {
            to.add((String) value);
        }
    }

    @Override
    public void arm() {
        if (terminated) {
            terminate(false);
        }
    }

    @Override
    public void terminate() {
        terminate(true);
    }

    private void terminate(boolean now) {
        try {
            terminated = now;
            options.setTerminate(now);
        } catch (OrtException e) {
            throw new IllegalStateException("run options take a flag", e);
        }
    }

    /** Native tensors that are kept from run to run. */
    int held() {
        PinnedTensors tensors = pinned;
        return tensors == null ? 0 : tensors.held();
    }

    @Override
    public void close() {
        if (pinned != null) {
            pinned.close();
        }
        options.close();
        // the session belongs to the model
    }
}
