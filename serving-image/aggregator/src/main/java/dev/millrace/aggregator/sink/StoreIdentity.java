package dev.millrace.aggregator.sink;

/**
 * Tells one life of a store from the next: what was acknowledged by another one may be gone.
 *
 * @param epoch field {@code epoch} of the meta hash, lost when the store is emptied
 * @param runId the server process; a fail-over or restart changes it, and may have lost its last writes. Empty where the
 *     store does not tell
 */
public record StoreIdentity(String epoch, String runId) {
    /** As it stands in the state store. */
    public String encode() {
        return epoch + "/" + runId;
    }
}
