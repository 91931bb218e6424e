package dev.millrace.server.predict;

import dev.millrace.server.engine.Job;
import dev.millrace.server.engine.ModelException;
import dev.millrace.server.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The version before the current one, asked for rows that the current one does not answer. Used on one event loop. */
final class StandBy {
    /** For the way there and back, and for the answer to be written. */
    private static final long MARGIN_NANOS = 1_500_000;

    private final PredictService service;
    private final ModelVersion version;
    private final ServedModel model;

    private StandBy(PredictService service, ModelVersion version, ServedModel model) {
        this.service = service;
        this.version = version;
        this.model = model;
    }

    /** Null = no version is kept before {@code current}. */
    static @Nullable StandBy of(PredictService service, ModelVersion current) {
        ModelVersion before = current.predecessor();
        ServedModel model = before == null ? null : before.model();
        return before == null || model == null ? null : new StandBy(service, before, model);
    }

    String name() {
        return version.name();
    }

    /** How long before the deadline it must be asked. */
    long neededNanos(int rows) {
        return 2 * model.serviceNanos(rows) + MARGIN_NANOS;
    }

    /**
     * Runs the rows.
     *
     * @param answer told once, on the event loop: all outputs, or an empty list
     * @return false = it cannot make the deadline, or takes nothing more; {@code answer} is then not called
     */
    boolean ask(List<double[]> vectors, long deadline, Consumer<List<Tensor>> answer) {
        if (deadline - System.nanoTime() < model.serviceNanos(vectors.size()) || !version.hold()) {
            return false;
        }
        HandBack loop = new HandBack(service.context());
        Job job = new Job(List.of(model.input(vectors)), deadline, new Job.Listener() {
            @Override
            public void completed(List<Tensor> outputs, long queue, long run) {
                hand(outputs);
            }

            @Override
            public void shed() {
                hand(List.of());
            }

            @Override
            public void failed(ModelException e) {
                hand(List.of());
            }

            private void hand(List<Tensor> outputs) {
                version.release();
                loop.run(() -> answer.accept(outputs));
            }
        });
        if (!model.scheduler().submit(job).isTaken()) {
            version.release();
            return false;
        }
        return true;
    }

    /** The outputs row by row. */
    static List<List<Tensor>> rows(List<Tensor> outputs, int rows) {
        List<List<Tensor>> all = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            int from = i;
            all.add(outputs.stream().map(t -> t.rows(from, from + 1)).toList());
        }
        return all;
    }
}
