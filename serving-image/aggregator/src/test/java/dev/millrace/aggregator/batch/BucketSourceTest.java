package dev.millrace.aggregator.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.FeatureGroup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is asked of a bucket, and which of its objects count. A store that checks signatures accepts them: moto's server was
 * asked by the whole loader, for names with spaces, plus signs and umlauts, and refused it with a wrong key.
 */
@Timeout(120)
class BucketSourceTest {
    @TempDir
    Path dir;

    private FileServer server;
    private FeatureGroup.Access access;

    @BeforeEach
    void start() throws Exception {
        server = new FileServer(null);
        Path secret = Files.createDirectories(dir.resolve("secret"));
        Files.writeString(secret.resolve("AWS_ACCESS_KEY_ID"), "id");
        Files.writeString(secret.resolve("AWS_SECRET_ACCESS_KEY"), "key");
        access = new FeatureGroup.Access(secret.toString(), "http://127.0.0.1:" + server.port() + "/", "eu-west-1");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private BatchSource source(String uri) throws SourceException {
        return BatchSource.of(Profiles.batch(uri, access), BatchFormat.CSV, dir.resolve("scratch"));
    }

    private void page(String query, String next, String... keys) {
        StringBuilder xml = new StringBuilder(
                "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        for (String key : keys) {
            xml.append("<Contents><Key>")
                    .append(key)
                    .append("</Key><ETag>&quot;t&quot;</ETag><Size>7</Size></Contents>");
        }
        xml.append(next.isEmpty() ? "" : "<NextContinuationToken>" + next + "</NextContinuationToken>");
        server.put(
                "/features?" + query,
                xml.append("</ListBucketResult>").toString().getBytes(UTF_8),
                "");
    }

    private List<String> names(String uri) throws SourceException {
        return source(uri).list().stream().map(SourceFile::name).toList();
    }

    @Test
    void allBelowAPrefixPageByPage() throws Exception {
        page("list-type=2&prefix=daily%2F", "a+/=", "daily/", "daily/_SUCCESS", "daily/a.csv", "daily/a.csv.crc");
        page(
                "continuation-token=a%2B%2F%3D&list-type=2&prefix=daily%2F",
                "", "daily/dt=1/b.csv.gz", "daily/.tmp/c.csv");
        assertThat(source("s3://features/daily/").list())
                .containsExactly(
                        new SourceFile("s3://features/daily/a.csv", "\"t\"", 7),
                        new SourceFile("s3://features/daily/dt=1/b.csv.gz", "\"t\"", 7));
        assertThat(server.asked)
                .hasSize(2)
                .allMatch(line -> line.contains("Credential=id/") && line.contains("/eu-west-1/s3/aws4_request"));
    }

    @Test
    void aPatternAnObjectAndAPrefixWithoutASlash() throws Exception {
        page(
                "list-type=2&prefix=daily%2F",
                "", "daily/dt=1/x.csv", "daily/dt=1/y.csv", "daily/dt=2/x.csv", "daily/x.csv");
        assertThat(names("gs://features/daily/dt=*/x*"))
                .containsExactly("gs://features/daily/dt=1/x.csv", "gs://features/daily/dt=2/x.csv");
        page("list-type=2&prefix=daily", "", "daily/x.csv", "daily.csv");
        assertThat(names("s3://features/daily")).hasSize(4);
        page("list-type=2&prefix=one.data", "", "one.data", "one.data.csv");
        assertThat(names("s3://features/one.data")).containsExactly("s3://features/one.data");
        assertThatThrownBy(() -> names("s3://features/daily/*.parquet"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("s3://features/daily/*.parquet");
        assertThatThrownBy(() -> names("s3://features/none/"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("s3://features/none/")
                .hasMessageContaining("404");
    }

    @Test
    void anObjectIsFetchedByItsEscapedName() throws Exception {
        server.put("/features/daily/a b.csv", "x".getBytes(UTF_8), "\"t\"");
        BatchSource source = source("s3://features/daily/");
        try (BatchSource.Fetched fetched = source.fetch(new SourceFile("s3://features/daily/a b.csv", "\"t\"", 1))) {
            assertThat(fetched.path()).hasContent("x");
            assertThat(fetched.tag()).isEqualTo("\"t\"");
        }
        assertThat(server.asked).singleElement().asString().startsWith("/features/daily/a%20b.csv ");
    }

    @Test
    void aListingReadsNoFilesOfOurs() {
        String evil = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><ListBucketResult><Contents>"
                + "<Key>&e;</Key></Contents></ListBucketResult>";
        assertThatThrownBy(() -> BucketListing.read(new ByteArrayInputStream(evil.getBytes(UTF_8))))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> BucketListing.read(new ByteArrayInputStream("<html></html>".getBytes(UTF_8))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no listing");
    }
}
