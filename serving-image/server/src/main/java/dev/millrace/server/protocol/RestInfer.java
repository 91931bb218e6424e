package dev.millrace.server.protocol;

import dev.millrace.server.predict.InferCall;

/** An infer call over REST: what the pipeline gets, and how its answer is written. */
record RestInfer(InferCall call, OutputForm form) {}
