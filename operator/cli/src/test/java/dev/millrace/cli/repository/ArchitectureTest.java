package dev.millrace.cli.repository;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arrows of the architecture: who may know whom, and what nobody may do. */
class ArchitectureTest {
    private static final Map<String, String> MODULES = Map.of(
            "api", "crds",
            "contract", "serving-image/contract",
            "server", "serving-image/server",
            "aggregator", "serving-image/aggregator",
            "devkit", "serving-image/devkit",
            "plan", "operator/plan",
            "operator", "operator/app",
            "cli", "operator/cli");

    @SuppressWarnings("NullAway.Init")
    private static JavaClasses all;

    @BeforeAll
    static void importAll() {
        List<Path> directories = new ArrayList<>();
        MODULES.forEach((name, directory) -> {
            Path classes = Repository.ROOT.resolve(directory).resolve("target/classes");
            assertThat(classes.resolve("dev/millrace").resolve(name))
                    .as("classes of %s; `mvn verify` at the root builds all modules", directory)
                    .matches(Files::isDirectory, "is there");
            directories.add(classes);
        });
        // the protocols' message classes are generated from one set of files, by server and devkit alike
        all = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/server/proto/"))
                .importPaths(directories);
    }

    private static String of(String module) {
        return "dev.millrace." + module + "..";
    }

    /** The module boundary does most of this; the rest is that no pom opens it unseen. */
    @ParameterizedTest
    @CsvSource({
        "api, ''",
        "contract, ''",
        "server, contract",
        "aggregator, contract",
        "devkit, contract",
        "plan, api contract",
        "operator, api contract plan",
        "cli, api contract plan"
    })
    void modulesKnowOnly(String module, String known) {
        List<String> allowed = new ArrayList<>(List.of(of(module), "dev.millrace.server.proto.."));
        for (String other : known.split(" ")) {
            if (!other.isEmpty()) {
                allowed.add(of(other));
            }
        }
        noClasses()
                .that()
                .resideInAPackage(of(module))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.millrace..")
                        .and(not(resideInAnyPackage(allowed.toArray(String[]::new)))))
                .because("01-architecture: dependencies run one way")
                .check(all);
    }

    @Test
    void contractSeesNoFramework() {
        classes()
                .that()
                .resideInAPackage(of("contract"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(of("contract"), "java..", "org.jspecify..", "com.fasterxml.jackson..")
                .because("operator, server and aggregator share it, whatever they run on")
                .check(all);
    }

    @Test
    void dataPlaneNeverSeesKubernetes() {
        noClasses()
                .that()
                .resideInAnyPackage(of("server"), of("aggregator"), of("contract"), of("devkit"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..", "io.quarkus..")
                .check(all);
    }

    @Test
    void operatorNeverConnectsToStoreOrBroker() {
        noClasses()
                .that()
                .resideInAnyPackage(of("operator"), of("plan"), of("cli"), of("api"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("redis..", "org.apache.kafka..", "io.vertx.redis..", "ai.onnxruntime..")
                .because("the data plane reports itself at /millrace/status")
                .check(all);
    }

    @Test
    void planIsPure() {
        noClasses()
                .that()
                .resideInAPackage(of("plan"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.fabric8.kubernetes.client..", "io.quarkus..", "io.javaoperatorsdk..", "java.net.http..")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .because("the same spec gives the same objects, in the operator, in render and in a test")
                .check(all);
    }

    @Test
    void packagesOfAModuleFormNoCycle() {
        slices().matching("dev.millrace.(**)").should().beFreeOfCycles().check(all);
    }

    @Test
    void nobodySleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .because("what waits, waits for a condition")
                .check(all);
    }

    @Test
    void noStaticStateChanges() {
        fields().that()
                .areStatic()
                .and()
                .areDeclaredInClassesThat()
                .resideInAPackage("dev.millrace..")
                .should()
                .beFinal()
                .check(all);
    }

    @Test
    void onlyMainEndsTheProcess() {
        noClasses()
                .that()
                .doNotHaveSimpleName("Main")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(all);
    }
}
