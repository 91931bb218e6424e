package dev.millrace.contract.config;

import org.jspecify.annotations.Nullable;

/**
 * {@code model.json}: what the model loader keeps in place. It stands beside {@code serving.json} in one mounted volume, so
 * that server and loader hear of another model at the same moment.
 *
 * @param uri an {@code https} address; null exactly when {@code path} is not
 * @param path a file, or a directory with one {@code .onnx} file
 * @param digest {@code sha256:<64 hex>}
 * @param target the file that the server loads; another file has another name, so that one never replaces the other under
 *     a server that reads it
 */
public record ModelSource(@Nullable String uri, @Nullable String path, String digest, String target) {}
