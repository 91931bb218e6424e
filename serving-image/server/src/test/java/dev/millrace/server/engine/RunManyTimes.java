package dev.millrace.server.engine;

import dev.millrace.contract.config.ServingConfig.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process of its own that executes models many times and prints by how many kB its memory grew meanwhile. With a heap that
 * is there from the start ({@code -Xms} = {@code -Xmx}, {@code AlwaysPreTouch}), what grows is native.
 */
final class RunManyTimes {
    private static final int WARM = 20_000;
    private static final int RUNS = 100_000;

    private RunManyTimes() {}

    public static void main(String[] files) throws Exception {
        Tensor in = Tensor.ofRows("input", new float[] {1, 2, -3, 4, 5, 6, 7, 8, 9, 1, 2, 3}, 4);
        List<AutoCloseable> open = new ArrayList<>();
        List<Runner> runners = new ArrayList<>();
        for (String file : files) {
            OnnxModel model = OnnxModel.load(new Model(file, "1", null, "onnx", List.of(), List.of()), List.of("CPU"));
            Runner runner = model.newRunner();
            runners.add(runner);
            open.add(runner);
            open.add(model);
        }
        long before = 0;
        for (int i = 0; i < WARM + RUNS; i++) {
            if (i == WARM) {
                before = residentKb();
            }
            for (int r = 0; r < runners.size(); r++) {
                int width = r == 0 ? 3 : 2;
                int rows = 1 + i % 4;
                float[] values = new float[rows * width];
                for (int v = 0; v < values.length; v++) {
                    values[v] = (float) in.number(v);
                }
                runners.get(r).run(List.of(List.of(Tensor.ofRows("input", values, rows))));
            }
        }
        System.out.println(residentKb() - before);
        for (AutoCloseable c : open) {
            c.close();
        }
    }

    private static long residentKb() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(l -> l.startsWith("VmRSS:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
