package dev.millrace.server.engine;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The warm-up sweep: every power of two is executed until it is warm and then measured, as far as a few seconds reach.
 *
 * @param meanNanos S(n) by rows, ascending; without the slowest of ten executions
 * @param serviceCv coefficient of variation of S(1)
 * @param preferredRows smallest batch beyond which S(n)/n falls by less than 10 %
 */
public record Calibration(Map<Integer, Long> meanNanos, double serviceCv, int preferredRows) {
    /** Runs that compile and fill caches, and are not counted. */
    private static final int WARM_RUNS = 20;

    private static final int MEASURED_RUNS = 30;
    /** For one size: a model of 100 ms per run would otherwise take minutes. */
    private static final long LIMIT_NANOS = 500_000_000L;
    /** For all: what a pod may take until it is ready is worth more than another point. */
    private static final long TOTAL_NANOS = 3_000_000_000L;

    private static final double WORTH_IT = 0.9;

    /**
     * @param maxRows of a batch; 1 when the model cannot batch
     * @throws LoadException when the model cannot execute its own signature
     */
    public static Calibration measure(OnnxModel model, int maxRows, ServiceTimes times) throws LoadException {
        try (Runner runner = model.newRunner()) {
            return measure(runner, model.inputs(), maxRows, times, System::nanoTime);
        } catch (ModelException e) {
            throw new LoadException(
                    LoadException.Reason.ModelInvalid,
                    "the model fails on zeros of its own signature: " + e.getMessage(),
                    e);
        }
    }

    static Calibration measure(
            Runner runner, List<TensorSpec> inputs, int maxRows, ServiceTimes times, LongSupplier clock)
            throws ModelException {
        Map<Integer, Long> means = new LinkedHashMap<>();
        double cv = 0;
        long begin = clock.getAsLong();
        int measured = 0;
        for (int rows = 1; rows <= maxRows; rows++) {
            long spent = clock.getAsLong() - begin;
            if (Integer.bitCount(rows) != 1 && rows != maxRows) {
                if (spent < TOTAL_NANOS / 4) {
                    // its own tensors and memory plan
                    runner.run(List.of(zeros(inputs, rows)));
                }
                continue;
            }
            if (measured > 0 && spent + 2 * scaled(means, measured, rows) > TOTAL_NANOS) {
                // as much for each row as the largest that was measured: what was not is not worth a larger batch
                times.seed(maxRows, scaled(means, measured, maxRows));
                break;
            }
            long[] samples = sample(runner, zeros(inputs, rows), clock);
            long[] own = undisturbed(samples);
            means.put(rows, Math.round(mean(own)));
            times.seed(rows, percentile(samples, 0.5), percentile(samples, 0.95));
            measured = rows;
            if (rows == 1) {
                cv = variation(own);
            }
        }
        return new Calibration(means, cv, preferred(means));
    }

    private static long scaled(Map<Integer, Long> means, int measured, int rows) {
        return Math.round(means.getOrDefault(measured, 0L) * ((double) rows / measured));
    }

    private static long[] sample(Runner runner, List<Tensor> inputs, LongSupplier clock) throws ModelException {
        long begin = clock.getAsLong();
        for (int i = 0; i < WARM_RUNS && clock.getAsLong() - begin < LIMIT_NANOS / 4; i++) {
            runner.run(List.of(inputs));
        }
        long[] samples = new long[MEASURED_RUNS];
        int n = 0;
        do {
            long start = clock.getAsLong();
            runner.run(List.of(inputs));
            samples[n++] = clock.getAsLong() - start;
        } while (n < MEASURED_RUNS && clock.getAsLong() - begin < LIMIT_NANOS);
        return Arrays.copyOf(samples, n);
    }

    /**
     * Without the slowest of ten: an execution that had to give way to another process took the time of that one, a hundred
     * times its own, and a single one would make any SLO look out of reach.
     */
    static long[] undisturbed(long[] samples) {
        long[] sorted = samples.clone();
        Arrays.sort(sorted);
        return Arrays.copyOf(sorted, sorted.length - sorted.length / 10);
    }

    private static double mean(long[] samples) {
        return Arrays.stream(samples).average().orElse(0);
    }

    /** Coefficient of variation. */
    static double variation(long[] samples) {
        double mean = mean(samples);
        double variance = Arrays.stream(samples)
                .mapToDouble(s -> (s - mean) * (s - mean))
                .average()
                .orElse(0);
        return mean == 0 ? 0 : Math.sqrt(variance) / mean;
    }

    private static long percentile(long[] samples, double share) {
        long[] sorted = samples.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
    }

    static int preferred(Map<Integer, Long> means) {
        int best = 1;
        double bestPerRow = Double.POSITIVE_INFINITY;
        for (Map.Entry<Integer, Long> point : means.entrySet()) {
            double perRow = (double) point.getValue() / point.getKey();
            if (perRow < bestPerRow * WORTH_IT) {
                best = point.getKey();
                bestPerRow = perRow;
            }
        }
        return best;
    }

    /** Inputs of the model's signature, all zero or empty; free dimensions other than the first are 1. */
    public static List<Tensor> zeros(List<TensorSpec> specs, int rows) {
        List<Tensor> inputs = new ArrayList<>();
        for (TensorSpec spec : specs) {
            long[] shape = spec.shape().stream().mapToLong(d -> d < 0 ? 1 : d).toArray();
            if (shape.length > 0 && spec.shape().get(0) < 0) {
                shape[0] = rows;
            }
            int elements = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
            Datatype datatype = Datatype.valueOf(spec.datatype());
            if (datatype == Datatype.BYTES) {
                String[] strings = new String[elements];
                Arrays.fill(strings, "");
                inputs.add(Tensor.of(spec.name(), shape, strings));
            } else {
                inputs.add(Tensor.of(spec.name(), datatype, shape, Tensor.allocate(datatype, elements)));
            }
        }
        return inputs;
    }
}
