package dev.millrace.contract.config;

import org.jspecify.annotations.Nullable;

/**
 * The online store.
 *
 * @param address {@code redis://host:port} or {@code rediss://host:port}, no credentials in it
 * @param passwordFile a mounted file; read again at each connection, so that rotation needs no restart
 * @param caFile PEM of the authority for {@code rediss}; null = the system's
 */
public record Store(
        String address, @Nullable String username, @Nullable String passwordFile, @Nullable String caFile) {}
