package dev.millrace.devkit.demo;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A classic Prometheus histogram out of a scrape, all label sets added up: cumulative count by upper bound in seconds.
 */
record Histogram(Map<Double, Double> buckets) {
    private static final Pattern LE = Pattern.compile("[{,]le=\"([^\"]+)\"");

    static Histogram parse(String scrape, String name, String label) {
        Map<Double, Double> buckets = new TreeMap<>();
        scrape.lines()
                .filter(line -> line.startsWith(name + "_bucket{") && line.contains(label))
                .forEach(line -> {
                    Matcher le = LE.matcher(line);
                    int value = line.indexOf("} ");
                    if (le.find() && value > 0) {
                        String[] parts = line.substring(value + 2).split(" ");
                        double bound =
                                le.group(1).equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le.group(1));
                        buckets.merge(bound, Double.parseDouble(parts[0]), Double::sum);
                    }
                });
        return new Histogram(buckets);
    }

    /** What was observed since {@code earlier}. */
    Histogram minus(Histogram earlier) {
        Map<Double, Double> difference = new TreeMap<>();
        buckets.forEach((bound, count) -> difference.put(bound, count - earlier.buckets.getOrDefault(bound, 0.0)));
        return new Histogram(difference);
    }

    double count() {
        return buckets.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    /** In ms, linear within a bucket as PromQL does it; null without observations. */
    @Nullable
    Double quantileMs(double q) {
        double count = count();
        if (count <= 0) {
            return null;
        }
        double rank = q * count;
        double lowerBound = 0;
        double lowerCount = 0;
        for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
            if (bucket.getValue() >= rank) {
                double bound = Double.isInfinite(bucket.getKey()) ? lowerBound : bucket.getKey();
                double inBucket = bucket.getValue() - lowerCount;
                double share = inBucket <= 0 ? 1 : (rank - lowerCount) / inBucket;
                return Math.round((lowerBound + (bound - lowerBound) * share) * 1e6) / 1e3;
            }
            lowerBound = bucket.getKey();
            lowerCount = bucket.getValue();
        }
        return Math.round(lowerBound * 1e6) / 1e3;
    }
}
