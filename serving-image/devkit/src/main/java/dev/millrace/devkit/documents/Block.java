package dev.millrace.devkit.documents;

import java.util.ArrayList;
import java.util.List;

/**
 * A fenced block of a Markdown document.
 *
 * @param line of the block's first line, from 1
 * @param language what stands after the fence; empty = nothing
 * @param text without the fences, each line ended
 */
public record Block(int line, String language, String text) {

    /**
     * @return the blocks in their order
     * @throws IllegalArgumentException for a fence that does not end
     */
    public static List<Block> of(String markdown) {
        List<Block> blocks = new ArrayList<>();
        List<String> lines = markdown.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith("```")) {
                continue;
            }
            int first = i + 1;
            StringBuilder text = new StringBuilder();
            for (i = first; i < lines.size() && !lines.get(i).startsWith("```"); i++) {
                text.append(lines.get(i)).append('\n');
            }
            if (i == lines.size()) {
                throw new IllegalArgumentException("the block from line " + first + " does not end");
            }
            blocks.add(new Block(first + 1, lines.get(first - 1).substring(3).strip(), text.toString()));
        }
        return blocks;
    }

    /** @return the commands of a block of shell lines: continuations joined, comments and empty lines left out */
    public List<String> commands() {
        List<String> commands = new ArrayList<>();
        StringBuilder command = new StringBuilder();
        for (String line : text.lines().toList()) {
            if (line.endsWith("\\")) {
                command.append(line, 0, line.length() - 1).append(' ');
                continue;
            }
            command.append(line);
            String whole = withoutComment(command.toString()).strip();
            command.setLength(0);
            if (!whole.isEmpty()) {
                commands.add(whole);
            }
        }
        return commands;
    }

    /** As a shell does it: a {@code #} that begins a word outside quotes. */
    private static String withoutComment(String command) {
        char quote = 0;
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '#' && (i == 0 || Character.isWhitespace(command.charAt(i - 1)))) {
                return command.substring(0, i);
            }
        }
        return command;
    }

    /** @return a command's words as a shell would split them, quotes taken off; variables stay as they are */
    public static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (char c : command.toCharArray()) {
            if (quote != 0 ? c == quote : c == '\'' || c == '"') {
                quote = quote != 0 ? 0 : c;
                begun = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }
}
