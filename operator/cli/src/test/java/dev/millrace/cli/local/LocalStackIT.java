package dev.millrace.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.cli.input.InputException;
import dev.millrace.cli.repository.Repository;
import dev.millrace.devkit.documents.Block;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fraud sample's own spec as a local stack: predictions from live features. */
class LocalStackIT {
    private static final PrintWriter OUT = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    @TempDir
    static Path workDir;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Session session;

    @SuppressWarnings("NullAway.Init")
    private static RunningStack stack;

    @BeforeAll
    static void start() {
        session = Session.open(Home.find().sample("fraud"), anyPorts(), OUT);
        session.stack().awaitReady();
        stack = new RunningStack(session.stack());
        System.out.println("stack ready after " + session.stack().startupSeconds() + " s");
    }

    @AfterAll
    static void everyProcessIsGoneAfterStop() {
        List<ProcessHandle> processes = session.stack().processes();
        session.close();
        // store, broker, aggregator, server; the store's guard, Redis itself
        assertThat(processes).hasSizeGreaterThanOrEqualTo(6);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> processes.stream()
                .noneMatch(ProcessHandle::isAlive));
    }

    private static LocalOptions anyPorts() {
        LocalOptions options = new LocalOptions();
        options.workDir = workDir;
        return options;
    }

    /** Every curl line that a document tells a reader to try. */
    @Test
    void documentedCallsAreAnswered() throws Exception {
        String here = "127.0.0.1:" + session.stack().layout().ports().rest() + "/";
        int called = 0;
        for (Path document : Repository.documents()) {
            if (document.endsWith("docs/clients.md")) {
                // its calls, good and bad, are made by e2e/conformance
                continue;
            }
            for (Block block : Block.of(Repository.read(document))) {
                for (String command : block.language().equals("sh") ? block.commands() : List.<String>of()) {
                    if (command.startsWith("curl ")
                            && command.contains(" localhost:8080/")
                            // asked by RecommendationsIT
                            && !command.contains("/models/recommendations/")
                            // nobody needs to ask this one
                            && !command.contains("/models/anomaly-detection/")) {
                        assertAnswered(command.replace("localhost:8080/", here).replaceFirst("^curl ", "curl -f "));
                        called++;
                    }
                }
            }
        }
        // the README's and the sample's
        assertThat(called).isGreaterThanOrEqualTo(2);
    }

    private static void assertAnswered(String command) throws Exception {
        Process curl = new ProcessBuilder("bash", "-c", command)
                .redirectErrorStream(true)
                .start();
        String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor()).as(command + ": " + answer).isZero();
        assertThat(new ObjectMapper()
                        .readTree(answer)
                        .at("/predictions/0/label")
                        .asText())
                .isIn("approve", "review");
    }

    @Test
    void answersFromTheProfileThatWasLoaded() throws Exception {
        String call =
                "{\"id\":\"a\",\"entities\":[{\"customer_id\":\"c-17\"}],\"inputs\":{\"amount\":40},\"explain\":true}";
        // On a busy machine a first call may miss its deadline and get the fallback, flagged.
        JsonNode answer = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> stack.post("/v2/models/fraud/predict", call, 200),
                        a -> a.at("/predictions/0/flags/fallback").isNull());
        assertThat(answer.get("id").asText()).isEqualTo("a");
        JsonNode prediction = answer.at("/predictions/0");
        assertThat(prediction.get("label").asText()).isEqualTo("approve");
        assertThat(prediction.get("explain"))
                .filteredOn(e -> e.get("feature").asText().equals("profile.avg_30d_spend"))
                .singleElement()
                .satisfies(e -> assertThat(e.get("status").asText()).isEqualTo("Fresh"));
    }

    @Test
    void aBurstOfPurchasesFlipsApproveToReview() throws Exception {
        String customer = "c-1";
        assertThat(stack.label(customer)).isEqualTo("approve");
        List<String> burst = IntStream.range(0, 15)
                .mapToObj(i -> RunningStack.purchase("b-" + i, customer, "m-" + i, 35 + i))
                .toList();
        long start = System.nanoTime();
        stack.append("purchases", customer, burst);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> stack.label(customer).equals("review"));
        System.out.printf(
                "approve became review %d ms after the burst began%n", (System.nanoTime() - start) / 1_000_000);
        assertThat(stack.label("c-2")).isEqualTo("approve");
    }

    @Test
    void aMalformedEventGoesToTheDeadLetterTopicAndTheStreamGoesOn() throws Exception {
        String customer = "c-3";
        stack.append("purchases", customer, List.of("{not json", "{\"customer_id\":\"c-3\",\"amount\":\"much\"}"));
        stack.append(
                "purchases",
                customer,
                IntStream.range(0, 15)
                        .mapToObj(i -> RunningStack.purchase("d-" + i, customer, "m-" + i, 30))
                        .toList());
        List<ConsumerRecord<String, String>> dead = stack.read("purchases.fraud.dlq", 2);
        assertThat(dead).extracting(ConsumerRecord::value).contains("{not json");
        assertThat(dead)
                .allSatisfy(record -> assertThat(record.headers().toArray()).isNotEmpty());
        dead.forEach(record -> System.out.println(record.value() + " <- " + record.headers()));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> stack.label(customer).equals("review"));
    }

    @Test
    void aMalformedRequestIsToldItsFieldAndNoStackTrace() throws Exception {
        JsonNode answer =
                stack.post("/v2/models/fraud/predict", "{\"entities\":[{\"customer_id\":\"c-1\"}],\"inputs\":{}}", 400);
        assertThat(answer.toString()).contains("amount").doesNotContain("Exception", "\tat ");
    }

    @Test
    void predictionsAreLogged() throws Exception {
        stack.label("c-4");
        assertThat(stack.read("predictions", 1)).isNotEmpty();
    }

    @Test
    void aTakenPortIsSaidBeforeAnythingStarts() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            LocalOptions options = anyPorts();
            options.grpcPort = taken.getLocalPort();
            List<ProcessHandle> before = ProcessHandle.current().children().toList();
            assertThatThrownBy(() -> Session.open(Home.find().sample("fraud"), options, OUT))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()))
                    .hasMessageContaining("--grpc-port");
            assertThat(ProcessHandle.current().children().toList()).isEqualTo(before);
        }
    }
}
