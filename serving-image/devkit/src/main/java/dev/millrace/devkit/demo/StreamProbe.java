package dev.millrace.devkit.demo;

import dev.millrace.contract.metrics.Metrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Reads what a server says of the topic that it scores; a server that does not answer has counted nothing. */
final class StreamProbe {
    private static final String READINGS = Metrics.STREAM_READINGS.exposedName();
    private static final String RESULT = Metrics.STREAM_RESULT.exposedName();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final URI metrics;

    StreamProbe(URI metrics) {
        this.metrics = metrics;
    }

    /** Readings whose transaction was committed, by what became of them. */
    record Counts(long scored, long filtered, long deadLetters) {
        long all() {
            return scored + filtered + deadLetters;
        }
    }

    Counts counts() {
        String scrape = scrape();
        return new Counts(count(scrape, "scored"), count(scrape, "filtered"), count(scrape, "dead_letter"));
    }

    /** From a reading's time to the commit of what became of it. */
    Histogram results() {
        return Histogram.parse(scrape(), RESULT, "");
    }

    private static long count(String scrape, String result) {
        return (long) scrape.lines()
                .filter(line -> line.startsWith(READINGS + "{") && line.contains("result=\"" + result + "\""))
                .mapToDouble(line -> Double.parseDouble(
                        line.substring(line.indexOf("} ") + 2).split(" ")[0]))
                .sum();
    }

    private String scrape() {
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
