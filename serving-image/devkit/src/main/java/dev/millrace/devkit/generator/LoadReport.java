package dev.millrace.devkit.generator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --report} writes.
 *
 * @param figures of the run, or of the highest rate that a search found; null when it found none
 * @param floor the same calls to an echo server
 */
record LoadReport(
        String url,
        String protocol,
        @Nullable Figures figures,
        @Nullable Figures floor,
        RateSearch.@Nullable Found search) {

    void write(Path file) throws IOException {
        Files.write(
                file,
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(this));
    }
}
