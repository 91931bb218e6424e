package dev.millrace.server.loader;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLoaderTest {
    @TempDir
    Path dir;

    private int run(String... args) {
        return Main.run(args, dir.resolve("termination-log"));
    }

    @Test
    void aRightFileBecomesVisibleAndAWrongOneDoesNot() throws Exception {
        Path source = Files.createDirectories(dir.resolve("source"));
        byte[] model = {1, 2, 3};
        Files.write(source.resolve("fraud.onnx"), model);
        Files.writeString(source.resolve("baseline.json"), "{}");
        Path target = dir.resolve("models/model.onnx");
        Path log = Files.writeString(dir.resolve("termination-log"), "");
        String digest = "sha256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model));

        assertThat(run("--source", source.toString(), "--digest", "sha256:00", "--target", target.toString()))
                .isEqualTo(1);
        assertThat(target).doesNotExist();
        assertThat(log).content().contains("model.digest").contains(digest);
        try (Stream<Path> left = Files.list(dir.resolve("models"))) {
            assertThat(left).as("no temporary file stays").isEmpty();
        }

        assertThat(run("--source", source.toString(), "--digest", digest, "--target", target.toString()))
                .isZero();
        assertThat(target).hasBinaryContent(model);
        assertThat(run("--source", source.resolve("fraud.onnx").toString(), "--target", target.toString()))
                .isZero();
    }

    @Test
    void whatIsWrongIsSaidInOneLine() throws Exception {
        Path log = Files.writeString(dir.resolve("termination-log"), "");
        String target = dir.resolve("model.onnx").toString();
        assertThat(run("--source", dir.resolve("none").toString(), "--target", target))
                .isEqualTo(1);
        assertThat(log).content().contains("there is no file").hasLineCount(1);
        assertThat(run("--source", Files.createDirectories(dir.resolve("empty")).toString(), "--target", target))
                .isEqualTo(1);
        assertThat(log).content().contains("0 .onnx files");
        assertThat(run("--uri", "http://127.0.0.1:1/model.onnx", "--target", target))
                .isEqualTo(1);
        assertThat(log).content().contains("is not https");
        assertThat(run("--uri", "https://127.0.0.1:1/model.onnx", "--target", target))
                .isEqualTo(1);
        assertThat(run("--target", target)).isEqualTo(2);
        assertThat(run("--source", "a", "--uri", "https://b", "--target", target))
                .isEqualTo(2);
    }
}
