package dev.millrace.aggregator.batch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names of copies, and hashes. */
final class Names {
    private static final int DIGITS = 32;

    private Names() {}

    /** Of a file from elsewhere: the same for the same address, with the ending that says how it is compressed. */
    static String copy(String address) {
        String path = address.replaceAll("[?#].*", "");
        int dot = path.indexOf('.', path.lastIndexOf('/') + 1);
        String ending = dot < 0 ? "" : path.substring(dot).replaceAll("[^A-Za-z0-9.]", "");
        String shortened = ending.length() > 32 ? ending.substring(ending.length() - 32) : ending;
        return hex(sha256(address)).substring(0, DIGITS) + shortened;
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
