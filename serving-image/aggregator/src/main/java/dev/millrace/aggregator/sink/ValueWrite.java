package dev.millrace.aggregator.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.contract.feast.FeastView;
import dev.millrace.contract.feast.FeastWriteScript;
import dev.millrace.contract.store.WriteScript;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a value is put into the store: a script that takes it unless a newer version is there. For any number of threads. */
public interface ValueWrite {
    /** In our own layout. */
    ValueWrite NATIVE = new ValueWrite() {
        @Override
        public String script() {
            return WriteScript.LUA;
        }

        @Override
        public byte[] key(StoreWrite write) {
            return write.key().getBytes(UTF_8);
        }

        @Override
        public List<byte[]> arguments(StoreWrite write) {
            return List.of(write.value(), Long.toString(write.ttlMs()).getBytes(UTF_8));
        }
    };

    /** Into a store of Feast's. {@code view}: null = in our own layout. */
    static ValueWrite of(@Nullable FeastView view) {
        if (view == null) {
            return NATIVE;
        }
        return new ValueWrite() {
            @Override
            public String script() {
                return FeastWriteScript.LUA;
            }

            @Override
            public byte[] key(StoreWrite write) {
                return FeastView.key(write.key());
            }

            @Override
            public List<byte[]> arguments(StoreWrite write) {
                return view.arguments(write.value());
            }
        };
    }

    /** Answers 1 when it has written. */
    String script();

    byte[] key(StoreWrite write);

    List<byte[]> arguments(StoreWrite write);
}
