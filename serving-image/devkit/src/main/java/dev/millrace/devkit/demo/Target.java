package dev.millrace.devkit.demo;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The running stack.
 *
 * @param aggregatorMetrics null when it has none
 */
public record Target(
        String model,
        URI rest,
        URI grpc,
        URI metrics,
        @Nullable URI aggregatorMetrics,
        String bootstrapServers,
        String topic,
        double sloMs,
        String sloPercentile) {}
