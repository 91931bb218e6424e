package dev.millrace.devkit.generator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CPU time and memory of a process and all that it started, from {@code /proc}. */
final class ServerUsage {
    /** {@code USER_HZ}, which Linux fixes at 100 for what {@code /proc} shows. */
    private static final double TICKS_PER_SECOND = 100;

    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

    private final List<Long> pids;

    ServerUsage(List<Long> pids) {
        this.pids = List.copyOf(pids);
    }

    /**
     * @param cpuSeconds user and system
     * @param rssMb at the end; pages that processes share count in each
     */
    record Used(double cpuSeconds, long rssMb) {
        Used since(Used before) {
            return new Used(cpuSeconds - before.cpuSeconds, rssMb);
        }
    }

    Used now() {
        double cpu = 0;
        long kb = 0;
        for (long root : pids) {
            cpu += cpuSeconds(root);
            kb += residentKb(root);
            for (long pid : descendants(root)) {
                cpu += cpuSeconds(pid);
                kb += residentKb(pid);
            }
        }
        return new Used(cpu, Math.round(kb / 1024.0));
    }

    private static List<Long> descendants(long root) {
        List<Long> all = new ArrayList<>();
        ProcessHandle.of(root).ifPresent(handle -> handle.descendants().forEach(d -> all.add(d.pid())));
        return all;
    }

    /** Its own and that of children which it has seen end. */
    private static double cpuSeconds(long pid) {
        String stat = read(Path.of("/proc", Long.toString(pid), "stat"));
        int afterName = stat.lastIndexOf(')');
        if (afterName < 0) {
            return 0;
        }
        String[] fields = stat.substring(afterName + 2).split(" ");
        double ticks = 0;
        for (int i = 11; i < 15; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static long residentKb(long pid) {
        Matcher matcher = RESIDENT.matcher(read(Path.of("/proc", Long.toString(pid), "status")));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** Empty when the process has ended. */
    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
