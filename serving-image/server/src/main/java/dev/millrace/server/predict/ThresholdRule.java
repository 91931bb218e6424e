package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.contract.config.ServingConfig.Threshold;
import dev.millrace.server.engine.LoadException;
import dev.millrace.server.engine.LoadException.Reason;
import dev.millrace.server.engine.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code postProcessing.threshold}: a number of the output becomes a label. Pure. */
public final class ThresholdRule {
    private final @Nullable Threshold spec;

    public ThresholdRule(@Nullable Threshold spec) {
        this.spec = spec;
    }

    /** Checks that the output exists and has the column. */
    public void check(List<TensorSpec> outputs) throws LoadException {
        Threshold t = spec;
        if (t == null) {
            return;
        }
        TensorSpec output = outputs.stream()
                .filter(o -> o.name().equals(t.output()))
                .findFirst()
                .orElseThrow(() -> new LoadException(
                        Reason.SignatureMismatch,
                        "postProcessing.threshold.output: the model has no output " + t.output() + ", only "
                                + outputs.stream().map(TensorSpec::name).toList()));
        long columns = output.shape().stream().skip(1).reduce(1L, (a, b) -> a < 0 || b < 0 ? -1 : a * b);
        if (output.datatype().equals("BYTES")) {
            throw new LoadException(
                    Reason.SignatureMismatch, "postProcessing.threshold.output: " + t.output() + " holds no numbers");
        }
        if (columns >= 0 && t.index() >= columns) {
            throw new LoadException(
                    Reason.SignatureMismatch,
                    "postProcessing.threshold.index: " + t.output() + " has " + columns + " columns, so no index "
                            + t.index());
        }
    }

    /**
     * The score of one row.
     *
     * @param outputs of one row
     * @return null when the number is NaN: a model that says nothing must not read as "below"
     */
    public @Nullable Score score(List<Tensor> outputs) {
        Threshold t = spec;
        if (t == null) {
            return new Score(null, outputs);
        }
        for (Tensor output : outputs) {
            if (output.name().equals(t.output())) {
                double value = t.index() < output.elements() ? output.number(t.index()) : Double.NaN;
                return Double.isNaN(value) ? null : new Score(t.labels().get(value > t.above() ? 1 : 0), outputs);
            }
        }
        return null;
    }
}
