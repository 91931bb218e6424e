package dev.millrace.server.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.server.json.PredictionJson;
import dev.millrace.server.json.TensorJson;
import dev.millrace.server.predict.PredictAnswer;
import dev.millrace.server.predict.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * By what a cache in front tells whether it still has the newest answer (RFC 9110, 8.8 and 13).
 *
 * @param tag weak: of what the answer says, not of its ids and timings
 * @param madeSeconds when the model gave it, since 1970
 */
record Validators(String tag, long madeSeconds) {
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);
    private static final int TAG_BYTES = 16;

    /** Null = no cache may keep the answer. */
    static @Nullable Validators of(PredictAnswer answer, long nowMs) {
        return answer.repeatable()
                ? new Validators(tag(answer), (nowMs - answer.ageNanos() / 1_000_000) / 1_000)
                : null;
    }

    private static String tag(PredictAnswer answer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JsonReader.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("version", answer.version());
            for (Prediction p : answer.predictions()) {
                PredictionJson.writeText(json, "label", p.label());
                if (p.items() == null) {
                    json.writeFieldName("outputs");
                    TensorJson.writeRow(json, p.outputs());
                } else {
                    PredictionJson.writeItems(json, p.items(), false);
                }
                json.writeArrayFieldStart("defaulted");
                for (String feature : p.flags().defaulted()) {
                    json.writeString(feature);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array takes every byte", e);
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(out.toByteArray());
            return "W/\"" + HexFormat.of().formatHex(hash, 0, TAG_BYTES) + "\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    String lastModified() {
        return HTTP_DATE.format(Instant.ofEpochSecond(madeSeconds).atZone(ZoneOffset.UTC));
    }

    /**
     * Whether the asker has this answer already.
     *
     * @param tags values of {@code If-None-Match}; where there are some, the date says nothing
     * @param since value of {@code If-Modified-Since}; null = none
     */
    boolean match(List<String> tags, @Nullable String since, long nowMs) {
        if (!tags.isEmpty()) {
            return tags.stream()
                    .flatMap(list -> List.of(list.split(",")).stream())
                    .map(String::strip)
                    .anyMatch(t -> t.equals("*") || opaque(t).equals(opaque(tag)));
        }
        // within the second in which it was made another answer may follow
        if (since == null || madeSeconds >= nowMs / 1_000) {
            return false;
        }
        try {
            return madeSeconds
                    <= ZonedDateTime.parse(since, HTTP_DATE.withZone(ZoneOffset.UTC))
                            .toEpochSecond();
        } catch (DateTimeException e) {
            // as if it were not there (13.1.3)
            return false;
        }
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }
}
