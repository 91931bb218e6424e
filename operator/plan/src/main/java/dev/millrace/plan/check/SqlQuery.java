package dev.millrace.plan.check;

import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a query by its text: its parameters, and whether it is one SELECT. Reads strings, quoted names, dollar
 * quotes and comments as PostgreSQL does, and nothing of the grammar.
 *
 * @param parameters numbers of its {@code $n}
 * @param problem what is wrong with it, and the cure; null = nothing that shows
 */
record SqlQuery(SortedSet<Integer> parameters, @Nullable String problem) {
    private static final int LONGEST_NUMBER = 4;

    static SqlQuery of(String text) {
        return new Scan(text).run();
    }

    private static final class Scan {
        private final String text;
        private final SortedSet<Integer> parameters = new TreeSet<>();
        private final StringBuilder code = new StringBuilder();
        private int at;

        Scan(String text) {
            this.text = text;
        }

        private SqlQuery run() {
            int depth = 0;
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '\'') {
                    if (!skipQuoted(c, isEscape())) {
                        return bad("has a string without an end; close it with '");
                    }
                } else if (c == '"') {
                    if (!skipQuoted(c, false)) {
                        return bad("has a quoted name without an end; close it with \"");
                    }
                } else if (text.startsWith("--", at)) {
                    int end = text.indexOf('\n', at);
                    at = end < 0 ? text.length() : end;
                } else if (text.startsWith("/*", at)) {
                    if (!skipComment()) {
                        return bad("has a comment without an end; close it with */");
                    }
                } else if (c == '$') {
                    if (!dollar()) {
                        return bad("has a dollar-quoted string without an end; close it, or write 'text'");
                    }
                } else if (c == ';') {
                    return bad("must be one statement, without ';'; remove it and what follows");
                } else {
                    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                    if (depth < 0) {
                        return bad("has a ')' that closes nothing; remove it");
                    }
                    code.append(c);
                    at++;
                }
            }
            String begin = code.toString().strip().toLowerCase(Locale.ROOT);
            if (!begin.matches("(?s)\\(*\\s*(select|with)\\b.*")) {
                return bad("must be a SELECT, for it is repeated and changes nothing");
            }
            return depth > 0 ? bad("has a '(' that nothing closes; add ')'") : new SqlQuery(parameters, null);
        }

        private SqlQuery bad(String problem) {
            return new SqlQuery(parameters, problem);
        }

        /** {@code E'...'}, in which a backslash takes the next character with it. */
        private boolean isEscape() {
            return at > 0
                    && (text.charAt(at - 1) == 'e' || text.charAt(at - 1) == 'E')
                    && (at == 1 || !isName(text.charAt(at - 2)));
        }

        private boolean skipQuoted(char quote, boolean escapes) {
            code.append(' ');
            for (at++; at < text.length(); at++) {
                if (escapes && text.charAt(at) == '\\') {
                    at++;
                } else if (text.charAt(at) == quote) {
                    // a doubled one is read as the end and a begin: the same in the end
                    at++;
                    return true;
                }
            }
            return false;
        }

        /** They nest. */
        private boolean skipComment() {
            int depth = 0;
            while (at < text.length()) {
                if (text.startsWith("/*", at)) {
                    depth++;
                    at += 2;
                } else if (text.startsWith("*/", at)) {
                    depth--;
                    at += 2;
                    if (depth == 0) {
                        code.append(' ');
                        return true;
                    }
                } else {
                    at++;
                }
            }
            return false;
        }

        /** A parameter, or a string in dollar quotes; false = one without an end. */
        private boolean dollar() {
            int end = at + 1;
            while (end < text.length() && Character.isDigit(text.charAt(end))) {
                end++;
            }
            boolean inName = at > 0 && isName(text.charAt(at - 1));
            if (end > at + 1 && !inName) {
                String number = text.substring(at + 1, end);
                parameters.add(number.length() > LONGEST_NUMBER ? Integer.MAX_VALUE : Integer.parseInt(number));
                at = end;
                return true;
            }
            int tag = at + 1;
            while (tag < text.length() && isName(text.charAt(tag))) {
                tag++;
            }
            if (inName || tag == text.length() || text.charAt(tag) != '$') {
                code.append('$');
                at++;
                return true;
            }
            String quote = text.substring(at, tag + 1);
            int close = text.indexOf(quote, tag + 1);
            at = close < 0 ? text.length() : close + quote.length();
            code.append(' ');
            return close >= 0;
        }

        private static boolean isName(char c) {
            return Character.isLetterOrDigit(c) || c == '_';
        }
    }
}
