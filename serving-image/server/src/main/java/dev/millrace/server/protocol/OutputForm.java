package dev.millrace.server.protocol;

import java.util.Map;

/**
 * How a caller wants its outputs over REST.
 *
 * @param binary of the outputs that say nothing
 * @param each by the output's name
 */
record OutputForm(boolean binary, Map<String, Boolean> each) {
    static final OutputForm JSON = new OutputForm(false, Map.of());
    static final OutputForm BINARY = new OutputForm(true, Map.of());

    boolean isBinary(String output) {
        return each.isEmpty() ? binary : each.getOrDefault(output, binary);
    }
}
