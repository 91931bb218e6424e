package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may call the stack. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class NetworkSpec {

    @JsonPropertyDescription("Enabled: NetworkPolicies for every component. Default Enabled.")
    private @Nullable NetworkPolicyMode policy;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Callers of the server (networking/v1 peers). Empty: every pod of the namespace.")
    @Size(max = 16)
    private List<NetworkPolicyPeer> allowFrom = new ArrayList<>();

    @JsonPropertyDescription("Also restrict what the stack may call. Default false.")
    private @Nullable Boolean restrictEgress;

    public @Nullable NetworkPolicyMode getPolicy() {
        return policy;
    }

    public void setPolicy(@Nullable NetworkPolicyMode policy) {
        this.policy = policy;
    }

    public List<NetworkPolicyPeer> getAllowFrom() {
        return allowFrom;
    }

    public void setAllowFrom(List<NetworkPolicyPeer> allowFrom) {
        this.allowFrom = allowFrom;
    }

    public @Nullable Boolean getRestrictEgress() {
        return restrictEgress;
    }

    public void setRestrictEgress(@Nullable Boolean restrictEgress) {
        this.restrictEgress = restrictEgress;
    }
}
