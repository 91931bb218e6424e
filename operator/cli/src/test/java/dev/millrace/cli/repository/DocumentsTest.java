package dev.millrace.cli.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.cli.Main;
import dev.millrace.devkit.documents.Block;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * What a document shows is true: specs pass the check, commands exist with these options, links lead somewhere. Calls are made by
 * {@code LocalStackIT} and what needs a cluster is run by {@code FraudST}, which both take it from the documents.
 */
class DocumentsTest {
    private static final Set<String> LANGUAGES =
            Set.of("yaml", "json", "sh", "promql", "text", "python", "java", "xml");
    private static final Pattern ASSIGNMENT = Pattern.compile("([A-Z_]+=\\S*\\s*)+");

    /** In the text, not in a block. */
    private static final Pattern INLINE_MILLRACE = Pattern.compile("`\\./millrace ([^`]+)`");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+?)(#[^)]*)?\\)");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path dir;

    static Stream<Path> documents() {
        return Repository.documents().stream();
    }

    static Stream<Arguments> blocks() {
        return documents().flatMap(document -> Block.of(Repository.read(document)).stream()
                .map(block -> Arguments.of(document, block.line(), block)));
    }

    static Stream<Arguments> commands() {
        return blocks().filter(
                        arguments -> ((Block) arguments.get()[2]).language().equals("sh"))
                .flatMap(arguments -> ((Block) arguments.get()[2])
                        .commands().stream()
                                .map(command -> Arguments.of(arguments.get()[0], command)));
    }

    @ParameterizedTest(name = "{0}:{1}")
    @MethodSource("blocks")
    void blockSaysItsLanguageAndIsRight(Path document, int line, Block block) throws Exception {
        assertThat(block.language()).isIn(LANGUAGES);
        switch (block.language()) {
            case "yaml" -> yamlIsRight(block.text());
            case "json" -> new ObjectMapper().readTree(block.text());
            case "sh" -> shellAccepts(block.text());
            default -> assertThat(block.text()).isNotBlank();
        }
    }

    private void yamlIsRight(String text) throws Exception {
        List<JsonNode> objects = new YAMLMapper()
                .readerFor(JsonNode.class)
                .<JsonNode>readValues(text)
                .readAll();
        assertThat(objects).isNotEmpty();
        if (objects.get(0).path("kind").asText().equals("RealtimeModel")) {
            Path file = Files.writeString(dir.resolve("model.yaml"), text);
            StringWriter out = new StringWriter();
            int exit = Main.commandLine().setOut(new PrintWriter(out)).execute("check", "-f", file.toString());
            assertThat(out.toString()).endsWith("no errors, no warnings\n");
            assertThat(exit).isZero();
        }
    }

    private void shellAccepts(String text) throws Exception {
        Path script = Files.writeString(dir.resolve("block.sh"), text);
        Process bash = new ProcessBuilder("bash", "-n", script.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(bash.waitFor()).isZero();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("commands")
    void commandIsRight(Path document, String command) {
        String bare =
                ASSIGNMENT.matcher(command).lookingAt() ? command.replaceFirst(ASSIGNMENT.pattern(), "") : command;
        if (bare.isEmpty()) {
            return; // variables of the commands below it
        }
        List<String> words = Block.words(bare);
        String program = words.get(0);
        List<String> rest = words.subList(1, words.size());
        switch (program) {
            case "./millrace" -> millraceParses(rest);
            case "mvn" -> mavenKnows(rest);
            case "curl" ->
                assertThat(rest)
                        .as("LocalStackIT asks the fraud sample")
                        .anyMatch(word -> word.startsWith("localhost:8080/"));
            case "kubectl" ->
                assertThat(document)
                        .as("FraudST runs what these documents say")
                        .matches(path -> path.startsWith("docs/runbooks") || path.startsWith("samples/fraud"));
            case "helm" ->
                assertThat(Repository.ROOT.resolve(rest.get(2)).resolve("Chart.yaml"))
                        .exists();
            case "java" -> assertThat(words).contains("dev.millrace.devkit.Main");
            case "python3", "venv/bin/pip", "venv/bin/python" ->
                rest.stream().filter(word -> word.startsWith("samples/")).forEach(file -> assertThat(
                                Repository.ROOT.resolve(file))
                        .exists());
            default -> {
                assertThat(program).as("a program of this repository").contains("/");
                assertThat(Repository.ROOT.resolve(program)).isExecutable();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void commandsInTheTextExist(Path document) {
        INLINE_MILLRACE
                .matcher(Repository.read(document))
                .results()
                .forEach(match -> millraceParses(Block.words(match.group(1))));
    }

    private static void millraceParses(List<String> arguments) {
        CommandLine.ParseResult parsed = Main.commandLine().parseArgs(arguments.toArray(String[]::new));
        assertThat(parsed.errors()).isEmpty();
        if (arguments.get(0).equals("load")) {
            // hands its options on
            assertThat(dev.millrace.devkit.Main.commandLine()
                            .parseArgs(arguments.toArray(String[]::new))
                            .errors())
                    .isEmpty();
        }
        int file = arguments.indexOf("-f");
        if (file >= 0) {
            assertThat(Repository.ROOT.resolve(arguments.get(file + 1))).exists();
        }
    }

    private static void mavenKnows(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("-pl")) {
                assertThat(Repository.ROOT.resolve(arguments.get(i + 1)).resolve("pom.xml"))
                        .exists();
            } else if (argument.startsWith("-Dtest=")) {
                String test = argument.substring("-Dtest=".length()) + ".java";
                assertThat(Repository.exists(test)).as(test).isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadSomewhere(Path document) {
        Path file = Repository.ROOT.resolve(document);
        List<String> broken = LINK.matcher(Repository.read(document))
                .results()
                .map(match -> match.group(1))
                .filter(target -> !target.contains("://") && !target.startsWith("mailto:"))
                .filter(target -> !Files.exists(file.resolveSibling(target)))
                .toList();
        assertThat(broken).isEmpty();
    }

    /** What a newcomer sees first. */
    @Test
    void readmeBeginsWithWhatItIsAndTwoCommands() {
        String readme = Repository.read(Path.of("README.md"));
        List<Block> blocks = Block.of(readme);
        assertThat(blocks.get(0).commands()).containsExactly("./millrace demo", "mvn verify");
        assertThat(blocks.get(0).line()).isLessThan(15);
        Block spec = blocks.stream()
                .filter(block -> block.language().equals("yaml"))
                .findFirst()
                .orElseThrow();
        assertThat(spec.text().lines().count()).isLessThanOrEqualTo(30);
    }

    /** What must stand in no file: a registry's address, a machine's own path. */
    @Test
    void documentsNameNoMachine() {
        assertThat(documents().filter(document -> Repository.read(document).contains("/home/")))
                .isEmpty();
    }
}
