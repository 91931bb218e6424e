package dev.millrace.server.stream;

import dev.millrace.contract.config.ResultVariable;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.ServingConfig.Threshold;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.Prediction;
import dev.millrace.server.predict.Reading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A result as {@code only} sees it. Pure. */
final class ResultValues {
    private final List<RequestField> request;
    private final @Nullable Threshold threshold;

    ResultValues(List<RequestField> request, @Nullable Threshold threshold) {
        this.request = request;
        this.threshold = threshold;
    }

    /** By the names of {@link ResultVariable}. */
    Map<String, Object> of(Reading reading, Prediction prediction) {
        Map<String, Object> values = new HashMap<>();
        for (ResultVariable variable : ResultVariable.values()) {
            values.put(
                    variable.variable(),
                    switch (variable) {
                        case LABEL -> prediction.label() == null ? "" : prediction.label();
                        case SCORE -> score(prediction.outputs());
                        case OUTPUTS -> outputs(prediction.outputs());
                        case ENTITIES -> reading.entity();
                        case INPUTS -> inputs(reading);
                    });
        }
        return values;
    }

    /** NaN where there is no such number. */
    private double score(List<Tensor> outputs) {
        Threshold t = threshold;
        if (t == null) {
            return outputs.size() == 1 && outputs.get(0).elements() == 1 ? number(outputs.get(0), 0) : Double.NaN;
        }
        return outputs.stream()
                .filter(o -> o.name().equals(t.output()) && t.index() < o.elements())
                .findFirst()
                .map(o -> number(o, t.index()))
                .orElse(Double.NaN);
    }

    private static double number(Tensor tensor, int i) {
        return tensor.datatype() == Datatype.BYTES ? Double.NaN : tensor.number(i);
    }

    private static Map<String, Object> outputs(List<Tensor> outputs) {
        Map<String, Object> values = new HashMap<>();
        for (Tensor output : outputs) {
            List<Object> elements = new ArrayList<>(output.elements());
            for (int i = 0; i < output.elements(); i++) {
                elements.add(element(output, i));
            }
            values.put(output.name(), elements.size() == 1 ? elements.get(0) : elements);
        }
        return values;
    }

    private static Object element(Tensor tensor, int i) {
        return switch (tensor.datatype()) {
            case BYTES -> tensor.strings()[i];
            case BOOL -> tensor.number(i) != 0;
            case FP16, FP32, FP64, UINT64 -> tensor.number(i);
            case INT64 -> tensor.data().getLong(8 * i);
            case UINT8, UINT16, UINT32, INT8, INT16, INT32 -> (long) tensor.number(i);
        };
    }

    private Map<String, Object> inputs(Reading reading) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < request.size(); i++) {
            RequestField field = request.get(i);
            String otherwise = field.defaultValue();
            double value = reading.inputs()[i];
            if (Double.isNaN(value) && otherwise != null) {
                value = Double.parseDouble(otherwise);
            }
            if (!Double.isNaN(value)) {
                values.put(field.name(), value);
            }
        }
        return values;
    }
}
