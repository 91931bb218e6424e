package dev.millrace.operator.status;

import dev.millrace.api.v1alpha1.Datatype;
import dev.millrace.api.v1alpha1.ModelFailure;
import dev.millrace.api.v1alpha1.ModelState;
import dev.millrace.api.v1alpha1.ModelStatus;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.api.v1alpha1.TensorSpec;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.PodView.Kind;
import dev.millrace.operator.observe.PodView.Problem;
import dev.millrace.operator.observe.ServerView;
import dev.millrace.plan.ModelPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether the model of the spec is loaded, and if not, in whose words. */
final class ModelVerdict {

    /** Last words that begin with a reason: {@code DigestMismatch: …}. */
    private static final Pattern WORDS = Pattern.compile("(?s)^([A-Z][A-Za-z]+): (.*)$");

    private ModelVerdict() {}

    static Verdict of(World world) {
        ModelPlan plan = world.stack().plan().model();
        if (world.stack().plan().suspended()) {
            return Verdict.not(ConditionType.ModelReady, Reason.Suspended, "spec.suspend is true: no server runs");
        }
        Workloads.Trouble failure = failure(world);
        if (failure != null) {
            return Verdict.not(ConditionType.ModelReady, failure.reason(), failure.message());
        }
        List<PodView> behind = world.observation()
                .servers()
                .filter(pod -> isBehind(pod, world))
                .toList();
        if (!behind.isEmpty()) {
            return Verdict.not(ConditionType.ModelReady, Reason.Swapping, swapping(behind, world));
        }
        if (world.observation().servers().anyMatch(pod -> isLoaded(pod, world))) {
            return Verdict.ok(
                    ConditionType.ModelReady, Reason.Loaded, "version " + plan.version() + " (" + plan.digest() + ")");
        }
        Optional<ServerView> view =
                world.observation().servers().flatMap(ModelVerdict::view).findFirst();
        boolean warming = view.filter(v -> v.state().equals("Warming")).isPresent();
        return Verdict.not(
                ConditionType.ModelReady,
                warming ? Reason.WarmingUp : Reason.Loading,
                warming
                        ? "the model is loaded and warms up"
                        : "no server has loaded version " + plan.version() + " yet");
    }

    private static String swapping(List<PodView> behind, World world) {
        String others = behind.stream()
                .flatMap(ModelVerdict::view)
                .map(ServerView::version)
                .findFirst()
                .map(version -> "answer with version " + version)
                .orElse("do not say what they answer with");
        return behind.size() + " of " + world.observation().servers().count() + " servers " + others
                + " and have yet to take version "
                + world.stack().plan().model().version()
                + ": a mounted document takes about a minute to change";
    }

    /** The model is one that servers are to take which answer with another one meanwhile. */
    static boolean isUpdate(World world) {
        return world.observation().servers().anyMatch(pod -> pod.ready() && isBehind(pod, world));
    }

    /** A server that answers, with another version than the spec's for all we know, and is not about to be replaced. */
    private static boolean isBehind(PodView pod, World world) {
        ServerView view = pod.server();
        if (view == null) {
            return pod.ready() && changes(world);
        }
        return view.state().equals("Ready")
                && !isLoaded(pod, world)
                && !Reason.RestartNeeded.name().equals(view.reason());
    }

    /** Another model than the spec's answered last. */
    private static boolean changes(World world) {
        RealtimeModelStatus status = world.model().getStatus();
        ModelStatus stored = status == null ? null : status.getModelStatus();
        ModelPlan plan = world.stack().plan().model();
        return stored != null
                && stored.getVersion() != null
                && !(stored.getVersion().equals(plan.version())
                        && (stored.getDigest() == null || stored.getDigest().equals(plan.digest())));
    }

    /** What the servers know, whether or not the new version is the one that answers. */
    static ModelStatus status(World world, Verdict verdict, @Nullable ModelStatus stored) {
        ModelPlan plan = world.stack().plan().model();
        ModelStatus status = new ModelStatus();
        Optional<ServerView> answering = world.observation()
                .servers()
                .filter(PodView::ready)
                // the last one that is behind: the new version answers when all answer with it
                .sorted(Comparator.comparing((PodView pod) -> isLoaded(pod, world))
                        .thenComparing(pod -> pod.server() == null))
                .limit(1)
                .flatMap(ModelVerdict::view)
                .findFirst();
        if (answering.isPresent()) {
            ServerView view = answering.get();
            status.setVersion(view.version());
            status.setDigest(view.digest());
            status.setExecutionProvider(view.executionProvider());
            status.setInputs(tensors(view.inputs()));
            status.setOutputs(tensors(view.outputs()));
        } else if (verdict.ok()) {
            status.setVersion(plan.version());
            status.setDigest(plan.digest());
        } else if (stored != null && verdict.reason() != Reason.Suspended) {
            status.setVersion(stored.getVersion());
            status.setDigest(stored.getDigest());
            status.setExecutionProvider(stored.getExecutionProvider());
            status.setInputs(stored.getInputs());
            status.setOutputs(stored.getOutputs());
        }
        if (verdict.ok()) {
            status.setState(ModelState.Loaded);
        } else if (verdict.reason().isOnTheWay()) {
            status.setState(
                    world.observation().servers().findAny().isPresent() ? ModelState.Loading : ModelState.Pending);
        } else if (verdict.reason() == Reason.Suspended) {
            status.setState(ModelState.Pending);
        } else {
            status.setState(ModelState.Failed);
            ModelFailure failure = new ModelFailure();
            failure.setReason(verdict.reason().name());
            failure.setMessage(verdict.message());
            failure.setVersion(plan.version());
            status.setLastFailure(failure);
        }
        return status;
    }

