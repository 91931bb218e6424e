package dev.millrace.server.stream;

import dev.millrace.server.predict.Scored;
import org.jspecify.annotations.Nullable;

/** What becomes of a reading: exactly one of the two. */
record Outcome(@Nullable Scored scored, @Nullable DeadReading dead) {}
