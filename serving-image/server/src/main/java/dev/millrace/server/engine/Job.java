package dev.millrace.server.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request in the scheduler: some rows that travel together and are never split between batches. */
public final class Job {
    /** Told once, on an instance thread or on the submitting one: it must hand over, not work. */
    public interface Listener {
        /**
         * @param outputs every output of the model for this job's rows
         * @param queueNanos from submission to the start of the execution
         * @param runNanos of the execution, shared with the rest of the batch
         */
        void completed(List<Tensor> outputs, long queueNanos, long runNanos);

        /** Its deadline cannot be met any more: it was not executed, or not to the end. */
        void shed();

        void failed(ModelException e);
    }

    private final List<Tensor> inputs;
    private final int rows;
    private final long deadlineNanos;
    private final boolean urgent;
    private final Listener listener;
    private final ShapeKey shape;
    /** From here on guarded by the scheduler's lock. */
    long submittedNanos;

    @Nullable
    Execution execution;

    boolean abandoned;

    /** Of normal priority. */
    public Job(List<Tensor> inputs, long deadlineNanos, Listener listener) {
        this(inputs, deadlineNanos, false, listener);
    }

    /**
     * @param inputs in the model's order, all with the same number of rows
     * @param deadlineNanos by {@link System#nanoTime}
     * @param urgent before all that are not
     */
    public Job(List<Tensor> inputs, long deadlineNanos, boolean urgent, Listener listener) {
        this.urgent = urgent;
        this.inputs = inputs;
        this.rows = inputs.get(0).rows();
        this.deadlineNanos = deadlineNanos;
        this.listener = listener;
        this.shape = new ShapeKey(inputs);
    }

    public List<Tensor> inputs() {
        return inputs;
    }

    public int rows() {
        return rows;
    }

    public long deadlineNanos() {
        return deadlineNanos;
    }

    boolean isUrgent() {
        return urgent;
    }

    Listener listener() {
        return listener;
    }

    /** Only jobs of equal shape share a batch. */
    boolean fits(Job other) {
        return shape.equals(other.shape);
    }

    /** Shapes without the first dimension. */
    private static final class ShapeKey {
        private final long[][] shapes;
        private final int hash;

        ShapeKey(List<Tensor> inputs) {
            shapes = new long[inputs.size()][];
            int h = 1;
            for (int i = 0; i < shapes.length; i++) {
                long[] s = inputs.get(i).shape().clone();
                if (s.length > 0) {
                    s[0] = 0;
                }
                shapes[i] = s;
                h = 31 * h + Arrays.hashCode(s);
            }
            hash = h;
        }

        @Override
        public boolean equals(@Nullable Object o) {
            return o instanceof ShapeKey k && hash == k.hash && Arrays.deepEquals(shapes, k.shapes);
        }

        @Override
        public int hashCode() {
            return Objects.hash(hash);
        }
    }
}
