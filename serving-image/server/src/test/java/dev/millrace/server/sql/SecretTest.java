package dev.millrace.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.sql.Secret.SecretException;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretTest {
    @TempDir
    Path dir;

    private void keys(String... keysAndValues) throws IOException {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            Files.writeString(dir.resolve(keysAndValues[i]), keysAndValues[i + 1] + "\n");
        }
    }

    private PgConnectOptions options() throws SecretException {
        return new Secret(dir).options();
    }

    @Test
    void readsAUri() throws Exception {
        keys("uri", "postgresql://reader:p%40ss@db.shop:5433/orders?sslmode=disable", "host", "ignored");
        PgConnectOptions options = options();
        assertThat(options.getHost()).isEqualTo("db.shop");
        assertThat(options.getPort()).isEqualTo(5433);
        assertThat(options.getDatabase()).isEqualTo("orders");
        assertThat(options.getUser()).isEqualTo("reader");
        assertThat(options.getPassword()).isEqualTo("p@ss");
        assertThat(options.getSslMode()).isEqualTo(SslMode.DISABLE);
        assertThat(options.getCachePreparedStatements()).isTrue();
    }

    @Test
    void readsParts() throws Exception {
        keys("host", "db", "dbname", "orders", "username", "reader", "password", "p@ss: %");
        PgConnectOptions options = options();
        assertThat(options.getHost()).isEqualTo("db");
        assertThat(options.getPort()).isEqualTo(5432);
        assertThat(options.getDatabase()).isEqualTo("orders");
        assertThat(options.getPassword()).isEqualTo("p@ss: %");
        keys("port", "6432", "database", "other", "password", "second");
        assertThat(options().getPort()).isEqualTo(6432);
        assertThat(options().getDatabase()).isEqualTo("other");
        assertThat(options().getPassword()).as("it is read each time").isEqualTo("second");
    }

    /** As libpq: who answers matters to the last two alone. */
    @ParameterizedTest
    @CsvSource({
        ", PREFER, true, ''",
        "allow, ALLOW, true, ''",
        "require, REQUIRE, true, ''",
        "verify-ca, VERIFY_CA, false, ''",
        "verify-full, VERIFY_FULL, false, HTTPS"
    })
    void encryptsAsAsked(String given, SslMode mode, boolean trustsAll, String verifies) throws Exception {
        keys("uri", "postgresql://reader:x@db/orders", "ca.crt", "unread");
        if (given != null) {
            keys("sslmode", given);
        }
        PgConnectOptions options = options();
        assertThat(options.getSslMode()).isEqualTo(mode);
        assertThat(options.getSslOptions().isTrustAll()).isEqualTo(trustsAll);
        assertThat(options.getSslOptions().getHostnameVerificationAlgorithm()).isEqualTo(verifies);
        assertThat(options.getSslOptions().getTrustOptions() != null).isEqualTo(!trustsAll);
    }

    /** The messages end in a status and in a log: no value of the Secret may stand in them. */
    @ParameterizedTest
    @CsvSource({
        "uri, http://reader:hidden@db/orders, key uri",
        "uri, postgresql://reader:hidden@db:hidden/orders, key uri",
        "port, hidden, key port",
        "port, 0, key port",
        "port, 65536, key port",
        "sslmode, hidden, key sslmode",
        "host, '', no key host",
        "password, '', no key password",
        "username, '', no key username",
        "dbname, '', no key database"
    })
    void namesTheKeyThatIsWrong(String key, String value, String message) throws Exception {
        keys("host", "db", "dbname", "orders", "username", "reader", "password", "hidden", key, value);
        assertThatThrownBy(this::options)
                .isInstanceOf(SecretException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("hidden");
    }

    @Test
    void aSecretThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> new Secret(dir.resolve("none")).options())
                .isInstanceOf(SecretException.class)
                .hasMessageContaining("no key host")
                .hasMessageContaining("sql.secretRef");
    }
}
