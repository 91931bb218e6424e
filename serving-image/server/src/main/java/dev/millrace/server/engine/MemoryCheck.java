package dev.millrace.server.engine;

import dev.millrace.server.engine.LoadException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Refuses a model whose weights alone exceed what the container, or its machine, has left: the kernel would end the process
 * in the middle of the load, again and again, and nobody would be told why.
 */
final class MemoryCheck {
    private MemoryCheck() {}

    /**
     * Where no bound is known nothing is checked.
     *
     * @param cgroup {@code /sys/fs/cgroup}
     * @param meminfo {@code /proc/meminfo}
     */
    static void check(Path model, Path cgroup, Path meminfo) throws LoadException {
        long size;
        try {
            size = Files.size(model);
        } catch (IOException e) {
            // the load says it
            return;
        }
        long limit = limit(cgroup.resolve("memory.max"));
        if (limit < Long.MAX_VALUE) {
            // what cannot be given back: files in the page cache can
            long left = Math.max(0, limit - bytes(cgroup.resolve("memory.stat"), "anon", 1, 0));
            if (size > left) {
                throw new LoadException(
                        Reason.ModelInvalid,
                        "model.path: " + model + " has " + mib(size) + " MiB, and of the container's " + mib(limit)
                                + " MiB of memory " + mib(left) + " are left; raise server.resources.limits.memory");
            }
        }
        long available = bytes(meminfo, "MemAvailable:", 1024, Long.MAX_VALUE);
        if (size > available) {
            throw new LoadException(
                    Reason.ModelInvalid,
                    "model.path: " + model + " has " + mib(size) + " MiB, and the machine has " + mib(available)
                            + " MiB of memory left; raise server.resources.requests.memory, so that the pod gets a node"
                            + " with as much");
        }
    }

    /** No control group of version 2, or not ours to read, is no limit: the runtime says it when it fails. */
    private static long limit(Path file) {
        try {
            String text = Files.readString(file).strip();
            return text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** The number in the line that begins with {@code name}. */
    private static long bytes(Path file, String name, long unit, long otherwise) {
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.strip().split(" +", -1);
                if (words[0].equals(name) && words.length > 1) {
                    return Long.parseLong(words[1]) * unit;
                }
            }
            return otherwise;
        } catch (IOException | NumberFormatException e) {
            return otherwise;
        }
    }

    private static long mib(long bytes) {
        return bytes >> 20;
    }
}
