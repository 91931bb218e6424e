package dev.millrace.server.engine;

import java.util.ArrayList;
import java.util.List;

/** Jobs that execute together, as the runner wants them. Pure but for the runner. */
final class Executions {
    private Executions() {}

    /** Outputs of all rows, in the order of the jobs. More rows than a batch holds are one job, executed in chunks. */
    static List<Tensor> run(Runner runner, List<Job> batch, int rows, int maxBatchRows) throws ModelException {
        return rows <= maxBatchRows ? together(runner, batch) : inChunks(runner, batch.get(0), maxBatchRows);
    }

    private static List<Tensor> together(Runner runner, List<Job> batch) throws ModelException {
        List<List<Tensor>> inputs = new ArrayList<>(batch.size());
        int rows = 0;
        for (Job job : batch) {
            inputs.add(job.inputs());
            rows += job.rows();
        }
        List<Tensor> outputs = runner.run(inputs);
        if (batch.size() > 1) {
            for (Tensor t : outputs) {
                if (t.shape().length == 0 || t.rows() != rows) {
                    throw new ModelException(
                            "output " + t + " does not have the " + rows + " rows of the batch: set maxBatchSize to 1");
                }
            }
        }
        return outputs;
    }

    private static List<Tensor> inChunks(Runner runner, Job job, int maxBatchRows) throws ModelException {
        List<List<Tensor>> parts = new ArrayList<>();
        for (int from = 0; from < job.rows(); from += maxBatchRows) {
            int to = Math.min(job.rows(), from + maxBatchRows);
            parts.add(runner.run(List.of(rows(job.inputs(), from, to))));
        }
        return Tensors.concat(parts);
    }

    static List<Tensor> rows(List<Tensor> tensors, int from, int to) {
        return tensors.stream().map(t -> t.rows(from, to)).toList();
    }
}
