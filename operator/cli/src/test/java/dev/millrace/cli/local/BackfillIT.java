package dev.millrace.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command: a model's YAML and files in, a training set out. What is in it is the aggregator's own test. */
class BackfillIT {
    @TempDir
    Path dir;

    @Test
    void aModelAndFilesBecomeATrainingSet() throws Exception {
        Files.writeString(
                dir.resolve("model.yaml"),
                Files.readString(Home.find().dir().resolve("samples/fraud/model.yaml"))
                        .replace("format: csv", "format: csv\n        timestampField: updated_at"));
        Files.writeString(
                dir.resolve("labels.csv"),
                """
                customer_id,event_time,amount,is_fraud
                c-1,2026-11-28T12:00:00Z,10,false
                c-2,2026-11-28T12:00:00Z,20,true
                """);
        Files.writeString(
                dir.resolve("purchases.jsonl"),
                """
                {"customer_id":"c-1","amount":5,"merchant_id":"m","status":"OK","ts":1795866900000}
                {"customer_id":"c-1","amount":7,"merchant_id":"m","status":"OK","ts":1795867200000}
                """);
        Files.writeString(
                dir.resolve("profile.csv"),
                """
                customer_id,avg_30d_spend,account_age_days,chargebacks_1y,home_risk,updated_at
                c-2,12.5,100,0,0.25,2026-11-28T02:00:00Z
                """);
        Path out = dir.resolve("train.parquet");

        String[] command = {
            "backfill",
            "-f",
            dir.resolve("model.yaml").toString(),
            "--labels",
            dir.resolve("labels.csv").toString(),
            "--events",
            "purchases=" + dir.resolve("purchases.jsonl"),
            "--events",
            "profile=" + dir.resolve("profile.csv"),
            "--out",
            out.toString(),
            "--workers",
            "2"
        };
        assertThat(Main.commandLine().execute(command)).isZero();
        assertThat(out).isNotEmptyFile();
        assertThat(Files.readAllBytes(out)).startsWith('P', 'A', 'R', '1');

        Files.writeString(dir.resolve("model.yaml"), "kind: RealtimeModel\n");
        StringWriter err = new StringWriter();
        assertThat(Main.commandLine().setErr(new PrintWriter(err)).execute(command))
                .isEqualTo(1);
        assertThat(err.toString()).isNotBlank();
    }
}
