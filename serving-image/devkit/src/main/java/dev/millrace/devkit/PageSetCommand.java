package dev.millrace.devkit;

import dev.millrace.devkit.shop.PageSet;
import dev.millrace.devkit.shop.Shop;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the recommendations sample's training set and catalogue. */
@Command(
        name = "page-set",
        mixinStandardHelpOptions = true,
        description =
                "Simulate a shop and write what a ranker learns from: items shown, and what became of them, as CSV.")
final class PageSetCommand implements Callable<Integer> {
    /** 2026-01-01T00:00:00Z: any fixed time, so that equal seeds give equal files. */
    private static final long START_MS = 1_767_225_600_000L;

    @Option(names = "--out", required = true, description = "CSV file to write")
    Path out = Path.of("pages.csv");

    @Option(names = "--catalogue", description = "also write the items to this CSV file")
    @Nullable
    Path catalogue;

    @Option(names = "--pages", defaultValue = "8000")
    int pages;

    @Option(names = "--seed", defaultValue = "11", description = "of the events; users and items are the sample's")
    long seed;

    @Option(names = "--visits", defaultValue = "0.3", description = "a second")
    double visits;

    @Override
    public Integer call() throws IOException {
        Shop shop = Shop.sample();
        if (catalogue != null) {
            try (Writer writer = Files.newBufferedWriter(catalogue, StandardCharsets.UTF_8)) {
                shop.writeCatalogue(writer);
            }
        }
        try (Writer writer = Files.newBufferedWriter(out, StandardCharsets.UTF_8)) {
            new PageSet(shop, seed).write(writer, START_MS, visits, pages);
        }
        return 0;
    }
}
