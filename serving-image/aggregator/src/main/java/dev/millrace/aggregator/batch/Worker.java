package dev.millrace.aggregator.batch;

import java.util.UUID;

/**
 * Who loads.
 *
 * @param run the same for all workers of a run, and for a process that takes over from a killed one
 * @param index from 0
 * @param workers of the run
 */
public record Worker(String run, int index, int workers) {
    /** More would each find too little to do. */
    public static final int MAX = 64;

    public Worker {
        if (workers < 1 || workers > MAX || index < 0 || index >= workers) {
            throw new IllegalArgumentException(
                    "--index " + index + " is not one of --workers " + workers + ", of which there are 1 to " + MAX);
        }
        if (!run.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException("--run '" + run + "' must be 1 to 64 letters, digits, '.', '_' or '-'");
        }
    }

    /** The only one of a run that nobody can take over. */
    public static Worker alone() {
        return new Worker(UUID.randomUUID().toString(), 0, 1);
    }
}
