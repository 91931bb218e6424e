package dev.millrace.contract.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The only way a value is written: compare-and-set on the version in its header.
 *
 * <p>{@code KEYS[1]} the key, {@code ARGV[1]} the value, {@code ARGV[2]} its time to live in ms. Answers 1 when written, 0
 * when a strictly newer version is there. An equal version is written again: it is the same value, and the write renews
 * its time to live.
 */
public final class WriteScript {
    /**
     * The halves of the version are compared as numbers: a Lua number holds 53 bits only, and Lua compares strings by
     * the server's locale.
     */
    public static final String LUA =
            """
            local c = redis.call('GETRANGE', KEYS[1], 0, 7)
            if #c == 8 then
              local ch, cl = struct.unpack('>I4I4', c)
              local nh, nl = struct.unpack('>I4I4', ARGV[1])
              if ch > nh or (ch == nh and cl > nl) then return 0 end
            end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            return 1
            """;

    private WriteScript() {}

    /** The script's name for EVALSHA: 40 hex digits. */
    public static String sha1() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(LUA.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
