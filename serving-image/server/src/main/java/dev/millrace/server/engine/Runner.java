package dev.millrace.server.engine;

import java.util.List;

/** Executes a model for one instance thread. Not shared between threads. */
public interface Runner extends AutoCloseable {
    /**
     * One execution over rows that are merged already.
     *
     * @param batch the jobs' inputs, each in the model's order; equal but for the first dimension
     * @return every output of the model, in its order, for all rows
     * @throws ModelException the model refused these tensors
     */
    List<Tensor> run(List<List<Tensor>> batch) throws ModelException;

    @Override
    void close();
}
