package dev.millrace.plan;

import dev.millrace.api.v1alpha1.AggregationArgs;
import dev.millrace.api.v1alpha1.AggregationFunctionName;
import dev.millrace.api.v1alpha1.AggregationSpec;
import dev.millrace.api.v1alpha1.CandidatesSpec;
import dev.millrace.api.v1alpha1.FeatureGroupSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import java.util.ArrayList;
import java.util.List;

/** The model's input, place by place. */
public final class Vectors {
    private Vectors() {}

    /** {@code features.vector}, or for a ranking model {@code candidates.vector}. */
    public static List<String> of(RealtimeModelSpec spec) {
        CandidatesSpec candidates = spec.getCandidates();
        FeaturesSpec features = spec.getFeatures();
        return candidates != null ? candidates.getVector() : features == null ? List.of() : features.getVector();
    }

    /** The vector with {@code group.feature} of a list function written out: {@code group.feature[0]} … */
    public static List<String> expand(FeaturesSpec features, List<String> vector) {
        List<String> result = new ArrayList<>();
        for (String entry : vector) {
            int n = places(features, entry);
            for (int i = 0; i < n; i++) {
                result.add(n == 1 && !isList(features, entry) ? entry : entry + "[" + i + "]");
            }
        }
        return result;
    }

    private static int places(FeaturesSpec features, String entry) {
        AggregationSpec aggregation = list(features, entry);
        AggregationArgs args = aggregation == null ? null : aggregation.getArgs();
        return args == null || args.getN() == null ? 1 : args.getN();
    }

    private static boolean isList(FeaturesSpec features, String entry) {
        return list(features, entry) != null;
    }

    private static @org.jspecify.annotations.Nullable AggregationSpec list(FeaturesSpec features, String entry) {
        for (FeatureGroupSpec group : features.getGroups()) {
            for (AggregationSpec a : group.getAggregations()) {
                boolean list = a.getFunction() == AggregationFunctionName.first_n
                        || a.getFunction() == AggregationFunctionName.last_n;
                if (list && entry.equals(group.getName() + "." + a.getName())) {
                    return a;
                }
            }
        }
        return null;
    }
}
