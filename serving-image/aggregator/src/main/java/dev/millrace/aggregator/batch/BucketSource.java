package dev.millrace.aggregator.batch;

import dev.millrace.contract.config.FeatureGroup;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Objects of a bucket, {@code s3://bucket/key} or {@code gs://bucket/key}: one, all below a prefix that ends with a slash,
 * or those that a pattern matches. Addressed by path, {@code https://endpoint/bucket/key}, which every S3-compatible store
 * understands, as does Google's.
 */
final class BucketSource implements BatchSource {
    private static final String GOOGLE = "https://storage.googleapis.com";
    private static final int ATTEMPTS = 5;
    /** That are looked at to find those that count. */
    private static final int MOST_OBJECTS = 10 * MAX_FILES;

    private final String uri;
    private final BatchFormat format;
    private final String scheme;
    private final String bucket;
    private final String key;
    private final String endpoint;
    private final Http http;
    private final Http.Signer signer;
    private final Download download;

    BucketSource(
            String uri, BatchFormat format, FeatureGroup.@Nullable Access access, Credentials credentials, Path scratch)
            throws SourceException {
        this.uri = uri;
        this.format = format;
        this.scheme = uri.substring(0, uri.indexOf("://"));
        String rest = uri.substring(scheme.length() + 3);
        int slash = rest.indexOf('/');
        this.bucket = slash < 0 ? rest : rest.substring(0, slash);
        this.key = slash < 0 ? "" : rest.substring(slash + 1);
        boolean google = scheme.equals("gs");
        String region = access == null ? null : access.region();
        String given = access == null ? null : access.endpoint();
        String resolved = region != null ? region : google ? "auto" : "us-east-1";
        String address = given != null ? given : google ? GOOGLE : "https://s3." + resolved + ".amazonaws.com";
        this.endpoint = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
        this.http = new Http(credentials.caFile());
        this.signer = signer(credentials, resolved);
        this.download = new Download(http, signer, scratch);
    }

    private static Http.Signer signer(Credentials credentials, String region) {
        String access = credentials.keys().get(Credentials.ACCESS_KEY);
        String secret = credentials.keys().get(Credentials.SECRET_KEY);
        if (access == null || secret == null) {
            return (uri, headers) -> headers; // a public bucket
        }
        AwsSignature signature =
                new AwsSignature(access, secret, credentials.keys().get(Credentials.SESSION_TOKEN), region);
        return (uri, headers) -> signature.sign(uri, headers, Instant.now());
    }

    @Override
    public List<SourceFile> list() throws SourceException {
        if (Patterns.isPattern(key)) {
            String base = Patterns.base(key);
            PathMatcher matcher = Patterns.matcher(key);
            List<SourceFile> found = objects(base, below -> matcher.matches(below));
            if (found.isEmpty()) {
                throw new SourceException(uri + ": there is no object that this pattern matches");
            }
            return BatchSource.checked(found, uri, format);
        }
        if (!key.isEmpty() && !key.endsWith("/")) {
            for (BucketListing.Item item : items(key)) {
                if (item.key().equals(key)) {
                    return List.of(file(item));
                }
            }
            List<SourceFile> below = objects(key + "/", this::hasEnding);
            if (below.isEmpty()) {
                throw new SourceException(uri + ": there is no such object, and below it none that ends with "
                        + String.join(", ", format.endings()));
            }
            return BatchSource.checked(below, uri, format);
        }
        return BatchSource.checked(objects(key, this::hasEnding), uri, format);
    }

    private boolean hasEnding(Path below) {
        return Patterns.hasEnding(String.valueOf(below.getFileName()), format);
    }

    /** Which objects below a prefix count. */
    private interface Chooser {
        boolean counts(Path below);
    }

    private List<SourceFile> objects(String prefix, Chooser chooser) throws SourceException {
        List<SourceFile> found = new ArrayList<>();
        for (BucketListing.Item item : items(prefix)) {
            String below = item.key().substring(prefix.length());
            if (below.isEmpty() || below.endsWith("/")) {
                continue; // a directory's own marker
            }
            Path path = Path.of(below);
            if (!Patterns.isHidden(path) && chooser.counts(path)) {
                found.add(file(item));
            }
        }
        return found;
    }

    private SourceFile file(BucketListing.Item item) {
        return new SourceFile(scheme + "://" + bucket + "/" + item.key(), item.tag(), item.bytes());
    }

    /** All objects whose keys begin so, in the order of their keys. */
    private List<BucketListing.Item> items(String prefix) throws SourceException {
        List<BucketListing.Item> items = new ArrayList<>();
        String next = null;
        do {
            BucketListing page = page(prefix, next);
            items.addAll(page.items());
            next = page.next();
            if (items.size() > MOST_OBJECTS) {
                throw new SourceException(uri + ": more than " + MOST_OBJECTS + " objects begin with '" + prefix
                        + "'; name a narrower place");
            }
        } while (next != null);
        return items;
    }

    private BucketListing page(String prefix, @Nullable String next) throws SourceException {
        // sorted by name, as the signature wants it
        URI page = URI.create(endpoint + "/" + bucket + "?"
                + (next == null ? "" : "continuation-token=" + AwsSignature.escape(next, false) + "&")
                + "list-type=2&prefix=" + AwsSignature.escape(prefix, false));
        IOException failure = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (Http.Answer answer = http.get(page, Map.of(), signer)) {
                if (answer.status() == 200) {
                    return BucketListing.read(answer.body());
                }
                if (answer.status() < 500 && answer.status() != 429) {
                    throw new SourceException(
                            uri + ": " + endpoint + " lists nothing, it answers with " + answer.failure());
                }
                failure = new IOException(answer.failure());
            } catch (IOException e) {
                failure = e;
            }
            Pause.after(attempt);
        }
        IOException last = Objects.requireNonNull(failure);
        throw new SourceException(uri + ": " + endpoint + " cannot be asked: " + last.getMessage(), last);
    }

    @Override
    public Fetched fetch(SourceFile file) throws SourceException {
        String path = file.name().substring((scheme + "://").length());
        return download.get(
                URI.create(endpoint + "/" + AwsSignature.escape(path, true)), Names.copy(endpoint + "/" + path));
    }
}
