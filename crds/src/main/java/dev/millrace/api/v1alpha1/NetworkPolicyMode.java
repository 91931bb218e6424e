package dev.millrace.api.v1alpha1;

/** Whether NetworkPolicies are made. The constants are the words of the YAML. */
public enum NetworkPolicyMode {
    Enabled,
    Disabled
}
