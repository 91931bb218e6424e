package dev.millrace.aggregator.batch;

import dev.millrace.contract.config.ConfigException;
import java.util.List;
import java.util.Locale;

/** File formats of a batch group, and how DuckDB is asked for them. */
enum BatchFormat {
    PARQUET(List.of(".parquet")),
    CSV(List.of(".csv", ".csv.gz")),
    JSONL(List.of(".jsonl", ".jsonl.gz", ".ndjson", ".json"));

    private final List<String> endings;

    BatchFormat(List<String> endings) {
        this.endings = endings;
    }

    /** Of files in a directory. */
    List<String> endings() {
        return endings;
    }

    /** The name in a spec. */
    String specName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws ConfigException naming the field */
    static BatchFormat of(String group, String specName) {
        for (BatchFormat format : values()) {
            if (format.specName().equals(specName)) {
                return format;
            }
        }
        throw new ConfigException(
                "groups[" + group + "].batch.format: '" + specName + "' is none of parquet, csv, jsonl");
    }

    /** The table function that tells the columns; {@code ?} is the file. */
    String schemaQuery() {
        return switch (this) {
            case PARQUET -> "DESCRIBE SELECT * FROM read_parquet(?)";
            case CSV -> "DESCRIBE SELECT * FROM read_csv(?, header = true, all_varchar = true)";
            // all of the file: a column that is null in most rows is often left out of them
            case JSONL -> "DESCRIBE SELECT * FROM read_json(?, format = 'newline_delimited', sample_size = -1)";
        };
    }

    /** All of these columns as text, in file order; {@code ?} is the file. */
    String rowQuery(List<String> columns) {
        String selected = String.join(
                ", ",
                columns.stream().map(c -> "CAST(" + quoted(c) + " AS VARCHAR)").toList());
        return switch (this) {
            case PARQUET -> "SELECT " + selected + " FROM read_parquet(?)";
            case CSV -> "SELECT " + selected + " FROM read_csv(?, header = true, all_varchar = true)";
            case JSONL ->
                "SELECT " + selected + " FROM read_json(?, format = 'newline_delimited', columns = {"
                        + String.join(
                                ", ",
                                columns.stream()
                                        .map(c -> quoted(c) + ": 'VARCHAR'")
                                        .toList())
                        + "})";
        };
    }

    static String quoted(String column) {
        return "\"" + column.replace("\"", "\"\"") + "\"";
    }
}
