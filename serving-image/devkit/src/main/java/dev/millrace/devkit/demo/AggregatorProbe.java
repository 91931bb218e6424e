package dev.millrace.devkit.demo;

import dev.millrace.contract.metrics.Metrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Reads an aggregator's metrics; an aggregator that does not answer has counted nothing. */
final class AggregatorProbe {
    private static final String PIPELINE = Metrics.FEATURE_PIPELINE.exposedName();
    private static final String EVENTS = Metrics.AGGREGATOR_EVENTS.exposedName();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final @Nullable URI metrics;

    AggregatorProbe(@Nullable URI metrics) {
        this.metrics = metrics;
    }

    /** Append to store acknowledgement, since the aggregator's start. */
    Histogram pipeline() {
        return Histogram.parse(scrape(), PIPELINE, "");
    }

    /** Events applied to a window since the aggregator's start. */
    double applied() {
        return scrape().lines()
                .filter(line -> line.startsWith(EVENTS + "{") && line.contains("result=\"applied\""))
                .mapToDouble(line -> Double.parseDouble(
                        line.substring(line.indexOf("} ") + 2).split(" ")[0]))
                .sum();
    }

    /** Waits until so many more than {@code already} are applied, or for {@code patience}; returns how many are. */
    double awaitApplied(double already, double more, Duration patience) {
        long start = System.nanoTime();
        double applied = 0;
        while (applied < more && System.nanoTime() - start < patience.toNanos()) {
            LockSupport.parkNanos(50_000_000);
            applied = applied() - already;
        }
        return applied;
    }

    private String scrape() {
        if (metrics == null) {
            return "";
        }
        try {
            HttpRequest request = HttpRequest.newBuilder(metrics)
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
