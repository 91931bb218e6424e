package dev.millrace.aggregator.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The two questions that a reader has for a registry of Confluent's interface (Apicurio and Karapace have it too): a schema
 * by its id, and what it refers to. The secret's files are read with each question, so a rotated one is taken.
 */
public final class RegistryClient implements SchemaRegistry {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    /** Files below which a schema may stand; beyond it something goes round in circles. */
    private static final int MAX_REFERENCES = 256;

    private static final String ACCEPT = "application/vnd.schemaregistry.v1+json, application/json";

    private final String url;
    private final @Nullable Path secret;
    private final JsonMapper json = new JsonMapper();
    private @Nullable HttpClient client;
    private byte[] clientCa = new byte[0];

    /**
     * @param url what stands before {@code /schemas/ids}
     * @param secretDir with {@code username} and {@code password}, and {@code ca.crt} when the registry's authority is not a
     *     public one; each may be missing; null = none of them
     */
    public RegistryClient(String url, @Nullable String secretDir) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.secret = secretDir == null ? null : Path.of(secretDir);
    }

    @Override
    public synchronized SchemaText fetch(int id) throws SchemaUnavailableException, InterruptedException {
        JsonNode schema = get("/schemas/ids/" + id, "schema " + id);
        List<SchemaText.Reference> references = new ArrayList<>();
        collect(schema, references, new HashSet<>());
        return new SchemaText(
                schema.path("schemaType").asText("AVRO"), schema.path("schema").asText(), references);
    }

    /** Depth first, so that each stands behind what it needs itself. */
    private void collect(JsonNode schema, List<SchemaText.Reference> references, Set<String> seen)
            throws SchemaUnavailableException, InterruptedException {
        for (JsonNode reference : schema.path("references")) {
            String name = reference.path("name").asText();
            if (!seen.add(name)) {
                continue;
            }
            if (seen.size() > MAX_REFERENCES) {
                throw new SchemaUnavailableException(
                        "registry " + url + " gives more than " + MAX_REFERENCES + " references");
            }
            String subject = reference.path("subject").asText();
            int version = reference.path("version").asInt();
            JsonNode found = get(
                    "/subjects/" + URLEncoder.encode(subject, UTF_8).replace("+", "%20") + "/versions/" + version,
                    "version " + version + " of subject '" + subject + "', to which the schema refers,");
            collect(found, references, seen);
            references.add(new SchemaText.Reference(name, found.path("schema").asText()));
        }
    }

    private JsonNode get(String path, String what) throws SchemaUnavailableException, InterruptedException {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(ANSWER)
                    .header("Accept", ACCEPT);
            String user = line("username");
            if (user != null) {
                String pair = user + ":" + (line("password") == null ? "" : line("password"));
                request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)));
            }
            HttpResponse<String> answer = client().send(request.build(), HttpResponse.BodyHandlers.ofString());
            return switch (answer.statusCode()) {
                case 200 -> parsed(answer.body());
                case 404 ->
                    throw new SchemaUnavailableException(
                            "registry " + url + " does not have " + what + " (404); register it there");
                case 401, 403 ->
                    throw new SchemaUnavailableException("registry " + url + " refuses us (" + answer.statusCode()
                            + "); check kafka.schemaRegistry.secretRef");
                default ->
                    throw new SchemaUnavailableException(
                            "registry " + url + " answers " + answer.statusCode() + " for " + what);
            };
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new SchemaUnavailableException("registry " + url + " cannot be asked: " + reason(e), e);
        }
    }

    private JsonNode parsed(String body) throws SchemaUnavailableException, IOException {
        JsonNode node = json.readTree(body);
        if (!node.path("schema").isTextual()) {
            throw new SchemaUnavailableException("registry " + url + " answers without a schema; check the URL");
        }
        return node;
    }

    private @Nullable String line(String name) throws IOException {
        Path file = secret == null ? null : secret.resolve(name);
        return file == null || !Files.exists(file)
                ? null
                : Files.readString(file, UTF_8).strip();
    }

    private HttpClient client() throws IOException, GeneralSecurityException {
        Path file = secret == null ? null : secret.resolve("ca.crt");
        byte[] ca = file == null || !Files.exists(file) ? new byte[0] : Files.readAllBytes(file);
        HttpClient made = client;
        if (made == null || !java.util.Arrays.equals(ca, clientCa)) {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .connectTimeout(CONNECT);
            if (ca.length > 0) {
                builder.sslContext(trusting(ca));
            }
            made = builder.build();
            client = made;
            clientCa = ca;
        }
        return made;
    }

    private static SSLContext trusting(byte[] ca) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = new java.io.ByteArrayInputStream(ca)) {
            int i = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca" + i++, certificate);
            }
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static String reason(Throwable e) {
        Throwable inner = e;
        while (inner.getCause() != null && inner.getCause() != inner) {
            inner = inner.getCause();
        }
        return inner.getMessage() == null ? inner.getClass().getSimpleName() : inner.getMessage();
    }
}
