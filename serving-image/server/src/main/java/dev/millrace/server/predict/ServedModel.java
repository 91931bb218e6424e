package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.BatchScheduler;
import dev.millrace.server.engine.Calibration;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.LoadException;
import dev.millrace.server.engine.LoadException.Reason;
import dev.millrace.server.engine.OnnxModel;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.features.VectorPlan;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model that is loaded and has its scheduler. Closing ends the instances first and the session then; it is the
 * {@link ModelVersion} that closes it.
 */
public record ServedModel(String version, OnnxModel model, BatchScheduler scheduler, Calibration calibration)
        implements AutoCloseable {

    /**
     * Checks that the model takes the vector: one input, [rows, width] of floating point numbers.
     *
     * @param plan null = the spec has no features: any signature will do
     */
    public static void checkVector(@Nullable VectorPlan plan, List<TensorSpec> inputs) throws LoadException {
        if (plan == null) {
            return;
        }
        if (inputs.size() != 1) {
            throw new LoadException(
                    Reason.SignatureMismatch,
                    "features.vector: the model has " + inputs.size() + " inputs "
                            + inputs.stream().map(TensorSpec::name).toList() + ", a vector feeds exactly one");
        }
        TensorSpec input = inputs.get(0);
        List<Long> shape = input.shape();
        boolean number = input.datatype().equals("FP32") || input.datatype().equals("FP64");
        boolean fits = shape.size() == 2 && (shape.get(1) == -1 || shape.get(1) == plan.width());
        if (!number || !fits) {
            throw new LoadException(
                    Reason.SignatureMismatch,
                    "features.vector: it has " + plan.width() + " places, the model's input " + input.name() + " is "
                            + input.datatype() + shape + "; it must be FP32 or FP64 of [-1, " + plan.width() + "]");
        }
    }

    /** The rows as the model's only input. */
    public Tensor input(List<double[]> rows) {
        TensorSpec spec = model.inputs().get(0);
        Datatype datatype = Datatype.valueOf(spec.datatype());
        int width = rows.get(0).length;
        ByteBuffer data = Tensor.allocate(datatype, rows.size() * width);
        for (double[] row : rows) {
            for (double v : row) {
                if (datatype == Datatype.FP64) {
                    data.putDouble(v);
                } else {
                    data.putFloat((float) v);
                }
            }
        }
        return Tensor.of(spec.name(), datatype, new long[] {rows.size(), width}, data.flip());
    }

    /** What an execution of so many rows takes, by the calibration; of more rows than a batch, in chunks. */
    long serviceNanos(int rows) {
        long nanos = 0;
        int largest = 1;
        for (Map.Entry<Integer, Long> point : calibration.meanNanos().entrySet()) {
            largest = point.getKey();
            nanos = point.getValue();
            if (largest >= rows) {
                return nanos;
            }
        }
        return nanos * ((rows + largest - 1) / largest);
    }

    @Override
    public void close() {
        scheduler.close();
        model.close();
    }
}