    /**
     * A pod is Ready only after load and warm-up, so readiness counts where the status cannot be had; not while a model
     * takes the place of another, which readiness does not show.
     */
    private static boolean isLoaded(PodView pod, World world) {
        ServerView view = pod.server();
        if (view == null) {
            return pod.ready() && !changes(world);
        }
        ModelPlan plan = world.stack().plan().model();
        return view.state().equals("Ready")
                && view.version().equals(plan.version())
                && (view.digest() == null || view.digest().equals(plan.digest()));
    }

    /** Of the version that the spec asks for: pods of an earlier one are on their way out. */
    private static Workloads.@Nullable Trouble failure(World world) {
        String wanted = world.stack().plan().model().version();
        Optional<Workloads.Trouble> swap = world.observation()
                .servers()
                .map(pod -> swap(pod, wanted))
                .filter(Objects::nonNull)
                .findFirst();
        return swap.orElseGet(() -> start(world, wanted));
    }

    /** Of a server that goes on with the version that it has. */
    private static Workloads.@Nullable Trouble swap(PodView pod, String wanted) {
        ServerView view = pod.server();
        if (view == null || view.reason() == null || !view.state().equals("Ready")) {
            return null;
        }
        Reason reason = Reason.of(view.reason(), Reason.PartDegraded);
        String message = Objects.requireNonNullElse(view.message(), view.reason());
        boolean ofThisVersion = message.startsWith("version " + wanted + ":");
        return switch (reason) {
            case SwapFailed, ModelFileMissing ->
                ofThisVersion ? new Workloads.Trouble(Reason.SwapFailed, "Pod " + pod.name() + ": " + message) : null;
            case DocumentInvalid -> new Workloads.Trouble(reason, "Pod " + pod.name() + ": " + message);
            default -> null;
        };
    }

    private static Workloads.@Nullable Trouble start(World world, String wanted) {
        return world.observation()
                .servers()
                .filter(pod -> pod.server() == null || pod.server().version().equals(wanted))
                .map(ModelVerdict::failure)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Why this pod does not serve its model, whichever version that is. */
    static Workloads.@Nullable Trouble failure(PodView pod) {
        Problem problem = pod.problem();
        if (problem != null && problem.kind() == Kind.Loader) {
            return loader(pod.name(), problem.message());
        }
        ServerView view = pod.server();
        if (view != null && view.state().equals("Failed")) {
            return new Workloads.Trouble(
                    Reason.of(view.reason(), Reason.ModelLoadFailed),
                    "Pod " + pod.name() + ": " + Objects.requireNonNullElse(view.message(), "the model does not load"));
        }
        return null;
    }

    private static Workloads.Trouble loader(String pod, String message) {
        Matcher words = WORDS.matcher(message);
        Reason said = words.matches() ? Reason.of(words.group(1), Reason.ModelLoadFailed) : Reason.ModelLoadFailed;
        if (said != Reason.ModelLoadFailed) {
            return new Workloads.Trouble(said, "Pod " + pod + ": " + words.group(2));
        }
        // the loader names the field that is wrong; a file that it cannot have is missing, whatever the reason
        Reason guessed = message.contains("model.digest")
                ? Reason.DigestMismatch
                : message.contains("model.storageUri") ? Reason.ModelFileMissing : Reason.ModelLoadFailed;
        return new Workloads.Trouble(guessed, "Pod " + pod + ": " + message);
    }

    private static Stream<ServerView> view(PodView pod) {
        return Stream.ofNullable(pod.server());
    }

    private static List<TensorSpec> tensors(List<ServingConfig.TensorSpec> given) {
        List<TensorSpec> tensors = new ArrayList<>();
        for (ServingConfig.TensorSpec tensor : given) {
            TensorSpec spec = new TensorSpec();
            spec.setName(tensor.name());
            spec.setShape(List.copyOf(tensor.shape()));
            Arrays.stream(Datatype.values())
                    .filter(d -> d.name().equals(tensor.datatype()))
                    .findFirst()
                    .ifPresent(spec::setDatatype);
            tensors.add(spec);
        }
        return tensors;
    }
}
