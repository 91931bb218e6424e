package dev.millrace.devkit.generator;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpReaderTest {
    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 429 Too Many\r\nContent-Length: 5\r\nretry-after: 1\r\n\r\nhello",
                "HTTP/1.1 429 Too Many\r\nserver: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=1\r\nlo\r\n0\r\n\r\n",
                "HTTP/1.1 429 Too Many\r\nconnection: keep-alive\r\ncontent-length:0\r\n\r\n"
            })
    void aMessageIsReadOnceItsLastByteIsThere(String message) {
        for (int length = 0; length < message.length(); length++) {
            assertThat(HttpReader.read(bytes(message.substring(0, length)))).isNull();
        }
        ByteBuf in = bytes(message + "HTTP/1.1 200");
        HttpReader.Message read = Objects.requireNonNull(HttpReader.read(in));
        assertThat(read.status()).isEqualTo(429);
        assertThat(read.closes()).isFalse();
        assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
    }

    @Test
    void closingIsSeenInAnyCase() {
        ByteBuf in = bytes("HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 0\r\n\r\n");
        assertThat(Objects.requireNonNull(HttpReader.read(in)).closes()).isTrue();
    }
}
