package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.AggregationSpec;
import dev.millrace.api.v1alpha1.ColumnSpec;
import dev.millrace.api.v1alpha1.Datatype;
import dev.millrace.api.v1alpha1.FeatureGroupSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.api.v1alpha1.RequestFieldSpec;
import dev.millrace.api.v1alpha1.TensorSpec;
import dev.millrace.plan.Finding.Reason;
import dev.millrace.plan.Vectors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code spec.features.vector}, or for a ranking model {@code spec.candidates.vector}: every entry resolves, is a number, and
 * together they are the model's input.
 */
final class VectorCheck {
    private VectorCheck() {}

    static void check(RealtimeModelSpec spec, Findings findings) {
        FeaturesSpec features = spec.getFeatures();
        if (features == null) {
            return;
        }
        String field = spec.getCandidates() == null ? "spec.features.vector" : "spec.candidates.vector";
        if (spec.getCandidates() != null && !features.getVector().isEmpty()) {
            findings.error(
                    "spec.features.vector",
                    Reason.FieldDoesNotApply,
                    "a ranking model's input is candidates.vector; move it there");
        }
        List<String> vector = Vectors.of(spec);
        if (vector.isEmpty()) {
            findings.error(field, Reason.Required, "is required: the model's input, in order");
            return;
        }
        for (int i = 0; i < vector.size(); i++) {
            entry(field + "[" + i + "]", vector.get(i), features, findings);
        }
        unused(spec, features, findings);
        signature(
                field,
                spec.getModel().getInputs(),
                Vectors.expand(features, vector).size(),
                findings);
    }

    /** One name that must be a numeric request field or feature. */
    static void entry(String at, String entry, FeaturesSpec features, Findings findings) {
        if (entry.contains(".")) {
            feature(at, entry, features, findings);
        } else {
            request(at, entry, features, findings);
        }
    }

    private static void request(String at, String entry, FeaturesSpec features, Findings findings) {
        List<String> names = new ArrayList<>();
        for (RequestFieldSpec field : features.getRequest()) {
            names.add(field.getName());
            if (field.getName().equals(entry)) {
                numeric(at, entry, field.getDatatype(), findings);
                return;
            }
        }
        findings.error(
                at,
                Reason.VectorEntryUnknown,
                "'" + entry + "' is no field of features.request, " + names
                        + "; add it there, or write <group>.<feature>");
    }

    private static void feature(String at, String entry, FeaturesSpec features, Findings findings) {
        int dot = entry.indexOf('.');
        String groupName = entry.substring(0, dot);
        String feature = entry.substring(dot + 1);
        FeatureGroupSpec group = group(features, groupName);
        if (group == null) {
            findings.error(
                    at,
                    Reason.VectorEntryUnknown,
                    "'" + groupName + "' is none of features.groups, "
                            + features.getGroups().stream()
                                    .map(FeatureGroupSpec::getName)
                                    .toList()
                            + "; use one of them or add it there");
            return;
        }
        List<String> names = new ArrayList<>();
        for (AggregationSpec aggregation : group.getAggregations()) {
            names.add(aggregation.getName());
        }
        for (ColumnSpec column : group.getColumns()) {
            names.add(column.getName());
            if (column.getName().equals(feature)) {
                numeric(at, entry, column.getDatatype(), findings);
            }
        }
        if (!names.contains(feature)) {
            findings.error(
                    at,
                    Reason.VectorEntryUnknown,
                    "'" + feature + "' is no feature of group " + groupName + ", which has " + names
                            + "; use one of them or add it there");
        }
    }

    private static void numeric(String at, String entry, @Nullable Datatype datatype, Findings findings) {
        if (datatype == Datatype.BYTES) {
            findings.error(
                    at,
                    Reason.VectorEntryNotNumeric,
                    "'" + entry
                            + "' is BYTES, but the model's input is numbers; leave it out of the vector or encode it");
        }
    }

    private static void unused(RealtimeModelSpec spec, FeaturesSpec features, Findings findings) {
        Set<String> used = new HashSet<>();
        List<String> all = new ArrayList<>(Vectors.of(spec));
        all.addAll(RankingCheck.attributes(spec));
        for (String entry : all) {
            used.add(entry.contains(".") ? entry.substring(0, entry.indexOf('.')) : entry);
        }
        for (int i = 0; i < features.getGroups().size(); i++) {
            if (!used.contains(features.getGroups().get(i).getName())) {
                findings.warning(
                        "spec.features.groups[" + i + "]",
                        Reason.GroupUnused,
                        "no vector entry names " + features.getGroups().get(i).getName()
                                + ": it is filled and never read; add its features to the vector or remove it");
            }
        }
        for (int i = 0; i < features.getRequest().size(); i++) {
            if (!used.contains(features.getRequest().get(i).getName())) {
                findings.warning(
                        "spec.features.request[" + i + "]",
                        Reason.RequestFieldUnused,
                        "is not in features.vector, so the model never sees it; add it there or remove it");
            }
        }
    }

    /** With a declared signature: one input whose last dimension is the vector, or one input of one value for each place. */
    private static void signature(String field, List<TensorSpec> inputs, int width, Findings findings) {
        if (inputs.isEmpty()) {
            return;
        }
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).getDatatype() == Datatype.BYTES) {
                findings.error(
                        "spec.model.inputs[" + i + "].datatype",
                        Reason.VectorDoesNotFitModel,
                        "is BYTES, but features.vector gives numbers");
                return;
            }
        }
        long expected = inputs.size() == 1 ? last(inputs.get(0)) : inputs.size();
        if (expected > 0 && expected != width) {
            findings.error(
                    field,
                    Reason.VectorDoesNotFitModel,
                    "gives " + width + " values, but the model takes " + expected
                            + " (spec.model.inputs); add or remove entries, or correct inputs");
        }
    }

    private static long last(TensorSpec input) {
        List<Long> shape = input.getShape();
        return shape.size() < 2 ? -1 : shape.get(shape.size() - 1);
    }

    private static @Nullable FeatureGroupSpec group(FeaturesSpec features, String name) {
        return features.getGroups().stream()
                .filter(g -> g.getName().equals(name))
                .findFirst()
                .orElse(null);
    }
}
