package dev.millrace.contract.metrics;

import java.util.List;
import java.util.Locale;

/** The catalogue as the page {@code docs/metrics.md}. */
public final class MetricsDoc {
    private MetricsDoc() {}

    public static String markdown() {
        StringBuilder s = new StringBuilder();
        s.append(
                """
                # Metrics

                Generated from the catalogue in `serving-image/contract`; do not edit by hand. Counters are shown with
                the `_total` that they have in a scrape. Scraping adds `pod`.

                """);
        section(s, "Model server", Metrics.SERVER_LABELS, Metrics.server());
        s.append('\n');
        section(s, "Aggregator", Metrics.AGGREGATOR_LABELS, Metrics.aggregator());
        return s.toString();
    }

    private static void section(StringBuilder s, String title, List<String> common, List<Metric> metrics) {
        s.append("## ").append(title).append("\n\nEvery metric has the labels ");
        s.append(labels(common)).append(".\n\n");
        s.append("| metric | type | unit | own labels | meaning |\n|---|---|---|---|---|\n");
        for (Metric m : metrics) {
            s.append("| `")
                    .append(m.exposedName())
                    .append("` | ")
                    .append(m.type().name().toLowerCase(Locale.ROOT))
                    .append(" | ")
                    .append(m.unit())
                    .append(" | ")
                    .append(labels(m.labels()))
                    .append(" | ")
                    .append(m.help().replace("|", "\\|"))
                    .append(" |\n");
        }
    }

    private static String labels(List<String> labels) {
        return labels.isEmpty() ? "" : "`" + String.join("`, `", labels) + "`";
    }
}
