package dev.millrace.cli.local;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.ServingConfig.Candidates;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.plan.FeaturesPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What to tell the person once the stack answers: addresses, and calls to try. */
final class Welcome {
    private Welcome() {}

    static List<String> lines(LocalStack stack) {
        LocalLayout layout = stack.layout();
        String rest = "http://" + LocalOptions.HOST + ":" + layout.ports().rest();
        String metrics = "http://" + LocalOptions.HOST + ":" + layout.ports().metrics();
        List<String> lines = new ArrayList<>();
        lines.add(layout.plan().name() + " is ready after " + stack.startupSeconds() + " s");
        lines.add("  REST     " + rest);
        lines.add("  gRPC     " + LocalOptions.HOST + ":" + layout.ports().grpc());
        lines.add("  metrics  " + metrics + "/metrics   status " + metrics + "/millrace/status");
        if (layout.needsAggregator()) {
            lines.add("  aggregator metrics  http://" + LocalOptions.HOST + ":" + layout.aggregatorMetricsPort()
                    + "/metrics");
        }
        if (layout.needsKafka()) {
            lines.add("  Kafka    " + layout.bootstrapServers() + "   topics " + String.join(" ", layout.topics()));
        }
        if (layout.needsStore()) {
            lines.add("  store    redis://" + LocalOptions.HOST + ":" + layout.storePort());
        }
        lines.add("try:");
        lines.addAll(curls(layout, rest));
        return lines;
    }

    private static List<String> curls(LocalLayout layout, String rest) {
        String model = rest + "/v2/models/" + layout.plan().name();
        FeaturesPlan features = layout.plan().features();
        List<String> curls = new ArrayList<>();
        if (features != null && !features.entities().isEmpty()) {
            String inputs = features.request().stream()
                    .filter(RequestField::required)
                    .map(field -> "\"" + field.name() + "\":1")
                    .collect(Collectors.joining(","));
            Candidates ranked = layout.plan().answers().candidates();
            String candidates = "";
            Entity asked = features.entities().get(0);
            for (Entity entity : features.entities()) {
                if (ranked == null) {
                    break;
                }
                if (entity.name().equals(ranked.entity())) {
                    candidates =
                            ",\"candidates\":[" + keys(entity, 1) + "," + keys(entity, 2) + "," + keys(entity, 3) + "]";
                } else {
                    asked = entity;
                }
            }
            curls.add("  curl -s " + model + "/predict -H 'content-type: application/json' -d '{\"entities\":["
                    + keys(asked, 17) + "]" + candidates + ",\"inputs\":{" + inputs + "},\"explain\":true}'");
        }
        curls.add("  curl -s " + model);
        return curls;
    }

    /** As the samples name their entities: the 17th customer is c-17. */
    private static String keys(Entity entity, int number) {
        return entity.keys().stream()
                .map(key -> "\"" + key.name() + "\":"
                        + (key.type().equals("STRING") ? "\"" + key.name().charAt(0) + "-" + number + "\"" : number))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
