package dev.millrace.aggregator.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The examples of "Authenticating Requests: Using the Authorization Header" in the Amazon S3 API reference. */
class AwsSignatureTest {
    private static final Instant NOW = Instant.parse("2013-05-24T00:00:00Z");
    private static final String HOST = "https://examplebucket.s3.amazonaws.com";

    private final AwsSignature signature =
            new AwsSignature("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null, "us-east-1");

    private String signed(String uri, Map<String, String> headers) {
        return Objects.requireNonNull(
                signature.sign(URI.create(HOST + uri), headers, NOW).get("Authorization"));
    }

    @Test
    void partOfAnObject() {
        assertThat(signed("/test.txt", Map.of("Range", "bytes=0-9")))
                .isEqualTo("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                        + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
                        + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }

    @Test
    void aListing() {
        assertThat(signed("/?prefix=J&max-keys=2", Map.of()))
                .endsWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    @Test
    void aQueryWithoutAValue() {
        assertThat(signed("/?lifecycle", Map.of()))
                .endsWith("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    }

    @Test
    void aSessionsTokenIsSentAndSigned() {
        Map<String, String> headers = new AwsSignature("id", "key", "token", "eu-west-1")
                .sign(URI.create("http://127.0.0.1:9000/b/k"), Map.of(), NOW);
        assertThat(headers).containsEntry("x-amz-security-token", "token");
        assertThat(headers.get("Authorization")).contains("/eu-west-1/", ";x-amz-security-token,");
    }

    @Test
    void onlyWhatIsSafeStaysAsItIs() {
        assertThat(AwsSignature.escape("a b/ü+~.csv", true)).isEqualTo("a%20b/%C3%BC%2B~.csv");
        assertThat(AwsSignature.escape("a/b=", false)).isEqualTo("a%2Fb%3D");
    }
}
