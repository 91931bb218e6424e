package dev.millrace.server.engine;

import dev.millrace.server.engine.LoadException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Refuses a model whose weights alone exceed what the container has left: the kernel would end the process in the middle of
 * the load, again and again, and nobody would be told why.
 */
final class MemoryCheck {
    private MemoryCheck() {}

    /** {@code cgroup}: {@code /sys/fs/cgroup}. Where no limit is known nothing is checked. */
    static void check(Path model, Path cgroup) throws LoadException {
        try {
            long limit = number(cgroup.resolve("memory.max"));
            if (limit == Long.MAX_VALUE) {
                return;
            }
            long size = Files.size(model);
            long used = used(cgroup.resolve("memory.stat"));
            if (size > limit - used) {
                throw new LoadException(
                        Reason.ModelInvalid,
                        "model.path: " + model + " has " + mib(size) + " MiB, and of the container's " + mib(limit)
                                + " MiB of memory " + mib(limit - used)
                                + " are left; raise server.resources.limits.memory");
            }
        } catch (IOException e) {
            // no control group of version 2, or not ours to read: the runtime says it when it fails
            return;
        }
    }

    private static long number(Path file) throws IOException {
        String text = Files.readString(file).strip();
        return text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
    }

    /** What cannot be given back: files in the page cache can. */
    private static long used(Path stat) throws IOException {
        for (String line : Files.readAllLines(stat)) {
            if (line.startsWith("anon ")) {
                return Long.parseLong(line.substring("anon ".length()).strip());
            }
        }
        return 0;
    }

    private static long mib(long bytes) {
        return bytes >> 20;
    }
}
