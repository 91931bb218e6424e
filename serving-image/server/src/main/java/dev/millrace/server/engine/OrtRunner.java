package dev.millrace.server.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Merges inputs into direct buffers that are used again for every run, and copies outputs out. */
final class OrtRunner implements Runner {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final ByteBuffer[] scratch;

    OrtRunner(OrtEnvironment environment, OrtSession session, List<TensorSpec> inputs, List<TensorSpec> outputs) {
        this.environment = environment;
        this.session = session;
        this.inputs = inputs;
        this.outputs = outputs;
        this.scratch = new ByteBuffer[inputs.size()];
        Arrays.fill(scratch, ByteBuffer.allocateDirect(0));
    }

    @Override
    public List<Tensor> run(List<List<Tensor>> batch) throws ModelException {
        Map<String, OnnxTensor> feed = new HashMap<>();
        try {
            for (int i = 0; i < inputs.size(); i++) {
                feed.put(inputs.get(i).name(), merge(batch, i));
            }
            try (OrtSession.Result result = session.run(feed)) {
                List<Tensor> out = new ArrayList<>(outputs.size());
                for (int i = 0; i < outputs.size(); i++) {
                    out.add(copy(outputs.get(i).name(), result.get(i)));
                }
                return out;
            }
        } catch (OrtException e) {
            throw new ModelException(String.valueOf(e.getMessage()), e);
        } finally {
            // nothing else frees them: the API has neither finalizer nor cleaner
            feed.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor merge(List<List<Tensor>> batch, int input) throws OrtException {
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
        ByteBuffer buffer = scratch(input, bytes);
        for (List<Tensor> job : batch) {
            ByteBuffer data = job.get(input).data();
            buffer.put(buffer.position(), data, 0, data.limit());
            buffer.position(buffer.position() + data.limit());
        }
        buffer.flip();
        return OnnxTensor.createTensor(environment, buffer, shape, OrtTypes.type(head.datatype()));
    }

    private ByteBuffer scratch(int input, int bytes) {
        ByteBuffer buffer = scratch[input];
        if (buffer.capacity() < bytes) {
            int capacity = Math.max(256, Integer.highestOneBit(Math.max(1, bytes - 1)) * 2);
            buffer = ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
            scratch[input] = buffer;
        }
        return buffer.clear();
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
        return Tensor.of(name, datatype, info.getShape(), tensor.getByteBuffer());
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
    public void close() {
        // the session belongs to the model
    }
}
