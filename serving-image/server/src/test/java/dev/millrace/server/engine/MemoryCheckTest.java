package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryCheckTest {
    private static final int MODEL = 3 << 20;

    @TempDir
    Path dir;

    private Path model;
    private Path meminfo;

    @BeforeEach
    void write() throws Exception {
        model = dir.resolve("m.onnx");
        Files.write(model, new byte[MODEL]);
        Files.writeString(dir.resolve("memory.stat"), "file 9000000\nanon 1048576\n");
        meminfo = dir.resolve("meminfo");
        available(3072);
    }

    private void limit(String text) throws Exception {
        Files.writeString(dir.resolve("memory.max"), text + "\n");
    }

    private void available(long kb) throws Exception {
        Files.writeString(
                meminfo, "MemTotal:       16384 kB\nMemFree:             1 kB\nMemAvailable:   " + kb + " kB\n");
    }

    @Test
    void theContainersLimitLessWhatCannotBeGivenBack() throws Exception {
        limit("max");
        MemoryCheck.check(model, dir, meminfo);
        limit("4194304");
        MemoryCheck.check(model, dir, meminfo);
        limit("4194303");
        assertThatThrownBy(() -> MemoryCheck.check(model, dir, meminfo))
                .isInstanceOf(LoadException.class)
                .hasMessageContaining("has 3 MiB, and of the container's 3 MiB of memory 2 are left")
                .hasMessageContaining("server.resources.limits.memory");
    }

    @Test
    void theMachinesWhereTheContainerHasNoLimit() throws Exception {
        available(3071);
        assertThatThrownBy(() -> MemoryCheck.check(model, dir, meminfo))
                .isInstanceOf(LoadException.class)
                .hasMessageContaining("has 3 MiB, and the machine has 2 MiB of memory left");
    }

    @Test
    void whereNothingIsKnownNothingIsRefused() throws Exception {
        MemoryCheck.check(model, dir.resolve("none"), dir.resolve("none"));
        limit("what");
        MemoryCheck.check(model, dir, dir.resolve("none"));
    }
}
