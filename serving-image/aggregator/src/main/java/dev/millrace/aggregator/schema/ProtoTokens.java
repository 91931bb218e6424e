package dev.millrace.aggregator.schema;

import java.util.ArrayList;
import java.util.List;

/** The words of a {@code .proto} text, without comments: names (with their dots), numbers, quoted texts, single signs. */
final class ProtoTokens {
    private static final String END = "";

    private final List<String> tokens = new ArrayList<>();
    private int next;

    ProtoTokens(String text) throws UndecodableException {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                i++;
            } else if (text.startsWith("//", i)) {
                int line = text.indexOf('\n', i);
                i = line < 0 ? text.length() : line;
            } else if (text.startsWith("/*", i)) {
                int close = text.indexOf("*/", i + 2);
                if (close < 0) {
                    throw new UndecodableException("a comment does not end");
                }
                i = close + 2;
            } else {
                int end = c == '"' || c == '\'' ? quoted(text, i) : isWord(c) ? word(text, i) : i + 1;
                tokens.add(text.substring(i, end));
                i = end;
            }
        }
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.';
    }

    private static int word(String text, int from) {
        int end = from;
        while (end < text.length() && isWord(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int quoted(String text, int from) throws UndecodableException {
        for (int i = from + 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == text.charAt(from)) {
                return i + 1;
            }
        }
        throw new UndecodableException("a text in quotes does not end");
    }

    boolean atEnd() {
        return next >= tokens.size();
    }

    /** The next one; empty at the end. */
    String peek() {
        return atEnd() ? END : tokens.get(next);
    }

    String take() throws UndecodableException {
        if (atEnd()) {
            throw new UndecodableException("the schema ends too early");
        }
        return tokens.get(next++);
    }

    /** Takes the next one when it is this. */
    boolean taken(String token) {
        if (peek().equals(token)) {
            next++;
            return true;
        }
        return false;
    }

    void expect(String token) throws UndecodableException {
        String found = take();
        if (!found.equals(token)) {
            throw new UndecodableException("'" + found + "' stands where '" + token + "' should");
        }
    }

    String name() throws UndecodableException {
        String found = take();
        if (!isWord(found.charAt(0)) || Character.isDigit(found.charAt(0))) {
            throw new UndecodableException("'" + found + "' is no name");
        }
        return found;
    }

    /** A text in quotes, without them; names of files and of syntaxes have no escapes. */
    String text() throws UndecodableException {
        String found = take();
        if (found.charAt(0) != '"' && found.charAt(0) != '\'') {
            throw new UndecodableException("'" + found + "' is no text in quotes");
        }
        return found.substring(1, found.length() - 1);
    }

    int number() throws UndecodableException {
        boolean negative = taken("-");
        String found = take();
        try {
            long value = Long.decode(found);
            return Math.toIntExact(negative ? -value : value);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new UndecodableException("'" + found + "' is no number of 32 bits");
        }
    }

    /** Everything up to and with the semicolon that ends it; those within braces do not. */
    void skipStatement() throws UndecodableException {
        for (String token = take(); !token.equals(";"); token = take()) {
            if (token.equals("{")) {
                skipTo("{", "}");
            }
        }
    }

    /** Everything up to and with the block in braces. */
    void skipBlock() throws UndecodableException {
        String token = take();
        while (!token.equals("{")) {
            token = take();
        }
        skipTo("{", "}");
    }

    /** After the opening sign: everything up to and with its closing one. */
    void skipTo(String open, String close) throws UndecodableException {
        for (int depth = 1; depth > 0; ) {
            String token = take();
            depth += token.equals(open) ? 1 : token.equals(close) ? -1 : 0;
        }
    }
}
