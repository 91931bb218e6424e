package dev.millrace.plan;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a model or a batch of feature values comes from: the parsed {@code storageUri}. */
public sealed interface Source {
    /** Schemes that the schema accepts and this release cannot read yet. */
    List<String> LATER = List.of("hf", "oci");

    /** {@code configmap://<name>/<key>}: an object of the same namespace. */
    record ConfigMapFile(String configMap, String key) implements Source {}

    /** {@code pvc://<claim>/<path>}: a file or directory in a claim of the same namespace. */
    record ClaimFile(String claim, String path) implements Source {}

    /** {@code https://…}. */
    record HttpsFile(String uri) implements Source {}

    /** {@code s3://<bucket>/<key>} or {@code gs://…}: an object, a prefix that ends with a slash, or a pattern. */
    record BucketFile(String scheme, String uri) implements Source {}

    /** A scheme of {@link #LATER}. */
    record Unsupported(String scheme) implements Source {}

    /**
     * @throws IllegalArgumentException with the accepted forms
     */
    static Source parse(String uri) {
        int colon = uri.indexOf("://");
        String scheme = colon < 0 ? "" : uri.substring(0, colon);
        String rest = colon < 0 ? "" : uri.substring(colon + 3);
        int slash = rest.indexOf('/');
        String host = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : rest.substring(slash + 1);
        switch (scheme) {
            case "configmap":
                if (host.isEmpty() || path.isEmpty() || path.contains("/")) {
                    throw new IllegalArgumentException("'" + uri + "' must be configmap://<name>/<key>");
                }
                return new ConfigMapFile(host, path);
            case "pvc":
                if (host.isEmpty() || path.isEmpty() || path.startsWith("/") || climbs(path)) {
                    throw new IllegalArgumentException(
                            "'" + uri + "' must be pvc://<claim>/<path>, with no '..' in the path");
                }
                return new ClaimFile(host, path);
            case "https":
                if (!isWebAddress(uri)) {
                    throw new IllegalArgumentException(
                            "'" + uri + "' must be https://<host>/<path>, without a user, a password or a fragment");
                }
                return new HttpsFile(uri);
            case "s3", "gs":
                if (host.isEmpty()) {
                    throw new IllegalArgumentException("'" + uri + "' must be " + scheme + "://<bucket>/<key>");
                }
                return new BucketFile(scheme, uri);
            default:
                if (LATER.contains(scheme)) {
                    return new Unsupported(scheme);
                }
                throw new IllegalArgumentException("'" + uri
                        + "' has no known scheme; use configmap://<name>/<key>, pvc://<claim>/<path> or https://…");
        }
    }

    /** The address of what is not in the cluster; null = it is. */
    default @Nullable String address() {
        return this instanceof HttpsFile https ? https.uri() : this instanceof BucketFile bucket ? bucket.uri() : null;
    }

    /** The file's own name, the last part of the path. */
    default String fileName() {
        String path = this instanceof ConfigMapFile c
                ? c.key()
                : this instanceof ClaimFile p ? p.path() : this instanceof HttpsFile h ? h.uri() : "";
        String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }

    private static boolean climbs(String path) {
        return List.of(path.split("/", -1)).contains("..");
    }

    private static boolean isWebAddress(String uri) {
        try {
            URI parsed = URI.create(uri);
            return parsed.getHost() != null
                    && parsed.getRawUserInfo() == null
                    && parsed.getRawFragment() == null
                    && parsed.getRawPath() != null
                    && parsed.getRawPath().length() > 1;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
