package dev.millrace.server.protocol;

import java.util.Arrays;

/** Grows one array of UTF-8 JSON text. What is written is not checked for form: that is the caller's. */
final class JsonWriter {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] out;
    private int length;

    JsonWriter(int capacity) {
        out = new byte[capacity];
    }

    byte[] array() {
        return out;
    }

    int length() {
        return length;
    }

    private void room(int bytes) {
        if (out.length - length < bytes) {
            out = Arrays.copyOf(out, Math.max(length + bytes, 2 * out.length));
        }
    }

    /** ASCII, as it is. */
    @SuppressWarnings("deprecation") // the method that copies low bytes is what is wanted here
    JsonWriter raw(String ascii) {
        int n = ascii.length();
        room(n);
        ascii.getBytes(0, n, out, length);
        length += n;
        return this;
    }

    JsonWriter raw(char ascii) {
        room(1);
        out[length++] = (byte) ascii;
        return this;
    }

    JsonWriter string(String text) {
        int n = text.length();
        room(6 * n + 2);
        out[length++] = '"';
        for (int i = 0; i < n; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x80 && c != '"' && c != '\\') {
                out[length++] = (byte) c;
            } else if (c < 0x80) {
                escape(c);
            } else if (Character.isHighSurrogate(c) && i + 1 < n && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                out[length++] = (byte) (0xf0 | point >> 18);
                out[length++] = (byte) (0x80 | point >> 12 & 0x3f);
                out[length++] = (byte) (0x80 | point >> 6 & 0x3f);
                out[length++] = (byte) (0x80 | point & 0x3f);
            } else if (Character.isSurrogate(c)) {
                // half a pair has no form in UTF-8
                unit(c);
            } else if (c < 0x800) {
                out[length++] = (byte) (0xc0 | c >> 6);
                out[length++] = (byte) (0x80 | c & 0x3f);
            } else {
                out[length++] = (byte) (0xe0 | c >> 12);
                out[length++] = (byte) (0x80 | c >> 6 & 0x3f);
                out[length++] = (byte) (0x80 | c & 0x3f);
            }
        }
        out[length++] = '"';
        return this;
    }

    private void escape(char c) {
        int letter =
                switch (c) {
                    case '"', '\\' -> c;
                    case '\b' -> 'b';
                    case '\t' -> 't';
                    case '\n' -> 'n';
                    case '\f' -> 'f';
                    case '\r' -> 'r';
                    default -> 0;
                };
        if (letter == 0) {
            unit(c);
        } else {
            out[length++] = '\\';
            out[length++] = (byte) letter;
        }
    }

    private void unit(char c) {
        out[length++] = '\\';
        out[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            out[length++] = HEX[c >> shift & 0xf];
        }
    }

    JsonWriter number(long value) {
        if (value == Long.MIN_VALUE) {
            return raw("-9223372036854775808");
        }
        room(20);
        long left = value;
        if (left < 0) {
            out[length++] = '-';
            left = -left;
        }
        int digits = 1;
        for (long rest = left; rest >= 10; rest /= 10) {
            digits++;
        }
        for (int i = length + digits - 1; i >= length; i--) {
            out[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        length += digits;
        return this;
    }

    /** Reads back as the same float. NaN and infinities become strings: JSON has no such number. */
    JsonWriter number(float value) {
        int small = (int) value;
        if (small == value && small > -10_000_000 && small < 10_000_000 && small != 0) {
            return number(small).raw(".0");
        }
        return Float.isFinite(value) ? raw(Float.toString(value)) : string(Float.toString(value));
    }

    /** Reads back as the same double; see {@link #number(float)}. */
    JsonWriter number(double value) {
        return Double.isFinite(value) ? raw(Double.toString(value)) : string(Double.toString(value));
    }
}
