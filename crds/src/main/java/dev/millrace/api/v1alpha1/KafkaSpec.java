package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A Kafka cluster, shared by stream groups and the prediction log. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class KafkaSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("host:port, comma separated.")
    @Required
    @Size(max = 1024)
    @Pattern("^[^ ,]+:[0-9]+(,[^ ,]+:[0-9]+)*$")
    private String bootstrapServers = "";

    @JsonPropertyDescription("TLS to the brokers. {} = with the public certificate authorities.")
    private @Nullable KafkaTls tls;

    @JsonPropertyDescription("SASL authentication.")
    private @Nullable KafkaAuthentication authentication;

    @JsonPropertyDescription("Schemas of events in the formats avro and protobuf.")
    private @Nullable SchemaRegistrySpec schemaRegistry;

    public String getBootstrapServers() {
        return bootstrapServers;
    }

    public void setBootstrapServers(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    public @Nullable KafkaTls getTls() {
        return tls;
    }

    public void setTls(@Nullable KafkaTls tls) {
        this.tls = tls;
    }

    public @Nullable KafkaAuthentication getAuthentication() {
        return authentication;
    }

    public void setAuthentication(@Nullable KafkaAuthentication authentication) {
        this.authentication = authentication;
    }

    public @Nullable SchemaRegistrySpec getSchemaRegistry() {
        return schemaRegistry;
    }

    public void setSchemaRegistry(@Nullable SchemaRegistrySpec schemaRegistry) {
        this.schemaRegistry = schemaRegistry;
    }
}
