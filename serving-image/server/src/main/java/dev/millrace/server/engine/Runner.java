package dev.millrace.server.engine;

import java.util.List;

/** Executes a model for one thread. Not shared between threads, but for {@link #terminate}. */
public interface Runner extends AutoCloseable {
    /**
     * One execution over rows that are merged already.
     *
     * @param batch the jobs' inputs, each in the model's order; equal but for the first dimension
     * @return every output of the model, in its order, for all rows; nobody writes to them any more
     * @throws ModelException the model refused these tensors, or the execution was terminated
     */
    List<Tensor> run(List<List<Tensor>> batch) throws ModelException;

    /** Called before an execution (of one or more runs): what was terminated before is over. */
    default void arm() {}

    /**
     * Ends the execution early, from another thread: the run under way fails as soon as the runtime looks, and so do those
     * that follow until {@link #arm}. The caller makes sure that {@link #arm} and {@link #close} do not happen meanwhile.
     */
    default void terminate() {}

    @Override
    void close();
}
