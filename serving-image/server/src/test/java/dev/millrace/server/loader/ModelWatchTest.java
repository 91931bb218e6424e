package dev.millrace.server.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loader beside a server, with real files; time is a number. */
class ModelWatchTest {
    private static final byte[] ONE = {1};
    private static final byte[] TWO = {2, 2};
    private static final byte[] THREE = {3, 3, 3};

    @TempDir
    Path dir;

    private final List<String> log = new ArrayList<>();
    private long nanos = Long.MAX_VALUE - 5;
    private Path document;
    private Path models;
    private ModelWatch watch;

    @BeforeEach
    void begin() {
        document = dir.resolve("model.json");
        models = dir.resolve("models");
        watch = new ModelWatch(document, () -> nanos, log::add);
    }

    private static String hex(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private Path target(byte[] content) throws Exception {
        return models.resolve(hex(content) + ".onnx");
    }

    private Path source(String name, byte[] content) throws IOException {
        return Files.write(dir.resolve(name), content);
    }

    /** As Kubernetes does it: another file takes the name. */
    private void ask(Path source, byte[] content) throws Exception {
        ModelSource asked = new ModelSource(
                null,
                source.toString(),
                "sha256:" + hex(content),
                target(content).toString());
        Path next = Files.writeString(dir.resolve("next"), Json.write(asked));
        Files.move(next, document, StandardCopyOption.REPLACE_EXISTING);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(models)) {
            return all.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theFileOfEachDocumentComesBesideTheOneBeforeAndNoThirdStays() throws Exception {
        ask(source("1.onnx", ONE), ONE);
        watch.look();
        assertThat(target(ONE)).hasBinaryContent(ONE);
        ask(source("2.onnx", TWO), TWO);
        watch.look();
        assertThat(target(TWO)).hasBinaryContent(TWO);
        assertThat(target(ONE)).as("a server may still read it").hasBinaryContent(ONE);
        ask(source("3.onnx", THREE), THREE);
        watch.look();
        assertThat(files())
                .containsExactlyInAnyOrder(
                        target(TWO).getFileName().toString(),
                        target(THREE).getFileName().toString());
        assertThat(log).hasSize(3).allMatch(l -> l.endsWith("in place"));
    }

    @Test
    void backToTheOneBeforeNeedsNoSource() throws Exception {
        Path first = source("1.onnx", ONE);
        ask(first, ONE);
        watch.look();
        ask(source("2.onnx", TWO), TWO);
        watch.look();
        Files.delete(first);
        ask(first, ONE);
        watch.look();
        assertThat(target(ONE)).hasBinaryContent(ONE);
        ask(source("3.onnx", THREE), THREE);
        watch.look();
        assertThat(target(ONE)).as("it is the one before").exists();
        assertThat(target(TWO)).doesNotExist();
    }

    @Test
    void aWrongFileNeverBecomesVisibleAndIsSaidBesideIt() throws Exception {
        ask(source("1.onnx", ONE), ONE);
        watch.look();
        Path source = source("2.onnx", ONE);
        ask(source, TWO);
        watch.look();
        watch.look();
        assertThat(target(TWO)).doesNotExist();
        assertThat(target(ONE)).as("the version that serves").hasBinaryContent(ONE);
        Note note = Objects.requireNonNull(Note.of(target(TWO)));
        assertThat(note.word()).isEqualTo("DigestMismatch");
        assertThat(note.message()).startsWith("model.digest: ").contains(hex(TWO), hex(ONE));
        assertThat(log.stream().filter(l -> l.contains("model.digest"))).hasSize(1);

        // the right one takes its place: no waiting for the next try
        Files.delete(source);
        Files.write(source, TWO);
        watch.look();
        assertThat(target(TWO)).hasBinaryContent(TWO);
        assertThat(files()).as("nothing is left of the failure").hasSize(2).allMatch(f -> f.endsWith(".onnx"));
    }

    @Test
    void aSourceThatIsNotThereIsTriedEverLessOften() throws Exception {
        ask(dir.resolve("none.onnx"), ONE);
        int tries = 0;
        for (int second = 0; second < 300; second++) {
            Files.deleteIfExists(Note.path(target(ONE)));
            watch.look();
            Note note = Note.of(target(ONE));
            if (note != null) {
                tries++;
                assertThat(note.word()).isEqualTo("ModelFileMissing");
            }
            nanos += TimeUnit.SECONDS.toNanos(1);
        }
        // after 0, 1, 3, 7, 15, 31, 63 s and then every minute
        assertThat(tries).isBetween(9, 11);
    }

    @Test
    void aDocumentThatCannotBeReadChangesNothing() throws Exception {
        watch.look();
        assertThat(log).singleElement().asString().contains("cannot read");
        ask(source("1.onnx", ONE), ONE);
        watch.look();
        Files.writeString(document, "{");
        watch.look();
        watch.look();
        assertThat(target(ONE)).exists();
        assertThat(log.stream().filter(l -> l.contains("what is in place stays")))
                .hasSize(2);
    }

    @Test
    void whatAnEndedLoaderHasLeftGoesAndAFileThatAServerMayReadStays() throws Exception {
        Files.createDirectories(models);
        Files.write(models.resolve(".model1.tmp"), ONE);
        Files.write(target(ONE), ONE);
        ask(source("2.onnx", TWO), TWO);
        watch.look();
        assertThat(files())
                .containsExactlyInAnyOrder(
                        target(ONE).getFileName().toString(),
                        target(TWO).getFileName().toString());
    }
}
