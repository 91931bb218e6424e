package dev.millrace.server.protocol;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks once over the bytes of a JSON object. Takes and refuses what the parser of predict calls does (strict syntax, no name
 * twice in an object, the same limits), and in addition refuses every text that is not UTF-8.
 */
final class JsonCursor extends JsonText {
    static final int MAX_DEPTH = 1000;
    private static final int MAX_NAME = 50_000;
    private static final int MAX_NUMBER = 1000;
    /** Names that callers are expected to send: compared as bytes, without a string for each. */
    private static final String[] KNOWN = {
        "id",
        "name",
        "data",
        "shape",
        "inputs",
        "outputs",
        "timeout",
        "datatype",
        "priority",
        "parameters",
        "binary_data",
        "binary_data_size",
        "binary_data_output",
        "classification",
        "shared_memory_region"
    };

    private int depth;

    /** The number that was read last. Digits beyond the 19th are only in its text. */
    private int from;

    private boolean whole;
    private boolean negative;
    private long mantissa;
    private int digits;
    private int exponent;

    /** {@code end}: exclusive; what follows is not looked at. */
    JsonCursor(byte[] in, int end) {
        super(in, end);
    }

    /** The names of one object that came so far. */
    static final class Names {
        private int known;
        private @Nullable Set<String> others;

        private boolean add(String name, int index) {
            if (index >= 0) {
                boolean fresh = (known & 1 << index) == 0;
                known |= 1 << index;
                return fresh;
            }
            if (others == null) {
                others = new HashSet<>();
            }
            return others.add(name);
        }
    }

    int position() {
        return pos;
    }

    /** Goes back to a value that was skipped. */
    void seek(int position) {
        pos = position;
    }

    int remaining() {
        return end - pos;
    }

    /** Consumes the bracket that {@link #peek} saw. */
    void enter() {
        pos++;
        if (++depth > MAX_DEPTH) {
            throw bad("it is nested deeper than " + MAX_DEPTH);
        }
    }

    /** Consumes the closing bracket that {@link #peek} saw. */
    void leave() {
        pos++;
        depth--;
    }

    void comma() {
        pos++;
    }

    /** After {@link #enter}: whether there is a first element or member; consumes {@code close} if not. */
    boolean first(char close) {
        if (peek() == close) {
            leave();
            return false;
        }
        return true;
    }

    /** After an element or member: whether there is another; consumes {@code close} if not. */
    boolean more(char close) {
        int c = peek();
        if (c == ',') {
            pos++;
            return true;
        }
        if (c != close) {
            throw unexpected("a comma or " + close);
        }
        leave();
        return false;
    }

    /** The name of a member and the colon behind it. */
    String name(Names names) {
        if (peek() != '"') {
            throw unexpected("a name");
        }
        int begin = pos + 1;
        String name = null;
        int index = known(begin);
        if (index >= 0) {
            name = KNOWN[index];
            pos = begin + name.length() + 1;
        } else {
            name = string();
            if (pos - begin > MAX_NAME) {
                throw bad("a name is longer than " + MAX_NAME + " bytes");
            }
            if (isBroken(name)) {
                throw bad("a name has half a surrogate pair");
            }
            for (int i = 0; i < KNOWN.length && index < 0; i++) {
                // it may have been written with escapes
                index = KNOWN[i].equals(name) ? i : -1;
            }
        }
        if (!names.add(name, index)) {
            throw bad("the name " + shown(name) + " is there twice");
        }
        if (peek() != ':') {
            throw unexpected("a colon");
        }
        pos++;
        return name;
    }

