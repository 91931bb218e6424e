package dev.millrace.api.v1alpha1;

/** Where an aggregator keeps its tiles. The constants are the words of the YAML. */
public enum AggregatorState {
    Memory,
    RocksDB
}
