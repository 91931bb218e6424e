package dev.millrace.server.engine;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.LoadException.Reason;
import java.util.List;

/** Compares what a spec promises of a model with what the file says. */
public final class Signatures {
    private Signatures() {}

    /**
     * @param side {@code inputs} or {@code outputs}, for the message
     * @param expected empty = nothing was promised
     */
    public static void check(String side, List<TensorSpec> expected, List<TensorSpec> actual) throws LoadException {
        if (expected.isEmpty()) {
            return;
        }
        for (TensorSpec e : expected) {
            TensorSpec a = actual.stream()
                    .filter(t -> t.name().equals(e.name()))
                    .findFirst()
                    .orElseThrow(() -> mismatch(side, e.name(), "the file has only " + names(actual)));
            if (!a.datatype().equals(e.datatype())) {
                throw mismatch(side, e.name(), "the spec says " + e.datatype() + ", the file " + a.datatype());
            }
            if (!compatible(e.shape(), a.shape())) {
                throw mismatch(side, e.name(), "the spec says shape " + e.shape() + ", the file " + a.shape());
            }
        }
        if (side.equals("inputs") && expected.size() < actual.size()) {
            throw new LoadException(
                    Reason.SignatureMismatch,
                    "model.inputs names " + names(expected) + ", the file needs " + names(actual));
        }
    }

    /** Equal rank, and each dimension equal or free on one side. */
    static boolean compatible(List<Long> a, List<Long> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (a.get(i) != -1 && b.get(i) != -1 && !a.get(i).equals(b.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static LoadException mismatch(String side, String name, String what) {
        return new LoadException(Reason.SignatureMismatch, "model." + side + "[" + name + "]: " + what);
    }

    private static List<String> names(List<TensorSpec> specs) {
        return specs.stream().map(TensorSpec::name).toList();
    }
}
