package dev.millrace.server.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What an engine that TensorRT built is good for: this kind of GPU, this TensorRT, this ONNX Runtime and this model. Another
 * one must not find it.
 */
final class GpuIdentity {
    private static final String LIBRARY = "libnvinfer.so";

    private GpuIdentity() {}

    /**
     * @param proc {@code /proc}
     * @param libraries directories of the loader's path
     * @param digest of the model file
     */
    static String key(Path proc, List<Path> libraries, String ortVersion, String digest) {
        return clean(gpu(proc)) + "_trt" + clean(tensorRt(libraries)) + "_ort" + clean(ortVersion) + "_"
                + clean(digest.replace("sha256:", ""));
    }

    private static String gpu(Path proc) {
        for (Path gpu : list(proc.resolve("driver/nvidia/gpus"))) {
            try {
                for (String line : Files.readAllLines(gpu.resolve("information"))) {
                    if (line.startsWith("Model:")) {
                        return line.substring("Model:".length()).strip();
                    }
                }
            } catch (IOException e) {
                // a driver that does not say what it drives
                continue;
            }
        }
        return "gpu";
    }

    /** The version in the name of the file that {@code libnvinfer.so.<n>} links to. */
    private static String tensorRt(List<Path> libraries) {
        String longest = "";
        for (Path directory : libraries) {
            for (Path file : list(directory)) {
                String name = file.getFileName().toString();
                if (name.startsWith(LIBRARY + ".") && name.length() - LIBRARY.length() > longest.length()) {
                    longest = name.substring(LIBRARY.length() + 1);
                }
            }
        }
        return longest;
    }

    private static List<Path> list(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String clean(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-");
    }
}
