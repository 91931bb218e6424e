package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How values are laid out in a store. The constants are the words of the YAML. */
public enum StoreFormat {
    @JsonProperty("native")
    NATIVE,
    /** A Redis store of Feast's, with {@code entity_key_serialization_version: 3}. */
    @JsonProperty("feast-v3")
    FEAST_V3
}
