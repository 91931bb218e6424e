package dev.millrace.contract.feast;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * As much of Protocol Buffers as {@code feast.types.Value} with a number and {@code google.protobuf.Timestamp} take. Whatever
 * the bytes are, reading ends within them.
 */
final class FeastProto {
    /** What a value says. */
    enum Content {
        NUMBER,
        /** Nothing: it was written without a value. */
        NULL,
        /** Broken, or no number that a double holds: a text, a list, a whole number beyond 2^53. */
        UNREADABLE
    }

    /** Of a timestamp that cannot be read. */
    static final long NO_TIME = Long.MIN_VALUE;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final int NULL_FIELD = 19;
    /** Beyond it not every whole number has a double. */
    private static final long EXACT = 1L << 53;
    /** 9999-12-31T23:59:59Z, the last that a Timestamp may have; the first is as far before it. */
    private static final long LAST_SECOND = 253_402_300_799L;

    private static final long FIRST_SECOND = -62_135_596_800L;

    private FeastProto() {}

    /** As Feast writes numbers; the constants are its fields. */
    enum Type {
        INT32(3, VARINT),
        INT64(4, VARINT),
        DOUBLE(5, FIXED64),
        FLOAT(6, FIXED32),
        BOOL(7, VARINT);

        final int tag;

        Type(int field, int wire) {
            this.tag = field << 3 | wire;
        }

        boolean isWhole() {
            return this == INT32 || this == INT64;
        }
    }

    /** A value; of NaN the null. */
    static byte[] value(Type type, double value) {
        if (Double.isNaN(value)) {
            return new byte[0];
        }
        // what is no whole number after all keeps what it is
        Type as = type.isWhole() && (value != Math.rint(value) || Math.abs(value) > EXACT) ? Type.DOUBLE : type;
        return switch (as) {
            case DOUBLE -> little(9).put((byte) as.tag).putDouble(value).array();
            case FLOAT -> little(5).put((byte) as.tag).putFloat((float) value).array();
            case BOOL -> new byte[] {(byte) as.tag, (byte) (value == 0 ? 0 : 1)};
            case INT32, INT64 -> {
                ByteBuffer to = little(11).put((byte) as.tag);
                putVarint(to, (long) value);
                yield done(to);
            }
        };
    }

    /** A {@code google.protobuf.Timestamp}. */
    static byte[] timestamp(long ms) {
        ByteBuffer to = little(24);
        long seconds = Math.floorDiv(ms, 1_000L);
        long nanos = Math.floorMod(ms, 1_000L) * 1_000_000L;
        if (seconds != 0) {
            putVarint(to.put((byte) (1 << 3)), seconds);
        }
        if (nanos != 0) {
            putVarint(to.put((byte) (2 << 3)), nanos);
        }
        return done(to);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] done(ByteBuffer to) {
        return java.util.Arrays.copyOf(to.array(), to.position());
    }

    private static void putVarint(ByteBuffer to, long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            to.put((byte) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        to.put((byte) left);
    }

    /** Reads a value; its number stands in {@code out[at]}, NaN unless there is one. */
    static Content read(byte[] value, double[] out, int at) {
        Reader in = new Reader(value);
        Content content = Content.NULL;
        out[at] = Double.NaN;
        while (in.more()) {
            long tag = in.varint();
            int field = (int) (tag >>> 3);
            int wire = (int) (tag & 7);
            double number = Double.NaN;
            if (wire == VARINT) {
                long whole = in.varint();
                number = switch (field) {
                    case 3 -> (int) whole;
                    case 4, 8 -> Math.abs(whole) > EXACT || whole == Long.MIN_VALUE ? Double.NaN : whole;
                    case 7 -> whole == 0 ? 0 : 1;
                    default -> Double.NaN;
                };
                content =
                        field == NULL_FIELD ? Content.NULL : Double.isNaN(number) ? Content.UNREADABLE : Content.NUMBER;
            } else if (wire == FIXED64 && field == 5 || wire == FIXED32 && field == 6) {
                number = wire == FIXED64
                        ? Double.longBitsToDouble(in.fixed(8))
                        : Float.intBitsToFloat((int) in.fixed(4));
                content = Double.isNaN(number) ? Content.NULL : Content.NUMBER;
            } else {
                in.skip(wire);
                content = Content.UNREADABLE;
            }
            out[at] = number;
        }
        if (in.broken || content != Content.NUMBER) {
            out[at] = Double.NaN;
        }
        return in.broken ? Content.UNREADABLE : content;
    }

    /** A timestamp in ms, or {@link #NO_TIME}. */
    static long timeMs(byte[] timestamp) {
        Reader in = new Reader(timestamp);
        long seconds = 0;
        long nanos = 0;
        while (in.more()) {
            long tag = in.varint();
            if (tag == 1 << 3) {
                seconds = in.varint();
            } else if (tag == 2 << 3) {
                nanos = in.varint();
            } else {
                return NO_TIME;
            }
        }
        return in.broken || seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos >= 1_000_000_000
                ? NO_TIME
                : seconds * 1_000 + nanos / 1_000_000;
    }

    /** Once it is broken it gives zeros and has no more. */
    private static final class Reader {
        private final byte[] bytes;
        private int at;
        boolean broken;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean more() {
            return !broken && at < bytes.length;
        }

        long varint() {
            long value = 0;
            for (int shift = 0; shift < 70; shift += 7) {
                if (at >= bytes.length) {
                    break;
                }
                byte b = bytes[at++];
                value |= (b & 0x7fL) << shift;
                if (b >= 0) {
                    return value;
                }
            }
            broken = true;
            return 0;
        }

        long fixed(int size) {
            if (bytes.length - at < size) {
                broken = true;
                return 0;
            }
            long value = 0;
            for (int i = size - 1; i >= 0; i--) {
                value = value << 8 | bytes[at + i] & 0xff;
            }
            at += size;
            return value;
        }

        void skip(int wire) {
            switch (wire) {
                case FIXED64 -> fixed(8);
                case FIXED32 -> fixed(4);
                case BYTES -> {
                    long length = varint();
                    if (length < 0 || length > bytes.length - at) {
                        broken = true;
                    } else {
                        at += (int) length;
                    }
                }
                // groups went out of use before Feast began
                default -> broken = true;
            }
        }
    }
}
