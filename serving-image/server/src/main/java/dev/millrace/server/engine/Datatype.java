package dev.millrace.server.engine;

import org.jspecify.annotations.Nullable;

/** The datatypes of the Open Inference Protocol v2. */
public enum Datatype {
    BOOL(1),
    UINT8(1),
    UINT16(2),
    UINT32(4),
    UINT64(8),
    INT8(1),
    INT16(2),
    INT32(4),
    INT64(8),
    FP16(2),
    FP32(4),
    FP64(8),
    /** Strings of bytes, of any length each. */
    BYTES(0);

    private final int size;

    Datatype(int size) {
        this.size = size;
    }

    /** Bytes of one element; 0 for {@link #BYTES}. */
    public int size() {
        return size;
    }

    /** By its name in the protocol; null when there is no such datatype. */
    public static @Nullable Datatype of(String name) {
        for (Datatype d : values()) {
            if (d.name().equals(name)) {
                return d;
            }
        }
        return null;
    }
}
