package dev.millrace.devkit.generator;

/** How a call ended, as one number: an HTTP status, a gRPC status + 10 000, or a negative number of our own. */
final class Status {
    static final int BROKEN = -1;
    static final int UNANSWERED = -2;
    private static final int GRPC = 10_000;

    private Status() {}

    static int grpc(int code) {
        return GRPC + code;
    }

    static boolean isOk(int status) {
        return status == 200 || status == GRPC;
    }

    /** Refused for load, by rule. */
    static boolean isShed(int status) {
        return status == 429 || status == GRPC + 8;
    }

    static String name(int status) {
        return switch (status) {
            case BROKEN -> "connection broken";
            case UNANSWERED -> "no answer";
            default -> status >= GRPC ? "gRPC " + (status - GRPC) : "HTTP " + status;
        };
    }
}
