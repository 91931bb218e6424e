package dev.millrace.server.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Direct buffers, one for each tensor of a side, that grow by powers of two and are used again. Not shared. */
final class Buffers {
    private static final int LEAST = 256;

    private final ByteBuffer[] buffers;

    Buffers(int tensors) {
        buffers = new ByteBuffer[tensors];
        Arrays.fill(buffers, ByteBuffer.allocateDirect(0));
    }

    /** Whether it holds so many bytes already. */
    boolean holds(int tensor, int bytes) {
        return buffers[tensor].capacity() >= bytes;
    }

    /** Position 0, limit {@code bytes}; what it held may be gone, and a view made before may lie elsewhere. */
    ByteBuffer get(int tensor, int bytes) {
        if (!holds(tensor, bytes)) {
            int capacity = Math.max(LEAST, Integer.highestOneBit(Math.max(1, bytes - 1)) << 1);
            // beyond 1 GiB there is no larger power of two
            buffers[tensor] = ByteBuffer.allocateDirect(capacity < bytes ? bytes : capacity)
                    .order(ByteOrder.nativeOrder());
        }
        return buffers[tensor].clear().limit(bytes);
    }
}
