package dev.millrace.aggregator.batch;

import dev.millrace.contract.config.FeatureGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keys of the Secret that {@code batch.storage.secretRef} names. For buckets {@code AWS_ACCESS_KEY_ID}, {@code
 * AWS_SECRET_ACCESS_KEY} and {@code AWS_SESSION_TOKEN}, which a process without a Secret takes from its environment; for
 * https {@code token}, or {@code username} and {@code password}. {@code ca.crt} for either.
 */
record Credentials(Map<String, String> keys, @Nullable Path caFile) {
    static final String ACCESS_KEY = "AWS_ACCESS_KEY_ID";
    static final String SECRET_KEY = "AWS_SECRET_ACCESS_KEY";
    static final String SESSION_TOKEN = "AWS_SESSION_TOKEN";
    static final String TOKEN = "token";
    static final String USERNAME = "username";
    static final String PASSWORD = "password";
    static final String CA = "ca.crt";

    private static final List<String> CLOUD = List.of(ACCESS_KEY, SECRET_KEY, SESSION_TOKEN);
    private static final List<String> WEB = List.of(TOKEN, USERNAME, PASSWORD);

    /** @throws SourceException when there should be some and is none of them */
    static Credentials of(FeatureGroup.@Nullable Access access) throws SourceException {
        String dir = access == null ? null : access.credentialsDir();
        Map<String, String> keys = new TreeMap<>();
        if (dir == null) {
            CLOUD.forEach(key -> keys.computeIfAbsent(key, System::getenv));
            return new Credentials(keys, null);
        }
        for (List<String> names : List.of(CLOUD, WEB)) {
            for (String name : names) {
                String value = read(Path.of(dir, name));
                if (value != null) {
                    keys.put(name, value);
                }
            }
        }
        Path ca = Path.of(dir, CA);
        if (keys.isEmpty() && !Files.exists(ca)) {
            throw new SourceException("batch.storage.secretRef: the Secret does not exist, or has none of the keys "
                    + String.join(", ", CLOUD) + " (s3, gs), " + String.join(", ", WEB) + " (https), " + CA);
        }
        return new Credentials(keys, Files.exists(ca) ? ca : null);
    }

    private static @Nullable String read(Path file) throws SourceException {
        try {
            return Files.exists(file)
                    ? Files.readString(file, StandardCharsets.UTF_8).strip()
                    : null;
        } catch (IOException e) {
            throw new SourceException("batch.storage.secretRef: " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Null when nobody is to be told who asks. */
    @Nullable
    String authorization() {
        String token = keys.get(TOKEN);
        if (token != null) {
            return "Bearer " + token;
        }
        String username = keys.get(USERNAME);
        return username == null
                ? null
                : "Basic "
                        + Base64.getEncoder()
                                .encodeToString((username + ":" + keys.getOrDefault(PASSWORD, ""))
                                        .getBytes(StandardCharsets.UTF_8));
    }

    /** Keys are never printed. */
    @Override
    public String toString() {
        return "Credentials" + keys.keySet();
    }
}
