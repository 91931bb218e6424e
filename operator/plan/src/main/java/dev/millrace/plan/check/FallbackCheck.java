package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.Datatype;
import dev.millrace.api.v1alpha1.FallbackReason;
import dev.millrace.api.v1alpha1.FallbackResponse;
import dev.millrace.api.v1alpha1.FallbackSpec;
import dev.millrace.api.v1alpha1.FallbackStep;
import dev.millrace.api.v1alpha1.OutputValue;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.api.v1alpha1.TensorSpec;
import dev.millrace.api.v1alpha1.ThresholdSpec;
import dev.millrace.plan.Finding.Reason;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code spec.postProcessing} and {@code spec.fallback}: what an answer may look like. */
final class FallbackCheck {
    private static final String THRESHOLD = "spec.postProcessing.threshold";
    private static final String FALLBACK = "spec.fallback";

    private FallbackCheck() {}

    static void check(RealtimeModelSpec spec, Findings findings) {
        ThresholdSpec threshold = spec.getPostProcessing() == null
                ? null
                : spec.getPostProcessing().getThreshold();
        List<TensorSpec> outputs = spec.getModel().getOutputs();
        if (threshold != null) {
            threshold(threshold, outputs, findings);
        }
        FallbackSpec fallback = spec.getFallback();
        if (fallback != null) {
            reasons(spec, fallback, findings);
            order(spec, fallback, findings);
            if (fallback.getResponse() != null) {
                response(fallback.getResponse(), threshold, outputs, findings);
            }
        }
    }

    private static void threshold(ThresholdSpec threshold, List<TensorSpec> outputs, Findings findings) {
        findings.number(THRESHOLD + ".above", threshold.getAbove(), Reason.ThresholdInvalid);
        List<String> labels = threshold.getLabels();
        if (labels.size() != 2 || new HashSet<>(labels).size() != 2) {
            findings.error(
                    THRESHOLD + ".labels",
                    Reason.ThresholdInvalid,
                    "must be two different labels, like [approve, review]: at or below the bound, above it");
        }
        if (!findings.required(THRESHOLD + ".output", threshold.getOutput(), "probabilities") || outputs.isEmpty()) {
            return;
        }
        TensorSpec output = named(outputs, threshold.getOutput());
        if (output == null) {
            findings.error(
                    THRESHOLD + ".output",
                    Reason.ThresholdInvalid,
                    "'" + threshold.getOutput() + "' is none of model.outputs, " + names(outputs)
                            + "; use one of them");
            return;
        }
        if (output.getDatatype() == Datatype.BYTES) {
            findings.error(
                    THRESHOLD + ".output",
                    Reason.ThresholdInvalid,
                    "'" + threshold.getOutput()
                            + "' is BYTES, which no bound can be compared with; use a numeric output");
        }
        long columns = perRow(output);
        int index = threshold.getIndex() == null ? 0 : threshold.getIndex();
        if (columns > 0 && index >= columns) {
            findings.error(
                    THRESHOLD + ".index",
                    Reason.ThresholdInvalid,
                    index + " is beyond the " + columns + " columns of " + threshold.getOutput() + "; use 0 to "
                            + (columns - 1));
        }
    }

    private static void reasons(RealtimeModelSpec spec, FallbackSpec fallback, Findings findings) {
        List<FallbackReason> ofFeatures = List.of(
                FallbackReason.FeatureStoreUnavailable, FallbackReason.FeatureMissing, FallbackReason.FeatureStale);
        for (int i = 0; i < fallback.getOn().size(); i++) {
            FallbackReason reason = fallback.getOn().get(i);
            if (spec.getFeatures() == null && ofFeatures.contains(reason)) {
                findings.error(
                        FALLBACK + ".on[" + i + "]",
                        Reason.FallbackUnreachable,
                        reason + " cannot happen without features; remove it");
            }
        }
    }

