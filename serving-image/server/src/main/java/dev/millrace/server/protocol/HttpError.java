package dev.millrace.server.protocol;

import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.predict.CallException;

/** How each kind of failure is said over HTTP and counted. */
record HttpError(int status, boolean retry, Outcome outcome) {
    static HttpError of(CallException.Kind kind) {
        return switch (kind) {
            case INVALID -> new HttpError(400, false, Outcome.INVALID);
            case NOT_FOUND -> new HttpError(404, false, Outcome.INVALID);
            case UNSUPPORTED -> new HttpError(501, false, Outcome.INVALID);
            case REJECTED -> new HttpError(422, false, Outcome.REJECTED);
            case SHED -> new HttpError(429, true, Outcome.SHED);
            case TIMEOUT -> new HttpError(503, true, Outcome.TIMEOUT);
            case UNAVAILABLE -> new HttpError(503, true, Outcome.ERROR);
            case INTERNAL -> new HttpError(500, false, Outcome.ERROR);
        };
    }
}
