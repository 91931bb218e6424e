package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.ModelSpec;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.TensorSpec;
import dev.millrace.plan.Finding.Reason;
import dev.millrace.plan.Source;
import java.util.List;
import java.util.regex.Pattern;

/** The object's name, and {@code spec.model}. */
final class ModelCheck {
    private static final Pattern NAME = Pattern.compile(RealtimeModel.NAME_PATTERN);
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    private ModelCheck() {}

    static void name(RealtimeModel model, Findings findings) {
        String name = model.getMetadata().getName();
        if (findings.required("metadata.name", name, "fraud")
                && (name.length() > RealtimeModel.MAX_NAME_LENGTH
                        || !NAME.matcher(name).matches())) {
            findings.error(
                    "metadata.name",
                    Reason.NameInvalid,
                    "'" + name + "' must be at most " + RealtimeModel.MAX_NAME_LENGTH
                            + " lower case letters, digits and '-', and start with a"
                            + " letter, because it is the name of a Service");
        }
    }

    static void check(ModelSpec model, Findings findings) {
        if (findings.required("spec.model.storageUri", model.getStorageUri(), "configmap://fraud-model/model.onnx")) {
            source("spec.model.storageUri", model.getStorageUri(), findings);
        }
        String digest = model.getDigest();
        if (digest == null) {
            findings.error(
                    "spec.model.digest",
                    Reason.DigestRequired,
                    "is required: sha256:<64 hex digits> of the file, from sha256sum");
        } else if (!DIGEST.matcher(digest).matches()) {
            findings.error(
                    "spec.model.digest",
                    Reason.InvalidValue,
                    "'" + digest + "' must be sha256:<64 lower case hex digits>, from sha256sum");
        }
        if (model.getStorage() != null) {
            findings.error(
                    "spec.model.storage",
                    Reason.NotSupported,
                    "is for s3, which is not supported by this release; remove it");
        }
        tensors("spec.model.inputs", model.getInputs(), findings);
        tensors("spec.model.outputs", model.getOutputs(), findings);
    }

    private static void source(String field, String uri, Findings findings) {
        try {
            Source source = Source.parse(uri);
            if (source instanceof Source.Unsupported || source instanceof Source.BucketFile) {
                findings.error(
                        field,
                        Reason.NotSupported,
                        uri.substring(0, uri.indexOf(':'))
                                + ":// is not supported by this release; use configmap://<name>/<key>, pvc://<claim>/<path> or https://…");
            } else if (uri.endsWith("/")) {
                findings.error(
                        field,
                        Reason.NotSupported,
                        "must name the model file; a directory is not supported by this release");
            }
        } catch (IllegalArgumentException e) {
            findings.error(field, Reason.InvalidValue, String.valueOf(e.getMessage()));
        }
    }

    private static void tensors(String field, List<TensorSpec> tensors, Findings findings) {
        findings.unique(field, tensors.stream().map(TensorSpec::getName).toList());
        for (int i = 0; i < tensors.size(); i++) {
            TensorSpec tensor = tensors.get(i);
            String at = field + "[" + i + "]";
            findings.required(at + ".name", tensor.getName(), "input");
            findings.required(at + ".datatype", tensor.getDatatype(), "FP32");
            if (tensor.getShape().stream().anyMatch(d -> d < -1 || d == 0)) {
                findings.error(
                        at + ".shape", Reason.InvalidValue, "dimensions are positive, or -1 for one that may vary");
            }
        }
    }
}
