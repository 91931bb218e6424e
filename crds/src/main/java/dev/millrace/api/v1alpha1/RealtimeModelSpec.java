package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What answer, from which features, within how many milliseconds. Everything else is derived. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "has(self.kafka) || !has(self.logger)",
        message = "logger needs kafka.bootstrapServers: add spec.kafka")
@ValidationRule(
        value = "has(self.kafka) || !has(self.features) || self.features.groups.all(g, !has(g.stream))",
        message = "features.groups[].stream needs kafka.bootstrapServers: add spec.kafka")
@ValidationRule(
        value =
                "has(self.features) || !has(self.cache) || !has(self.cache.request) || !has(self.cache.request.key) || self.cache.request.key != 'Vector'",
        message = "cache.request.key Vector is the hash of a feature vector: add spec.features or use Inputs")
@ValidationRule(
        value = "!has(self.features) || has(self.candidates) != has(self.features.vector)",
        message = "the model's input is features.vector, or for a ranking model candidates.vector: give one of them")
@ValidationRule(value = "has(self.features) || !has(self.candidates)", message = "candidates need spec.features")
@ValidationRule(
        value = "has(self.candidates) == (has(self.postProcessing) && has(self.postProcessing.ranking))",
        message = "candidates and postProcessing.ranking need each other: give both or none")
@ValidationRule(
        value = "has(self.kafka) || !has(self.cache) || !has(self.cache.entity) || !has(self.cache.entity.prewarm)",
        message = "cache.entity.prewarm needs kafka.bootstrapServers: add spec.kafka")
@ValidationRule(
        value = "has(self.kafka) || !has(self.streamInference)",
        message = "streamInference needs kafka.bootstrapServers: add spec.kafka")
@ValidationRule(
        value = "!has(self.streamInference) || has(self.features) && !has(self.candidates)",
        message = "streamInference scores one row for each reading: it needs spec.features, and no candidates")
public class RealtimeModelSpec {

    @JsonPropertyDescription("Scale the stack to nothing and keep the store. Default false.")
    private @Nullable Boolean suspend;

    @JsonPropertyDescription(
            "Image set to run. Absent: the one resolved when the object was created, so that an operator upgrade moves no pod. \"latest\" follows the operator. Any other new value resolves the operator's images once more.")
    @Size(max = 253)
    @Pattern("^([A-Za-z0-9][-A-Za-z0-9_.]*)?$")
    private @Nullable String release;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("The model file and what it looks like.")
    @Required
    private ModelSpec model = new ModelSpec();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "What the callers are promised. Deadlines, batching, replicas and alerts are derived from it.")
    @Required
    private SloSpec slo = new SloSpec();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("The model servers.")
    private ServerSpec server = new ServerSpec();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Bounds of the number of model servers.")
    private ScalingSpec scaling = new ScalingSpec();

    @JsonPropertyDescription("The Kafka cluster of stream groups, stream inference and the prediction log.")
    private @Nullable KafkaSpec kafka;

    @JsonPropertyDescription(
            "Features that the server reads for an entity. Absent: the model is called with tensors only.")
    private @Nullable FeaturesSpec features;

    @JsonPropertyDescription(
            "A ranking model: each call names one user and the items to rank for it. Takes the place of features.vector.")
    private @Nullable CandidatesSpec candidates;

    @JsonPropertyDescription("Caches in front of the model.")
    private @Nullable CacheSpec cache;

    @JsonPropertyDescription("From the model's outputs to an answer.")
    private @Nullable PostProcessingSpec postProcessing;

    @JsonPropertyDescription("What is answered when the model or its features cannot. Always flagged in the answer.")
    private @Nullable FallbackSpec fallback;

    @JsonPropertyDescription("A topic whose every record is scored, exactly once; beside callers or instead of them.")
    private @Nullable StreamInferenceSpec streamInference;

    @JsonPropertyDescription("Log of every prediction to a Kafka topic.")
    private @Nullable LoggerSpec logger;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Alerts and drift.")
    private MonitoringSpec monitoring = new MonitoringSpec();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Who may call the stack.")
    private NetworkSpec network = new NetworkSpec();

    public @Nullable Boolean getSuspend() {
        return suspend;
    }

    public void setSuspend(@Nullable Boolean suspend) {
        this.suspend = suspend;
    }

    public @Nullable String getRelease() {
        return release;
    }

    public void setRelease(@Nullable String release) {
        this.release = Texts.orNull(release);
    }

    public ModelSpec getModel() {
        return model;
    }

    public void setModel(ModelSpec model) {
        this.model = model;
    }

    public SloSpec getSlo() {
        return slo;
    }

    public void setSlo(SloSpec slo) {
        this.slo = slo;
    }

    public ServerSpec getServer() {
        return server;
    }

    public void setServer(ServerSpec server) {
        this.server = server;
    }

    public ScalingSpec getScaling() {
        return scaling;
    }

    public void setScaling(ScalingSpec scaling) {
        this.scaling = scaling;
    }

    public @Nullable KafkaSpec getKafka() {
        return kafka;
    }

    public void setKafka(@Nullable KafkaSpec kafka) {
        this.kafka = kafka;
    }

    public @Nullable FeaturesSpec getFeatures() {
        return features;
    }

    public void setFeatures(@Nullable FeaturesSpec features) {
        this.features = features;
    }

    public @Nullable CacheSpec getCache() {
        return cache;
    }

    public void setCache(@Nullable CacheSpec cache) {
        this.cache = cache;
    }

    public @Nullable PostProcessingSpec getPostProcessing() {
        return postProcessing;
    }

    public void setPostProcessing(@Nullable PostProcessingSpec postProcessing) {
        this.postProcessing = postProcessing;
    }

    public @Nullable FallbackSpec getFallback() {
        return fallback;
    }

    public void setFallback(@Nullable FallbackSpec fallback) {
        this.fallback = fallback;
    }

    public @Nullable StreamInferenceSpec getStreamInference() {
        return streamInference;
    }

    public void setStreamInference(@Nullable StreamInferenceSpec streamInference) {
        this.streamInference = streamInference;
    }

    public @Nullable LoggerSpec getLogger() {
        return logger;
    }

    public void setLogger(@Nullable LoggerSpec logger) {
        this.logger = logger;
    }

    public MonitoringSpec getMonitoring() {
        return monitoring;
    }

    public void setMonitoring(MonitoringSpec monitoring) {
        this.monitoring = monitoring;
    }

    public NetworkSpec getNetwork() {
        return network;
    }

    public void setNetwork(NetworkSpec network) {
        this.network = network;
    }

    public @Nullable CandidatesSpec getCandidates() {
        return candidates;
    }

    public void setCandidates(@Nullable CandidatesSpec candidates) {
        this.candidates = candidates;
    }
}
