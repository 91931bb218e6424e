package dev.millrace.server.protocol;

import dev.millrace.server.predict.CallException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** White space, strings and literals of a JSON text in UTF-8, and errors that say where they are. */
class JsonText {
    final byte[] in;
    final int end;
    int pos;
    private final int start;

    /** {@code end}: exclusive; what follows is not looked at. */
    JsonText(byte[] in, int end) {
        this.in = in;
        this.end = end;
        boolean marked = end >= 3 && in[0] == (byte) 0xef && in[1] == (byte) 0xbb && in[2] == (byte) 0xbf;
        this.start = marked ? 3 : 0;
        this.pos = start;
    }

    /** The next byte that is not white space, not consumed; -1 = there is none. */
    int peek() {
        while (pos < end) {
            int c = in[pos];
            if (c > ' ' || c < 0) {
                return c & 0xff;
            }
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                throw bad("there is a control character");
            }
            pos++;
        }
        return -1;
    }

    /** Consumes the string that {@link #peek} saw the beginning of. */
    String string() {
        int begin = ++pos;
        while (pos < end) {
            int c = in[pos];
            if (c == '"') {
                return new String(in, begin, pos++ - begin, StandardCharsets.ISO_8859_1);
            }
            if (c == '\\' || c < ' ') {
                StringBuilder text = new StringBuilder(new String(in, begin, pos - begin, StandardCharsets.ISO_8859_1));
                rest(text);
                return text.toString();
            }
            pos++;
        }
        throw bad("a string does not end");
    }

    /** Consumes up to the end of a string; the text goes into {@code to} if there is one. */
    final void rest(@Nullable StringBuilder to) {
        while (pos < end) {
            int c = in[pos++];
            if (c == '"') {
                return;
            }
            if (c == '\\') {
                c = escaped();
                if (to != null) {
                    to.append((char) c);
                }
                continue;
            }
            if (c < 0) {
                c = codePoint(c & 0xff);
            } else if (c < ' ') {
                pos--;
                throw bad("there is a control character in a string");
            }
            if (to != null) {
                to.appendCodePoint(c);
            }
        }
        throw bad("a string does not end");
    }

    private int escaped() {
        int c = pos < end ? in[pos++] : -1;
        switch (c) {
            case '"', '\\', '/':
                return c;
            case 'b':
                return '\b';
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'f':
                return '\f';
            case 'r':
                return '\r';
            case 'u':
                int unit = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = pos < end ? Character.digit(in[pos], 16) : -1;
                    if (digit < 0) {
                        throw bad("an escape needs four hexadecimal digits");
                    }
                    unit = unit << 4 | digit;
                    pos++;
                }
                return unit;
            default:
                throw bad("there is an unknown escape");
        }
    }

    private int codePoint(int lead) {
        if (lead >= 0xc2 && lead < 0xe0) {
            return (lead & 0x1f) << 6 | tail();
        }
        if (lead >= 0xe0 && lead < 0xf0) {
            int c = (lead & 0x0f) << 12 | tail() << 6 | tail();
            if (c >= 0x800 && (c < 0xd800 || c > 0xdfff)) {
                return c;
            }
        } else if (lead >= 0xf0 && lead < 0xf5) {
            int c = (lead & 0x07) << 18 | tail() << 12 | tail() << 6 | tail();
            if (c >= 0x10000 && c <= 0x10ffff) {
                return c;
            }
        }
        throw bad("the text is not UTF-8");
    }

    private int tail() {
        int c = pos < end ? in[pos++] : 0;
        if ((c & 0xc0) != 0x80) {
            throw bad("the text is not UTF-8");
        }
        return c & 0x3f;
    }

    /** Consumes {@code true}, {@code false} or {@code null}. */
    void literal(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (pos + i >= end || in[pos + i] != text.charAt(i)) {
                throw unexpected("a value");
            }
        }
        pos += text.length();
    }

    CallException unexpected(String wanted) {
        int c = peek();
        return bad(c < 0 ? "it ends where " + wanted + " is expected" : wanted + " is expected");
    }

    final CallException bad(String what) {
        int line = 1;
        int column = 1;
        for (int i = start; i < Math.min(pos, end); i++) {
            column++;
            if (in[i] == '\n') {
                line++;
                column = 1;
            }
        }
        return CallException.invalid("the body is not JSON: " + what + " (line " + line + ", column " + column + ")");
    }
}
