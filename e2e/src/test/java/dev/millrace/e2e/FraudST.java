package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.devkit.fraud.Customer;
import dev.millrace.devkit.fraud.LiveTraffic;
import dev.millrace.devkit.fraud.Population;
import dev.millrace.devkit.load.PredictAnswer;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** One stack, from nothing to nothing, and what may go wrong with it on the way. Each step leaves it healthy. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FraudST {
    private static final Duration READY = Duration.ofSeconds(90);
    private static final Duration SOON = Duration.ofSeconds(30);
    /** Until every kubelet has changed a mounted document, and the servers have followed it. */
    private static final Duration DOCUMENT = Duration.ofSeconds(100);

    private static final Duration RECOVERY = Duration.ofSeconds(120);
    private static final Path README = Path.of("samples/fraud/README.md");
    private static final long A_SECOND_OF_CALLS = 40;
    private static final long OPERATOR_LIMIT = 300L << 20;
    private static final int OPERATOR_GRACE_SECONDS = 30;

    private final Settings settings = Settings.fromEnvironment();
    private final Cluster cluster = new Cluster("payments");
    private final OperatorChart operator = new OperatorChart(cluster.client(), settings);
    private final TestBroker broker = new TestBroker(cluster);
    private final FraudStack stack = new FraudStack(cluster);
    private final LiveTraffic world = new LiveTraffic(Population.sample(), 11);
    private @Nullable Traffic traffic;
    private @Nullable Customer shopper;

    @BeforeAll
    void install() {
        operator.uninstall();
        cluster.create();
        operator.install();
        broker.deploy(settings);
    }

    @AfterAll
    void close() {
        if (traffic != null) {
            traffic.close();
        }
        operator.printLog();
        cluster.close();
    }

    @Test
    @Order(1)
    void becomesReadyByTheCommandsOfTheSamplesReadme() {
        Documented documented = new Documented(settings, cluster.namespace());
        List<String> commands = documented.commands(README, "kubectl");
        assertThat(commands).hasSize(5).last().asString().contains("port-forward");
        for (String command : commands.subList(0, 3)) {
            documented.run(command);
        }
        stack.awaitReady(READY);
        documented.run(commands.get(3));
        assertThat(cluster.readyPods(FraudStack.NAME, "server")).hasSize(2);
    }

    @Test
    @Order(2)
    void answersByRestAndGrpc() {
        traffic = new Traffic(FraudStack.NAME, cluster.address(FraudStack.NAME));
        Customer customer = world.quietCustomer();
        assertThat(traffic().ask(customer).error()).isNull();
        assertThat(traffic().askByGrpc(customer).error()).isNull();
        // the profile was loaded by the first Job; this customer has made no purchase yet
        Waiting.until(
                "approve by REST, from the profile",
                SOON,
                () -> isApproved(traffic().ask(customer)));
        Waiting.until(
                "approve by gRPC, from the profile",
                SOON,
                () -> isApproved(traffic().askByGrpc(customer)));
    }

    @Test
    @Order(3)
    void documentedCommandsWork() throws IOException {
        Documented documented = new Documented(settings, cluster.namespace());
        String forward = documented.commands(README, "kubectl").get(4);
        String curl = documented.commands(README, "curl").get(0);
        documented.forwarded(forward, port -> {
            String answer = documented.run(curl.replace("localhost:8080", "127.0.0.1:" + port));
            assertThat(answer).contains("\"label\":\"approve\"");
        });
        int ran = 0;
        for (Path page : documented.runbooks()) {
            for (String command : documented.commands(page, "kubectl")) {
                documented.run(command);
                ran++;
            }
        }
        Waiting.say("%d commands of the runbooks ran", ran);
        assertThat(ran).isGreaterThan(15);
    }

    @Test
    @Order(4)
    void burstFlipsApproveToReview() {
        Customer customer = world.quietCustomer();
        shopper = customer;
        try (Purchases purchases = new Purchases(broker.bootstrapServers())) {
            purchases.send(world.everyday(customer, System.currentTimeMillis()));
            Waiting.until(
                    "approve before the burst", SOON, () -> isApproved(traffic().ask(customer)));
            long start = System.nanoTime();
            for (int i = 0; i < 15; i++) {
                purchases.send(world.everyday(customer, System.currentTimeMillis()));
            }
            Waiting.until("approve became review", SOON, () -> "review"
                    .equals(traffic().ask(customer).label()));
            Waiting.say("%.1f s from the burst's first purchase to review", (System.nanoTime() - start) / 1e9);
        }
        traffic().start();
    }

    @Test
    @Order(5)
    void theSloIsJudgedOnceThereAreEnoughRequests() {
        Waiting.until("SLOMet is known", SOON, () -> {
            Condition met = stack.condition("SLOMet");
            return met != null && !"Unknown".equals(met.getStatus());
        });
        Waiting.say(
                "SLOMet: %s", Objects.requireNonNull(stack.condition("SLOMet")).getReason());
    }

    @Test
    @Order(6)
    void operatorIsSmall() {
        long bytes = cluster.residentBytes(operator.pod());
        Waiting.say("operator: %d MiB resident", bytes >> 20);
        assertThat(bytes).isPositive().isLessThan(OPERATOR_LIMIT);
    }

    @Test
    @Order(7)
    void badSpecNamesTheFieldAndTheStackKeepsRunning() {
        List<String> before = names(cluster.readyPods(FraudStack.NAME, "server"));
        traffic().next();
        List<String> vector = List.copyOf(features(stack.get()).getVector());
        stack.edit(model -> features(model).getVector().set(3, "purchases.count_99h"));
        Waiting.until("Stalled=True", SOON, () -> stack.is("Stalled"));
        assertThat(Objects.requireNonNull(stack.condition("Stalled")).getMessage())
                .contains("spec.features.vector[3]")
                .contains("count_99h");
        assertThat(names(cluster.readyPods(FraudStack.NAME, "server"))).isEqualTo(before);
        stack.edit(model -> features(model).setVector(vector));
        stack.awaitReady(RECOVERY);
        assertThat(names(cluster.readyPods(FraudStack.NAME, "server"))).isEqualTo(before);
        assertThat(stack.condition("Stalled")).isNull();
        assertNoErrors();
    }

    @Test
    @Order(8)
    void wrongDigestIsToldAndTheOldVersionKeepsServing() {
        String digest = Objects.requireNonNull(stack.get().getSpec().getModel().getDigest());
        List<String> before = names(cluster.readyPods(FraudStack.NAME, "server"));
        traffic().next();
        stack.edit(model -> {
            model.getSpec().getModel().setDigest("sha256:" + "0".repeat(64));
            model.getSpec().getModel().setVersion("2");
        });
        Waiting.until("ModelReady=False with reason SwapFailed", DOCUMENT, () -> {
            Condition model = stack.condition("ModelReady");
            return model != null && "SwapFailed".equals(model.getReason());
        });
        assertThat(Objects.requireNonNull(stack.condition("ModelReady")).getMessage())
                .contains("DigestMismatch", "model.digest", "version 1 keeps answering");
        assertThat(stack.is("Ready")).as("there are answers").isTrue();
        assertThat(stack.is("Stalled")).isTrue();
        assertThat(served()).isEqualTo("1");
        assertThat(traffic().ask(world.quietCustomer()).error()).isNull();
        stack.edit(model -> {
            model.getSpec().getModel().setDigest(digest);
            model.getSpec().getModel().setVersion("1");
        });
        Waiting.until("ModelReady=True", DOCUMENT, () -> stack.is("ModelReady"));
        stack.awaitReady(RECOVERY);
        assertThat(names(cluster.readyPods(FraudStack.NAME, "server"))).isEqualTo(before);
        assertNoErrors();
    }

    /** The same model with a comment in it: another file, which answers alike. */
    @Test
    @Order(9)
    void anotherVersionIsTakenByThePodsThatRunAndNoPredictionFails() throws Exception {
        List<Pod> pods = cluster.readyPods(FraudStack.NAME, "server");
        List<String> before = names(pods);
        String digest = stack.addModel("model-2.onnx");
        traffic().next();
        long start = System.nanoTime();
        stack.edit(model -> {
            model.getSpec().getModel().setStorageUri("configmap://fraud-model/model-2.onnx");
            model.getSpec().getModel().setDigest(digest);
            model.getSpec().getModel().setVersion("2");
        });
        Waiting.until(
                "answers are of version 2", DOCUMENT, () -> "2".equals(traffic().askVersion(world.quietCustomer())));
        Waiting.until("all answer with version 2", DOCUMENT, () -> stack.is("ModelReady") && "2".equals(served()));
        Waiting.say("%.1f s from the edit to version 2 in status", (System.nanoTime() - start) / 1e9);
        for (int i = 0; i < 20; i++) {
            assertThat(traffic().askVersion(world.quietCustomer())).isEqualTo("2");
        }
        List<Pod> after = cluster.readyPods(FraudStack.NAME, "server");
        assertThat(names(after)).as("no pod was replaced").isEqualTo(before);
        assertThat(after.stream().mapToInt(FraudST::restarts).sum())
                .as("no container either")
                .isEqualTo(pods.stream().mapToInt(FraudST::restarts).sum());
        assertNoErrors();
    }

    private @Nullable String served() {
        RealtimeModel model = stack.get();
        return model.getStatus() == null || model.getStatus().getModelStatus() == null
                ? null
                : model.getStatus().getModelStatus().getVersion();
    }

    @Test
    @Order(10)
    void noPredictionFailsWhileAServerPodIsDeleted() {
        traffic().next();
        Pod victim = cluster.readyPods(FraudStack.NAME, "server").get(0);
        cluster.client().resource(victim).delete();
        awaitTwoServersWithout(victim);
        Traffic.Phase seen = seenWithoutErrors();
        assertThat(seen.cut()).isLessThanOrEqualTo(A_SECOND_OF_CALLS);
        stack.awaitReady(RECOVERY);
    }

    @Test
    @Order(11)
    void predictionsAreAnsweredWhileAServerPodIsKilled() {
        traffic().next();
        Pod victim = cluster.readyPods(FraudStack.NAME, "server").get(0);
        cluster.client().resource(victim).withGracePeriod(0).delete();
        awaitTwoServersWithout(victim);
        Traffic.Phase seen = seenWithoutErrors();
        assertThat(seen.cut()).isLessThanOrEqualTo(3 * A_SECOND_OF_CALLS);
        stack.awaitReady(RECOVERY);
        // both took the place of one that was deleted, while calls went on
        cluster.readyPods(FraudStack.NAME, "server")
                .forEach(pod -> Waiting.say(
                        "server pod: created to Ready in %d s",
                        Cluster.created(pod).until(Cluster.readySince(pod), ChronoUnit.SECONDS)));
    }

    /** As the kernel's out-of-memory killer would: no goodbye to callers, and the Service knows nothing yet. */
    @Test
    @Order(12)
    void predictionsAreAnsweredWhileAServersProcessIsKilled() {
        Pod victim = cluster.readyPods(FraudStack.NAME, "server").get(0);
        Optional<ProcessHandle> process = cluster.process(victim, "server");
        Assumptions.assumeTrue(process.isPresent(), "the server's process is not of this machine");
        int before = restarts(victim);
        traffic().next();
        assertThat(process.orElseThrow().destroyForcibly()).isTrue();
        Waiting.until("the server is back in its pod", RECOVERY, () -> {
            Pod now = cluster.client().resource(victim).get();
            return now != null
                    && restarts(now) > before
                    && names(cluster.readyPods(FraudStack.NAME, "server"))
                            .contains(victim.getMetadata().getName());
        });
        Traffic.Phase seen = seenWithoutErrors();
        Waiting.say("SIGKILL of a server: %d calls were cut, and answered when sent again", seen.cut());
        assertThat(seen.cut()).isLessThanOrEqualTo(3 * A_SECOND_OF_CALLS);
        stack.awaitReady(RECOVERY);
    }

    private static int restarts(Pod pod) {
        return pod.getStatus().getContainerStatuses().stream()
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
    }

    private void awaitTwoServersWithout(Pod victim) {
        Waiting.until("two servers again", RECOVERY, () -> {
            List<Pod> ready = cluster.readyPods(FraudStack.NAME, "server");
            return ready.size() == 2
                    && !names(ready).contains(victim.getMetadata().getName());
        });
    }

    @Test
    @Order(13)
    void storeGoneIsAnsweredFlaggedAndRecovers() {
        traffic().next();
        Pod store = cluster.readyPods(FraudStack.NAME, "store").get(0);
        cluster.client().resource(store).withGracePeriod(0).delete();
        Waiting.until("answers without the profile are flagged", SOON, () -> {
            PredictAnswer answer = traffic().ask(world.quietCustomer());
            return answer.error() == null && !isFromTheModel(answer);
        });
        Waiting.until("the aggregator has filled the store again", RECOVERY, () -> {
            PredictAnswer answer = traffic().ask(shopper());
            return answer.error() == null && answer.fallback() == null && !defaulted(answer, "purchases.");
        });
        assertThat(traffic().ask(shopper()).error()).isNull();
        // the operator has seen another store and loads the batch source into it, long before the schedule would
        Waiting.until(
                "the profile is back", RECOVERY, () -> isFromTheModel(traffic().ask(world.quietCustomer())));
        Traffic.Phase seen = assertNoErrors();
        assertThat(seen.flagged()).isPositive();
        stack.awaitReady(RECOVERY);
    }

    @Test
    @Order(14)
    void kafkaGoneIsStillAnswered() {
        traffic().next();
        double dropped = logged("dropped");
        broker.stop();
        Customer customer = world.quietCustomer();
        for (int i = 0; i < 20; i++) {
            assertThat(traffic().ask(customer).error()).isNull();
            assertThat(traffic().askByGrpc(customer).error()).isNull();
        }
        Waiting.until("what the log drops is counted", RECOVERY, () -> logged("dropped") > dropped);
        broker.startAgain();
        double sent = logged("sent");
        Waiting.until("the log goes on", RECOVERY, () -> logged("sent") > sent);
        assertNoErrors();
        stack.awaitReady(RECOVERY);
    }

    /** Records of the prediction log with this result, of all servers. */
    private double logged(String result) {
        return cluster.readyPods(FraudStack.NAME, "server").stream()
                .mapToDouble(pod -> cluster.metric(pod, "millrace_log_records_total", result))
                .sum();
    }

    @Test
    @Order(15)
    void upgradingTheOperatorLeavesTheStackAlone() {
        traffic().next();
        List<String> servers = names(cluster.readyPods(FraudStack.NAME, "server"));
        String before = operator.pod().getMetadata().getName();
        operator.upgrade();
        Waiting.until(
                "another operator pod",
                SOON,
                () -> operator.pods().size() == 1
                        && !operator.pod().getMetadata().getName().equals(before));
        // it does what an operator does
        stack.edit(model -> Objects.requireNonNull(model.getSpec().getScaling()).setMaxReplicas(5));
        stack.awaitReady(RECOVERY);
        assertThat(names(cluster.readyPods(FraudStack.NAME, "server"))).isEqualTo(servers);
        assertNoErrors();
    }

    @Test
    @Order(16)
    void deletingTheModelLeavesNothing() {
        traffic().stop();
        String uid = stack.get().getMetadata().getUid();
        cluster.model(FraudStack.NAME).delete();
        Waiting.until("no object left", RECOVERY, () -> cluster.remains(uid).isEmpty());
    }

    @Test
    @Order(17)
    void theOperatorWasRefusedNothing() {
        operator.assertNothingRefused();
    }

    @Test
    @Order(18)
    void uninstallKeepsTheDefinition() {
        long start = System.nanoTime();
        operator.uninstall();
        double seconds = (System.nanoTime() - start) / 1e9;
        Waiting.say("helm uninstall, operator gone after %.1f s", seconds);
        assertThat(operator.definition()).isNotNull();
        assertThat(operator.pods()).isEmpty();
        // it stops when it is told to, and is not killed at the end of its grace period
        assertThat(seconds).isLessThan(OPERATOR_GRACE_SECONDS);
    }

    private Traffic.Phase assertNoErrors() {
        Traffic.Phase seen = seenWithoutErrors();
        assertThat(seen.cut()).isZero();
        return seen;
    }

    private Traffic.Phase seenWithoutErrors() {
        Traffic.Phase seen = traffic().next();
        Waiting.say("callers saw: %s", seen);
        assertThat(seen.answered()).isPositive();
        assertThat(seen.errors()).isEmpty();
        return seen;
    }

    private static boolean isApproved(PredictAnswer answer) {
        return isFromTheModel(answer) && "approve".equals(answer.label());
    }

    private static boolean isFromTheModel(PredictAnswer answer) {
        return answer.error() == null && answer.fallback() == null && !defaulted(answer, "profile.");
    }

    private static boolean defaulted(PredictAnswer answer, String prefix) {
        return answer.defaulted().stream().anyMatch(feature -> feature.startsWith(prefix));
    }

    /** A customer with purchases. */
    private Customer shopper() {
        return Objects.requireNonNull(shopper, "nobody has bought anything");
    }

    private Traffic traffic() {
        return Objects.requireNonNull(traffic, "the stack never answered");
    }

    private static FeaturesSpec features(RealtimeModel model) {
        return Objects.requireNonNull(model.getSpec().getFeatures());
    }

    private static List<String> names(List<Pod> pods) {
        return pods.stream().map(pod -> pod.getMetadata().getName()).sorted().toList();
    }
}
