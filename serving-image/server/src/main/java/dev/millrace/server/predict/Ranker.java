package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig.Diversity;
import dev.millrace.contract.config.ServingConfig.Ranking;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.LoadException;
import dev.millrace.server.engine.LoadException.Reason;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.features.VectorPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code postProcessing.ranking}: scored items become a list. What is required and not there is left out; then the next item
 * is always the one with the highest marginal relevance, {@code lambda * relevance - (1 - lambda) * [its kind is shown]}. Pure.
 */
public final class Ranker {
    private final Ranking spec;
    private final int kindPlace;
    private final int[] requiredPlaces;
    private final int width;

    /** @param plan of the same spec */
    public Ranker(Ranking spec, VectorPlan plan) {
        this.spec = spec;
        Diversity diversity = spec.diversity();
        this.width = plan.width();
        this.kindPlace = diversity == null ? -1 : plan.names().indexOf(diversity.by());
        this.requiredPlaces =
                spec.require().stream().mapToInt(plan.names()::indexOf).toArray();
    }

    /** Checks that there is a number to rank by. */
    public void check(List<TensorSpec> outputs) throws LoadException {
        TensorSpec output = output(outputs);
        long columns = output.shape().stream().skip(1).reduce(1L, (a, b) -> a < 0 || b < 0 ? -1 : a * b);
        if (columns >= 0 && spec.index() >= columns) {
            throw new LoadException(
                    Reason.SignatureMismatch,
                    "postProcessing.ranking.index: " + output.name() + " has " + columns + " columns, so no index "
                            + spec.index());
        }
    }

    private TensorSpec output(List<TensorSpec> outputs) throws LoadException {
        List<TensorSpec> numbers = outputs.stream()
                .filter(o -> o.datatype().equals("FP32") || o.datatype().equals("FP64"))
                .filter(o -> spec.output() == null || o.name().equals(spec.output()))
                .toList();
        if (numbers.size() != 1) {
            List<String> names = outputs.stream().map(TensorSpec::name).toList();
            throw new LoadException(
                    Reason.SignatureMismatch,
                    spec.output() == null
                            ? "postProcessing.ranking.output: is required, the model has the outputs " + names
                            : "postProcessing.ranking.output: the model has no floating point output " + spec.output()
                                    + ", only " + names);
        }
        return numbers.get(0);
    }

    /** Relevance of one row; NaN = the model says nothing. */
    public double relevance(List<Tensor> outputs) {
        for (Tensor t : outputs) {
            boolean number =
                    t.datatype().name().equals("FP32") || t.datatype().name().equals("FP64");
            if (number && (spec.output() == null || t.name().equals(spec.output()))) {
                int at = spec.index() < 0 ? t.elements() - 1 : spec.index();
                return at < t.elements() ? t.number(at) : Double.NaN;
            }
        }
        return Double.NaN;
    }

    /**
     * One scored item.
     *
     * @param values its vector and what else was read; null = nothing is known of it
     */
    public record Scored(Map<String, String> keys, double relevance, double @Nullable [] values) {}

    /** The first {@code topK}; ties by the caller's order. */
    public List<RankedItem> rank(List<Scored> scored) {
        List<Scored> left = new ArrayList<>();
        for (Scored s : scored) {
            if (!Double.isNaN(s.relevance()) && hasAll(s.values())) {
                left.add(s);
            }
        }
        // stable: equal relevance keeps the caller's order
        left.sort((a, b) -> Double.compare(b.relevance(), a.relevance()));
        int n = Math.min(spec.topK(), left.size());
        Diversity diversity = spec.diversity();
        List<RankedItem> ranked = new ArrayList<>(n);
        if (diversity == null || left.isEmpty()) {
            for (Scored s : left.subList(0, n)) {
                ranked.add(item(s, ranked.size() + 1));
            }
            return ranked;
        }
        double highest = left.get(0).relevance();
        double range = highest - left.get(left.size() - 1).relevance();
        Set<Double> shown = new HashSet<>();
        while (ranked.size() < n) {
            int best = next(left, shown, diversity.lambda(), highest, range);
            Scored chosen = left.remove(best);
            shown.add(kind(chosen));
            ranked.add(item(chosen, ranked.size() + 1));
        }
        return ranked;
    }

    private int next(List<Scored> left, Set<Double> shown, double lambda, double highest, double range) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < left.size(); i++) {
            Scored s = left.get(i);
            // scaled to 0..1 within the call, so that lambda weighs the same for every model
            double relevance = range > 0 ? 1 - (highest - s.relevance()) / range : 1;
            double marginal = lambda * relevance - (1 - lambda) * (shown.contains(kind(s)) ? 1 : 0);
            if (marginal > most) {
                most = marginal;
                best = i;
            }
        }
        return best;
    }

    private double kind(Scored s) {
        double[] values = s.values();
        return values == null ? Double.NaN : values[kindPlace];
    }

    private boolean hasAll(double @Nullable [] values) {
        return values == null
                ? requiredPlaces.length == 0
                : Arrays.stream(requiredPlaces).allMatch(p -> values[p] != 0 && !Double.isNaN(values[p]));
    }

    private RankedItem item(Scored s, int rank) {
        double[] values = s.values();
        return new RankedItem(s.keys(), s.relevance(), rank, values == null ? null : Arrays.copyOf(values, width));
    }

    /** A list that was made before, of the items that this call names. */
    public List<RankedItem> again(List<RankedItem> before, List<Map<String, String>> items) {
        Set<Map<String, String>> named = new HashSet<>(items);
        List<RankedItem> found = new ArrayList<>();
        for (RankedItem item : before) {
            if (named.contains(item.keys()) && found.size() < spec.topK()) {
                found.add(new RankedItem(item.keys(), item.score(), found.size() + 1, null));
            }
        }
        return found;
    }

    /** The caller's own order, all with the same score. */
    public List<RankedItem> asCalled(List<Map<String, String>> items, double score) {
        List<RankedItem> all = new ArrayList<>();
        for (Map<String, String> keys : items.subList(0, Math.min(spec.topK(), items.size()))) {
            all.add(new RankedItem(keys, score, all.size() + 1, null));
        }
        return all;
    }
}
