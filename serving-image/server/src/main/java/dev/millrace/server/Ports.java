package dev.millrace.server;

/** Where the server listens, after 0 has become a port. */
public record Ports(int rest, int grpc, int metrics) {}
