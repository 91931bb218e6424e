package dev.millrace.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallTest {
    @ParameterizedTest
    @CsvSource({
        "/v2, SERVER, ,, ",
        "/openapi.json, OPENAPI, ,, ",
        "/get-online-features, ONLINE_FEATURES, ,, ",
        "/v2/models/m, METADATA, m,, ",
        "/v2/models/m/versions/7, METADATA, m, 7, ",
        "/v2/models/m/infer, INFER, m,, ",
        "/v2/models/a%2Fb/versions/1%2B/stats, STATISTICS, a/b, 1+, ",
        "/v2/models/a+b/config, CONFIG, a+b,, ",
        "/v2/models/versions/infer, INFER, versions,, ",
        "/v2/repository/index, REPOSITORY_INDEX, ,, ",
        "/v2/repository/models/m/load, REPOSITORY_LOAD, m,, ",
        "/v2/models/m/predictions/c-17, PREDICTION, m, , c-17",
        "/v2/models/m/versions/7/predictions/a%2Fb:c%3A, PREDICTION, m, 7, a%2Fb:c%3A",
        "/v2/models/versions/predictions/x, PREDICTION, versions, , x"
    })
    void findsTheCall(String path, String call, String model, String version, String entity) {
        assertThat(Call.find(path)).isEqualTo(new Call.Match(Call.valueOf(call), model, version, entity));
    }

    @ParameterizedTest
    @CsvSource({
        "/",
        "''",
        "/v1/models/m",
        "/v2/modelz/m",
        "/v2/models/m/infer/x",
        "/v2/models/m/predictions",
        "/v2/models/m/predictions//",
        "/v2/models/m/predictions/a/b",
        "/v2/models/m/predict/a",
        "/v2/models/m/versions/1/infer/x",
        "/v2/models/m/generate",
        "x/v2/models/m",
        "/v2/repository/models/m/drop",
        "/v2/repository/models/m/load/x"
    })
    void noOtherPath(String path) {
        assertThat(Call.find(path)).isNull();
    }

    @Test
    void aPathThatIsNotWellEncodedIsTold() {
        assertThatThrownBy(() -> Call.find("/v2/models/%zz")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theOpenApiDocumentDescribesExactlyTheCallsThatThereAre() throws Exception {
        JsonObject document;
        try (InputStream in = Objects.requireNonNull(CallTest.class.getResourceAsStream("/openapi.json"))) {
            document = new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Set<String> described = new TreeSet<>();
        JsonObject paths = document.getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            for (HttpMethod method :
                    new HttpMethod[] {HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE}) {
                if (paths.getJsonObject(path).containsKey(method.name().toLowerCase(Locale.ROOT))) {
                    described.add(method + " " + path);
                }
            }
        }
        Set<String> taken = new TreeSet<>();
        for (Call c : Call.values()) {
            c.templates().forEach(t -> taken.add(c.method() + " " + t));
        }
        assertThat(described).isEqualTo(taken);
    }
}
