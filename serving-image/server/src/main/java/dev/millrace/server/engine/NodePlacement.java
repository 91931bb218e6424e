package dev.millrace.server.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which provider executes which nodes, read from the profile of one run: the Java API does not tell.
 *
 * @param nodes by provider, as ONNX Runtime names them
 * @param onCpu kinds of operators that the CPU executes
 */
record NodePlacement(Map<String, Integer> nodes, Set<String> onCpu) {
    private static final String CPU = "CPUExecutionProvider";

    static NodePlacement read(Path profile) throws IOException {
        Map<String, Integer> nodes = new TreeMap<>();
        Set<String> onCpu = new TreeSet<>();
        for (JsonNode event : new ObjectMapper().readTree(profile.toFile())) {
            String provider = event.path("args").path("provider").asText();
            if (event.path("cat").asText().equals("Node") && !provider.isEmpty()) {
                nodes.merge(provider, 1, Integer::sum);
                if (provider.equals(CPU)) {
                    onCpu.add(event.path("args").path("op_name").asText());
                }
            }
        }
        return new NodePlacement(nodes, onCpu);
    }

    /** {@code CUDA}, or {@code CUDA; 2 of 14 nodes on CPU: Cast, TopK}. */
    String describe(String provider) {
        int cpu = nodes.getOrDefault(CPU, 0);
        int all = nodes.values().stream().mapToInt(Integer::intValue).sum();
        return cpu == 0
                ? provider
                : provider + "; " + cpu + " of " + all + " nodes on CPU: " + String.join(", ", onCpu);
    }
}
