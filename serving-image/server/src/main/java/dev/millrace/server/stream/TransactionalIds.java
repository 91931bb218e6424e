package dev.millrace.server.stream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** Names of producers: one for each server, and the same again when that starts anew, so that it ends what it left open. */
final class TransactionalIds {
    private TransactionalIds() {}

    /** {@code restPort}: tells servers of one host apart; 0 = any free one, which tells nothing. */
    static String of(String group, int restPort) {
        return group + "-" + (restPort == 0 ? UUID.randomUUID() : host() + "-" + restPort);
    }

    /** In a cluster the pod's name. */
    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return UUID.randomUUID().toString();
        }
    }
}