    private static void order(RealtimeModelSpec spec, FallbackSpec fallback, Findings findings) {
        List<FallbackStep> order = fallback.getOrder();
        for (int i = 0; i < order.size(); i++) {
            FallbackStep step = order.get(i);
            String at = FALLBACK + ".order[" + i + "]";
            if (order.indexOf(step) < i) {
                findings.error(at, Reason.FallbackUnreachable, step + " stands there before; remove it");
            } else if (order.indexOf(FallbackStep.Default) >= 0 && order.indexOf(FallbackStep.Default) < i) {
                findings.error(
                        at,
                        Reason.FallbackUnreachable,
                        "Default always answers, so " + step + " is never tried; put it before");
            }
            if (step == FallbackStep.LastKnown && spec.getFeatures() == null) {
                findings.error(
                        at,
                        Reason.FallbackUnreachable,
                        "LastKnown is the entity's last answer, and without features there is no entity; remove it");
            }
        }
        boolean needsResponse = order.isEmpty() || order.contains(FallbackStep.Default);
        if (needsResponse && fallback.getResponse() == null) {
            findings.error(
                    FALLBACK + ".response",
                    Reason.FallbackResponseRequired,
                    "is required by the step Default; add response: {label: …} or another order");
        }
        if (!needsResponse && fallback.getResponse() != null) {
            findings.error(
                    FALLBACK + ".response",
                    Reason.FallbackUnreachable,
                    "is never given, because Default is not in order; add it there or remove the response");
        }
    }

    private static void response(
            FallbackResponse response, @Nullable ThresholdSpec threshold, List<TensorSpec> outputs, Findings findings) {
        String field = FALLBACK + ".response";
        String label = response.getLabel();
        if (label == null && response.getOutputs().isEmpty()) {
            findings.error(field, Reason.FallbackResponseRequired, "is empty; give a label or outputs");
        }
        if (threshold != null && label == null) {
            findings.error(
                    field + ".label",
                    Reason.FallbackDoesNotFit,
                    "is required, because every answer has a label of postProcessing.threshold; use one of "
                            + threshold.getLabels());
        }
        if (label != null && threshold == null) {
            findings.error(
                    field + ".label",
                    Reason.FallbackDoesNotFit,
                    "no answer has a label without postProcessing.threshold; remove it or add the threshold");
        }
        if (label != null && threshold != null && !threshold.getLabels().contains(label)) {
            findings.error(
                    field + ".label",
                    Reason.FallbackDoesNotFit,
                    "'" + label + "' is none of postProcessing.threshold.labels; use one of " + threshold.getLabels());
        }
        findings.unique(
                field + ".outputs",
                response.getOutputs().stream().map(OutputValue::getName).toList());
        for (int i = 0; i < response.getOutputs().size(); i++) {
            output(field + ".outputs[" + i + "]", response.getOutputs().get(i), outputs, findings);
        }
    }

    private static void output(String at, OutputValue value, List<TensorSpec> outputs, Findings findings) {
        findings.required(at + ".name", value.getName(), "probabilities");
        findings.required(at + ".datatype", value.getDatatype(), "FP32");
        if (value.getData().isEmpty()) {
            findings.error(at + ".data", Reason.Required, "is required: one row's values as strings, like [\"0.0\"]");
        }
        if (value.getDatatype() != Datatype.BYTES && value.getDatatype() != Datatype.BOOL) {
            for (int d = 0; d < value.getData().size(); d++) {
                findings.number(at + ".data[" + d + "]", value.getData().get(d), Reason.FallbackDoesNotFit);
            }
        }
        if (outputs.isEmpty()) {
            return; // the server compares with the file's signature when it loads it
        }
        TensorSpec output = named(outputs, value.getName());
        if (output == null) {
            findings.error(
                    at + ".name",
                    Reason.FallbackDoesNotFit,
                    "'" + value.getName() + "' is none of model.outputs, " + names(outputs) + "; use one of them");
            return;
        }
        if (output.getDatatype() != value.getDatatype()) {
            findings.error(
                    at + ".datatype",
                    Reason.FallbackDoesNotFit,
                    value.getDatatype() + " is not " + output.getDatatype() + ", the datatype in model.outputs");
        }
        long columns = perRow(output);
        if (columns > 0 && columns != value.getData().size()) {
            findings.error(
                    at + ".data",
                    Reason.FallbackDoesNotFit,
                    "has " + value.getData().size() + " values, but a row of " + value.getName() + " has " + columns);
        }
    }

    /** Values of one row; -1 = may vary. */
    private static long perRow(TensorSpec output) {
        long product = 1;
        for (int d = 1; d < output.getShape().size(); d++) {
            long dimension = output.getShape().get(d);
            if (dimension < 0) {
                return -1;
            }
            product *= dimension;
        }
        return output.getShape().isEmpty() ? -1 : product;
    }

    private static @Nullable TensorSpec named(List<TensorSpec> tensors, String name) {
        return tensors.stream()
                .filter(t -> t.getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static List<String> names(List<TensorSpec> tensors) {
        return tensors.stream().map(TensorSpec::getName).toList();
    }
}
