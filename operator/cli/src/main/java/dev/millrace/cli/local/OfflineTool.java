package dev.millrace.cli.local;

import dev.millrace.cli.input.ModelFile;
import dev.millrace.contract.config.Json;
import dev.millrace.plan.Images;
import dev.millrace.plan.Placement;
import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.check.SpecCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program of the aggregator's jars that works on files, with the document that the model's servers get. */
final class OfflineTool {
    private static final List<String> JVM = List.of("-Xmx512m", "-XX:+UseSerialGC");

    private OfflineTool() {}

    /**
     * Its exit code; 1 when the model cannot be planned.
     *
     * @param args all but {@code --config}
     * @param err takes what is wrong with the model
     */
    static int run(Path model, String mainClass, List<String> args, PrintWriter err)
            throws IOException, InterruptedException {
        ModelFile file = ModelFile.read(model, null);
        file.findings().forEach(err::println);
        err.flush();
        if (!SpecCheck.isPlannable(file.findings())) {
            return 1;
        }
        StackPlan plan = StackPlan.of(file.valid(), PlanInputs.of(Images.of("", "local")));
        Path document = Files.createTempFile("millrace-serving", ".json");
        try {
            // paths in it are a cluster's; only what the features are, and the log's topic, is read
            Files.writeString(document, Json.write(plan.servingConfig(Placement.kubernetes(plan))));
            List<String> all = new ArrayList<>(List.of("--config", document.toString()));
            all.addAll(args);
            LocalProcess process = LocalProcess.start(
                    new LocalProcess.Spec("offline", Home.find().lib("aggregator"), mainClass, JVM, all, true),
                    Path.of(""));
            try {
                return process.await();
            } finally {
                process.askToStop();
                process.awaitStop();
            }
        } finally {
            Files.deleteIfExists(document);
        }
    }
}
