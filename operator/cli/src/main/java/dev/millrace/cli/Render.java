package dev.millrace.cli;

import dev.millrace.cli.input.ModelFile;
import dev.millrace.plan.Finding;
import dev.millrace.plan.Images;
import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.check.SpecCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what the operator would apply. */
@Command(
        name = "render",
        description =
                "Print every Kubernetes object that the operator would apply, with the reason of each derived number.",
        mixinStandardHelpOptions = true)
final class Render implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "YAML file with one RealtimeModel.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "Namespace of a model that names none.")
    private @Nullable String namespace;

    @Option(
            names = "--images-prefix",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "Registry and path of Millrace's images.")
    private String imagesPrefix = "";

    @Option(
            names = "--images-release",
            paramLabel = "TAG",
            description = "Tag of Millrace's images. Default: this build's version.")
    private @Nullable String imagesRelease;

    @Option(names = "--images-server", paramLabel = "IMAGE", description = "Model server image.")
    private @Nullable String server;

    @Option(names = "--images-aggregator", paramLabel = "IMAGE", description = "Aggregator image.")
    private @Nullable String aggregator;

    @Option(names = "--images-aggregator-rocksdb", paramLabel = "IMAGE", description = "Aggregator image with RocksDB.")
    private @Nullable String aggregatorRocksDb;

    @Option(
            names = "--images-store",
            paramLabel = "IMAGE",
            description = "Store image. Default: " + Images.DEFAULT_STORE)
    private @Nullable String store;

    @Option(
            names = "--images-store-command",
            paramLabel = "COMMAND",
            split = ",",
            description = "Program of the store image. Default: valkey-server")
    private @Nullable List<String> storeCommand;

    @Override
    public Integer call() {
        ModelFile model = ModelFile.read(file, namespace);
        PrintWriter err = spec.commandLine().getErr();
        for (Finding finding : model.findings()) {
            err.println(finding);
        }
        err.flush();
        if (!SpecCheck.isPlannable(model.findings())) {
            return 1;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(Rendering.of(StackPlan.of(model.valid(), PlanInputs.of(images()))));
        out.flush();
        return 0;
    }

    private Images images() {
        Images images = Images.of(imagesPrefix, imagesRelease == null ? Version.current() : imagesRelease);
        return new Images(
                images.release(),
                server == null ? images.server() : server,
                aggregator == null ? images.aggregator() : aggregator,
                aggregatorRocksDb == null ? images.aggregatorRocksDb() : aggregatorRocksDb,
                store == null ? images.store() : store,
                storeCommand == null ? images.storeCommand() : storeCommand);
    }
}
