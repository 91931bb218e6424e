package dev.millrace.plan;

import dev.millrace.contract.config.Store;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where things are: the only difference between the documents of a cluster and those of a laptop.
 *
 * @param host address that processes listen on
 * @param restPort 0 = any free port; the same for the other ports
 * @param store address and credentials' files; ignored by a spec without features
 * @param modelPath the model file, after the loader has put it in place
 * @param modelSourceDir where the files beside the model are (the drift baseline); null = nowhere
 * @param batchPaths file or directory of each batch group, by group name
 * @param sqlDirs where a server finds the Secret of each sql group's database, by group name
 * @param stateDir the aggregator's scratch directory
 * @param tlsDir where certificate and key of the REST and gRPC ports are; null = the server talks plain text
 * @param batchCredentialsDir where a loader finds the Secret of its group's source; null = in its environment
 * @param kafka overrides {@code spec.kafka.bootstrapServers}, plain text; null = as the spec says
 */
public record Placement(
        String host,
        int restPort,
        int grpcPort,
        int metricsPort,
        int aggregatorMetricsPort,
        Store store,
        String modelPath,
        @Nullable String modelSourceDir,
        Map<String, String> batchPaths,
        Map<String, String> sqlDirs,
        String stateDir,
        @Nullable String tlsDir,
        @Nullable String batchCredentialsDir,
        @Nullable String kafka) {

    public static final int REST_PORT = 8080;
    public static final int GRPC_PORT = 8081;
    public static final int METRICS_PORT = 9090;
    public static final int STORE_PORT = 6379;
    /** Configuration files in every pod. */
    public static final String CONFIG_DIR = "/etc/millrace";

    public static final String STORE_CREDENTIALS_DIR = CONFIG_DIR + "/store";
    public static final String STORE_CA_DIR = CONFIG_DIR + "/store-ca";
    public static final String KAFKA_CA_DIR = CONFIG_DIR + "/kafka-ca";
    public static final String KAFKA_CLIENT_DIR = CONFIG_DIR + "/kafka-client";
    public static final String KAFKA_CREDENTIALS_DIR = CONFIG_DIR + "/kafka-credentials";
    /** Of the schema registry. */
    public static final String SCHEMA_REGISTRY_DIR = CONFIG_DIR + "/schema-registry";
    /** Of the group that a loader loads. */
    public static final String BATCH_CREDENTIALS_DIR = CONFIG_DIR + "/batch";
    /** Of sql groups' databases: a directory for each group, by its name. */
    public static final String SQL_DIR = CONFIG_DIR + "/sql";
    /** Certificate and key of the REST and gRPC ports. */
    public static final String TLS_DIR = CONFIG_DIR + "/tls";

    /** The loader puts model files here, each under the name of its digest: one never replaces another. */
    public static final String MODEL_DIR = "/models";

    /** The ConfigMap or claim that holds the model, as it is. */
    public static final String MODEL_SOURCE_DIR = "/source";

    public static final String BATCH_DIR = "/data";
    public static final String STATE_DIR = "/state";

    public Placement {
        batchPaths = Map.copyOf(batchPaths);
        sqlDirs = Map.copyOf(sqlDirs);
    }

    /** Where the resources of this package mount things in Kubernetes. */
    public static Placement kubernetes(StackPlan plan) {
        Map<String, String> batchPaths = new TreeMap<>();
        Map<String, String> sqlDirs = new TreeMap<>();
        if (plan.features() != null) {
            plan.features()
                    .batches()
                    .forEach((group, batch) ->
                            batchPaths.put(group, batchPath(BATCH_DIR + "/" + group, batch.source())));
            plan.features().sqlSecrets().keySet().forEach(group -> sqlDirs.put(group, SQL_DIR + "/" + group));
        }
        return new Placement(
                "0.0.0.0",
                REST_PORT,
                GRPC_PORT,
                METRICS_PORT,
                METRICS_PORT,
                store(plan),
                modelPath(plan.model()),
                modelDir(plan.model().source()),
                batchPaths,
                sqlDirs,
                STATE_DIR,
                TLS_DIR,
                BATCH_CREDENTIALS_DIR,
                null);
    }

    static String modelPath(ModelPlan model) {
        return MODEL_DIR + "/" + model.digest().substring(model.digest().indexOf(':') + 1) + ".onnx";
    }

    private static String batchPath(String mounted, Source source) {
        String address = source.address();
        return address == null ? mounted + "/" + inSource(source) : address;
    }

    /** The path of a source's file below the place where its ConfigMap or claim is mounted. */
    static String inSource(Source source) {
        return source instanceof Source.ClaimFile claim ? claim.path() : source.fileName();
    }

    private static @Nullable String modelDir(Source source) {
        if (source instanceof Source.ConfigMapFile) {
            return MODEL_SOURCE_DIR;
        }
        if (source instanceof Source.ClaimFile claim) {
            // a path that ends in a slash is the model's directory, any other one is the model file itself
            int slash = claim.path().lastIndexOf('/');
            return slash < 0
                    ? MODEL_SOURCE_DIR
                    : MODEL_SOURCE_DIR + "/" + claim.path().substring(0, slash);
        }
        return null;
    }

    private static Store store(StackPlan plan) {
        FeaturesPlan features = plan.features();
        if (features != null && features.store() instanceof StorePlan.External external) {
            return new Store(
                    external.address(),
                    null,
                    external.secret() == null ? null : STORE_CREDENTIALS_DIR + "/password",
                    external.caSecret() == null ? null : STORE_CA_DIR + "/ca.crt");
        }
        return new Store(
                "redis://" + Names.store(plan.name()) + ":" + STORE_PORT,
                null,
                STORE_CREDENTIALS_DIR + "/password",
                null);
    }
}
