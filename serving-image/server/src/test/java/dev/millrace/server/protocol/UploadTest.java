package dev.millrace.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UploadTest {
    @Test
    void partsOfAnySizeAreOneBody() {
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            byte[] body = new byte[random.nextInt(300_000)];
            random.nextBytes(body);
            Upload upload = new Upload(i % 2 == 0 ? null : String.valueOf(i % 3 == 0 ? 5 : body.length));
            for (int at = 0; at < body.length; ) {
                int to = Math.min(body.length, at + 1 + random.nextInt(100_000));
                assertThat(upload.add(Buffer.buffer(Arrays.copyOfRange(body, at, to))))
                        .isTrue();
                at = to;
            }
            assertThat(upload.bytes()).isEqualTo(body);
        }
    }

    @Test
    void tooLongIsRefusedAtTheFirstPart() {
        Buffer part = Buffer.buffer(new byte[1 << 20]);
        assertThat(new Upload(String.valueOf(Served.MAX_BODY + 1)).add(part)).isFalse();
        Upload unannounced = new Upload(null);
        for (int i = 0; i < 16; i++) {
            assertThat(unannounced.add(part)).isTrue();
        }
        assertThat(unannounced.add(Buffer.buffer(new byte[1]))).isFalse();
        assertThat(new Upload("much").add(part)).isTrue();
    }
}
