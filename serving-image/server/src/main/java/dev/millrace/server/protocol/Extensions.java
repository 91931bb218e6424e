package dev.millrace.server.protocol;

import dev.millrace.contract.config.ServingConfig;
import java.util.ArrayList;
import java.util.List;

/** The protocol's extensions that the server has, by the names that clients look for. One list for REST and gRPC. */
final class Extensions {
    private static final List<String> ALWAYS =
            List.of("binary_tensor_data", "model_configuration", "statistics", "schedule_policy");

    private Extensions() {}

    static List<String> of(ServingConfig config) {
        List<String> names = new ArrayList<>(ALWAYS);
        if (hasRepository(config)) {
            names.add("model_repository");
        }
        return names;
    }

    static boolean hasRepository(ServingConfig config) {
        return Boolean.TRUE.equals(config.server().repositoryApi());
    }
}
