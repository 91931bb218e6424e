package dev.millrace.contract.feast;

/**
 * How a value comes into a store of Feast's: compare-and-set on the version in the header that stands beside it.
 *
 * <p>{@code KEYS[1]} the entity's hash; {@code ARGV} the header's field and the header, the hash's time to live in ms (0 = it
 * is left as it is), then fields and values. Answers 1 when written, 0 when a strictly newer version is there. A header of
 * another layout is no version to compare with: the group was changed, and its new definition counts.
 *
 * <p>The hash has the entity's other views too, so its time to live is never shortened.
 */
public final class FeastWriteScript {
    /** The halves of the version are compared as numbers, as in {@code WriteScript}. */
    public static final String LUA =
            """
            local c = redis.call('HGET', KEYS[1], ARGV[1])
            if c and #c == 32 and string.sub(c, 25, 28) == string.sub(ARGV[2], 25, 28) then
              local ch, cl = struct.unpack('>I4I4', c)
              local nh, nl = struct.unpack('>I4I4', ARGV[2])
              if ch > nh or (ch == nh and cl > nl) then return 0 end
            end
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2], unpack(ARGV, 4))
            local ttl = tonumber(ARGV[3])
            if ttl > 0 and redis.call('PTTL', KEYS[1]) < ttl then
              redis.call('PEXPIRE', KEYS[1], ttl)
            end
            return 1
            """;

    private FeastWriteScript() {}
}
