package dev.millrace.server.engine;

import ai.onnxruntime.OrtException;
import java.util.Map;

/** What execution providers ask of a session that is about to be opened. */
interface SessionSetup {
    /** {@code provider}: as {@code server.executionProviders} has it. */
    boolean isAvailable(String provider);

    /** Behind those that were added before. */
    void add(String provider, Map<String, String> options) throws OrtException;

    void memoryPattern(boolean on) throws OrtException;

    /** A key of ONNX Runtime's session options. */
    void entry(String key, String value) throws OrtException;
}
