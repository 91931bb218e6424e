package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.BatchSpec;
import dev.millrace.api.v1alpha1.ModelStorage;
import dev.millrace.plan.Finding.Reason;
import dev.millrace.plan.Source;
import org.jspecify.annotations.Nullable;

/** Where the files of a batch group are, and how they are reached. */
final class BatchSourceCheck {
    private static final int MAX_WORKERS = 64;

    private BatchSourceCheck() {}

    static void check(String at, BatchSpec batch, Findings findings) {
        Source source;
        try {
            source = Source.parse(batch.getStorageUri());
        } catch (IllegalArgumentException e) {
            findings.error(at + ".storageUri", Reason.InvalidValue, String.valueOf(e.getMessage()));
            return;
        }
        if (source instanceof Source.Unsupported unsupported) {
            findings.error(
                    at + ".storageUri",
                    Reason.NotSupported,
                    unsupported.scheme() + ":// is not supported for batch groups by this release; use"
                            + " configmap://<name>/<key>, pvc://<claim>/<path>, s3://<bucket>/<key>, gs://<bucket>/<key> or"
                            + " https://…");
            return;
        }
        boolean oneFile = source instanceof Source.HttpsFile || source instanceof Source.ConfigMapFile;
        if (source instanceof Source.HttpsFile && batch.getStorageUri().endsWith("/")) {
            findings.error(
                    at + ".storageUri",
                    Reason.NotSupported,
                    "must name a file: what lies below an https address cannot be listed");
        }
        if (oneFile && batch.getStorageUri().matches(".*[*\\[{].*")) {
            findings.error(
                    at + ".storageUri",
                    Reason.InvalidValue,
                    "'" + batch.getStorageUri() + "' is a pattern, and those are for pvc, s3 and gs; name the file");
        }
        storage(at + ".storage", source, batch.getStorage(), findings);
        parallelism(at + ".parallelism", batch.getParallelism(), oneFile, findings);
    }

    private static void storage(String at, Source source, @Nullable ModelStorage storage, Findings findings) {
        if (storage == null) {
            return;
        }
        if (source.address() == null) {
            findings.error(at, Reason.FieldDoesNotApply, "is for s3, gs and https; remove it");
            return;
        }
        if (source instanceof Source.HttpsFile && (storage.getEndpoint() != null || storage.getRegion() != null)) {
            findings.error(
                    at, Reason.FieldDoesNotApply, "endpoint and region are for s3 and gs; https has secretRef alone");
        }
        if (storage.getSecretRef() != null) {
            findings.required(at + ".secretRef.name", storage.getSecretRef().getName(), "s3-credentials");
        }
    }

    private static void parallelism(String at, @Nullable Integer workers, boolean oneFile, Findings findings) {
        if (workers == null) {
            return;
        }
        if (workers < 1 || workers > MAX_WORKERS) {
            findings.error(at, Reason.InvalidValue, workers + " must be 1 to " + MAX_WORKERS);
        } else if (workers > 1 && oneFile) {
            findings.error(
                    at,
                    Reason.FieldDoesNotApply,
                    "divides files among workers, and this is one file; remove it, or use pvc, s3 or gs");
        }
    }
}