    private static boolean isBroken(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isHighSurrogate(name.charAt(i))
                    && i + 1 < name.length()
                    && Character.isLowSurrogate(name.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(name.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private int known(int begin) {
        next:
        for (int i = 0; i < KNOWN.length; i++) {
            String name = KNOWN[i];
            int n = name.length();
            if (begin + n >= end || in[begin + n] != '"') {
                continue;
            }
            for (int k = 0; k < n; k++) {
                if (in[begin + k] != name.charAt(k)) {
                    continue next;
                }
            }
            return i;
        }
        return -1;
    }

    /** Consumes the number that {@link #peek} saw the beginning of. */
    void number() {
        from = pos;
        negative = in[pos] == '-';
        int p = negative ? pos + 1 : pos;
        long m = 0;
        int significant = 0;
        int scale = 0;
        int length = -p;
        int c = p < end ? in[p] : -1;
        if (c == '0') {
            p++;
        } else {
            while (p < end && (c = in[p]) >= '0' && c <= '9') {
                if (significant < 19) {
                    m = m * 10 + (c - '0');
                    significant++;
                } else {
                    scale++;
                }
                p++;
            }
        }
        length += p;
        boolean integer = true;
        c = p < end ? in[p] : -1;
        if (length == 0 || c >= '0' && c <= '9') {
            pos = p;
            throw bad(length == 0 ? "a number has no digits" : "a number begins with 0");
        }
        if (c == '.') {
            integer = false;
            int point = ++p;
            while (p < end && (c = in[p]) >= '0' && c <= '9') {
                if (significant < 19) {
                    m = m * 10 + (c - '0');
                    significant += m == 0 ? 0 : 1;
                    scale--;
                }
                p++;
            }
            length += p - point;
            pos = p;
            if (p == point) {
                throw bad("a number ends with its point");
            }
            c = p < end ? in[p] : -1;
        }
        if (c == 'e' || c == 'E') {
            integer = false;
            c = ++p < end ? in[p] : -1;
            boolean down = c == '-';
            if (down || c == '+') {
                p++;
            }
            int first = p;
            int e = 0;
            while (p < end && (c = in[p]) >= '0' && c <= '9') {
                e = Math.min(100_000, e * 10 + (c - '0'));
                p++;
            }
            length += p - first;
            pos = p;
            if (p == first) {
                throw bad("a number ends with its exponent's sign");
            }
            scale += down ? -e : e;
        }
        pos = p;
        if (length > MAX_NUMBER) {
            throw bad("a number has more than " + MAX_NUMBER + " digits");
        }
        whole = integer;
        mantissa = m;
        digits = significant;
        exponent = scale;
    }

    boolean isWhole() {
        return whole;
    }

    float single() {
        // as an integer, and zero has no sign then
        return whole && mantissa == 0 ? 0 : JsonNumbers.single(in, from, pos, negative, mantissa, exponent);
    }

    double decimal() {
        return whole && mantissa == 0 ? 0 : JsonNumbers.decimal(in, from, pos, negative, mantissa, digits, exponent);
    }

    /** Whether a whole number lies within the bounds; {@link #integer} is it. */
    boolean isWithin(long min, long max) {
        if (!whole || digits + exponent > 18) {
            return whole && digits + exponent == 19 && JsonNumbers.isLong(mantissa, negative) && isBetween(min, max);
        }
        return isBetween(min, max);
    }

    private boolean isBetween(long min, long max) {
        long value = integer();
        return value >= min && value <= max;
    }

    long integer() {
        return negative ? -mantissa : mantissa;
    }

    /** The bits of an unsigned number; fails when it is none. */
    long unsigned() throws NumberFormatException {
        if (!whole || negative && mantissa != 0) {
            throw new NumberFormatException();
        }
        return digits + exponent <= 19 ? mantissa : Long.parseUnsignedLong(text(from, pos));
    }

    /** Consumes any value. */
    void skip() {
        int c = peek();
        switch (c) {
            case '"' -> {
                pos++;
                rest(null);
            }
            case '{' -> {
                Names names = new Names();
                enter();
                for (boolean more = first('}'); more; more = more('}')) {
                    name(names);
                    skip();
                }
            }
            case '[' -> {
                enter();
                for (boolean more = first(']'); more; more = more(']')) {
                    skip();
                }
            }
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> {
                if (c != '-' && (c < '0' || c > '9')) {
                    throw unexpected("a value");
                }
                number();
            }
        }
    }

    /** Some of the text between two positions, for a message. */
    String text(int begin, int stop) {
        return new String(in, begin, stop - begin, StandardCharsets.UTF_8);
    }

    static String shown(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
