package dev.millrace.contract.config;

/**
 * What a forwarder does.
 *
 * @param from the broker beside it
 * @param to the central one, behind a link that may be down
 * @param topic the same on both sides
 * @param group under which {@code from} keeps how far it is
 */
public record ForwardConfig(Kafka from, Kafka to, String topic, String group) {}
