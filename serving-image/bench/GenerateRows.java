import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;

/** Rows of a batch group as a file: GenerateRows FORMAT ROWS FILE, with DuckDB on the class path. Twenty numeric columns. */
class GenerateRows {
    public static void main(String[] args) throws Exception {
        StringBuilder columns = new StringBuilder("'c-' || i AS customer_id, epoch_ms(1795485600000 + i % 86400000) AS updated_at");
        for (int c = 0; c < 20; c++) {
            columns.append(", CAST(hash(i * 20 + ").append(c).append(") % 1000000 AS FLOAT) / 7 AS f").append(c);
        }
        String options = switch (args[0]) {
            case "parquet" -> "FORMAT parquet, COMPRESSION zstd";
            case "csv" -> "FORMAT csv, HEADER";
            default -> "FORMAT json";
        };
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute("SET threads = 1");
            statement.execute("SET memory_limit = '1GB'");
            statement.execute("COPY (SELECT " + columns + " FROM range(" + args[1] + ") t(i)) TO '" + args[2] + "' (" + options + ")");
        }
    }
}
