package dev.millrace.plan;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import java.util.List;

/**
 * Who may connect to the stack.
 *
 * @param policies whether there are NetworkPolicies
 * @param allowFrom who may ask for predictions; empty = every pod of the namespace
 */
public record NetworkPlan(boolean policies, List<NetworkPolicyPeer> allowFrom) {}
