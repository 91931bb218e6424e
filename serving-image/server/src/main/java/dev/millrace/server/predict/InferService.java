package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Job;
import dev.millrace.server.engine.ModelException;
import dev.millrace.server.engine.Submission;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.metrics.ServerMetrics;
import dev.millrace.server.metrics.Stage;
import dev.millrace.server.predict.CallException.Kind;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers infer calls on one event loop: tensors to the engine, under the SLO's deadline, without a fallback. */
public final class InferService {
    private static final Set<Datatype> NOT_CARRIED = EnumSet.of(Datatype.UINT16, Datatype.UINT32, Datatype.UINT64);

    private final Vertx vertx;
    private final Context context;
    private final ServingConfig config;

    /** {@code context}: of the event loop that calls {@link #infer}. */
    public InferService(Vertx vertx, Context context, ServingConfig config) {
        this.vertx = vertx;
        this.context = context;
        this.config = config;
    }

    /**
     * Why a call that came at {@code startNanos} would be shed whatever it says, unless it is urgent; null = it would not.
     * Under overload decoding what is not taken would take the time of what is.
     */
    public @Nullable CallException noRoom(ModelVersion version, long startNanos) {
        ServedModel served = version.model();
        if (served == null) {
            return null;
        }
        Submission preview = served.scheduler().preview(Deadline.of(config.slo(), startNanos, 0));
        return preview.isTaken() ? null : overload(preview);
    }

    private static CallException overload(Submission submission) {
        return new CallException(Reason.Overload.kind(), Reason.Overload.text(), submission.retryAfterSeconds());
    }

    /**
     * The model's outputs that were asked for, or a {@link CallException}.
     *
     * @param version held by the caller until its answer is written
     */
    public Future<List<Tensor>> infer(ModelVersion version, InferCall call) {
        ServedModel served = version.model();
        if (served == null) {
            return Future.failedFuture(new CallException(Kind.UNAVAILABLE, Reason.ModelUnavailable.text()));
        }
        List<Tensor> inputs;
        try {
            inputs = order(served, call.inputs());
            checkOutputs(served, call.outputs());
        } catch (CallException e) {
            return Future.failedFuture(e);
        }
        long deadline = Deadline.of(config.slo(), call.startNanos(), call.timeoutMs());
        Promise<List<Tensor>> promise = Promise.promise();
        HandBack loop = new HandBack(context);
        Job job = new Job(inputs, deadline, call.urgent(), new Job.Listener() {
            @Override
            public void completed(List<Tensor> outputs, long queue, long run) {
                loop.run(() -> {
                    ServerMetrics counted = version.side(call.warmup()).metrics();
                    counted.observe(Stage.QUEUE, queue / 1e9);
                    counted.observe(Stage.INFERENCE, run / 1e9);
                    promise.tryComplete(select(outputs, call.outputs()));
                });
            }

            @Override
            public void shed() {
                boolean over = System.nanoTime() - deadline >= 0;
                loop.run(() -> promise.tryFail(failure(over ? Reason.Timeout : Reason.Overload)));
            }

            @Override
            public void failed(ModelException e) {
                // the shapes fit the signature and the model still refuses them: that is for the caller to read
                loop.run(() -> promise.tryFail(CallException.invalid("inputs: " + firstLine(e))));
            }
        });
        Submission submission = served.scheduler().submit(job);
        if (!submission.isTaken()) {
            return Future.failedFuture(overload(submission));
        }
        if (promise.future().isComplete()) {
            // executed here and now: there is nothing to wait for
            return promise.future();
        }
        long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
        long timer = vertx.setTimer(left, t -> {
            served.scheduler().abandon(job);
            promise.tryFail(failure(Reason.Timeout));
        });
        long queueTimer = QueueCut.arm(
                vertx, config.slo().budget(), served.scheduler(), job, () -> promise.tryFail(failure(Reason.Timeout)));
        return promise.future().onComplete(done -> {
            vertx.cancelTimer(timer);
            vertx.cancelTimer(queueTimer);
        });
    }

    private static CallException failure(Reason reason) {
        return new CallException(reason.kind(), reason.text());
    }

    private static String firstLine(ModelException e) {
        String text = String.valueOf(e.getMessage());
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    /** The inputs in the model's order; checks names, datatypes and shapes. */
    static List<Tensor> order(ServedModel served, List<Tensor> given) {
        List<TensorSpec> specs = served.model().inputs();
        List<Tensor> ordered = new ArrayList<>(specs.size());
        long rows = -1;
        for (TensorSpec spec : specs) {
            Tensor found = null;
            for (Tensor t : given) {
                if (t.name().equals(spec.name())) {
                    found = t;
                }
            }
            if (found == null) {
                throw CallException.invalid("inputs: " + spec.name() + " is missing");
            }
            check(found, spec);
            if (found.shape().length > 0 && spec.shape().get(0) == -1) {
                if (rows >= 0 && rows != found.shape()[0]) {
                    throw CallException.invalid("inputs[" + spec.name() + "].shape: has " + found.shape()[0]
                            + " rows, the other inputs have " + rows);
                }
                rows = found.shape()[0];
            }
            ordered.add(found);
        }
        if (given.size() > specs.size()) {
            List<String> names = specs.stream().map(TensorSpec::name).toList();
            for (Tensor t : given) {
                if (!names.contains(t.name())) {
                    throw CallException.invalid("inputs[" + t.name() + "]: the model has no such input, only " + names);
                }
            }
            throw CallException.invalid("inputs: an input is given twice");
        }
        return ordered;
    }

    private static void check(Tensor t, TensorSpec spec) {
        if (!t.datatype().name().equals(spec.datatype())) {
            if (NOT_CARRIED.contains(t.datatype())) {
                throw new CallException(
                        Kind.UNSUPPORTED,
                        "inputs[" + t.name() + "].datatype: " + t.datatype()
                                + " cannot be carried to ONNX Runtime by its Java API; the model wants "
                                + spec.datatype());
            }
            throw CallException.invalid(
                    "inputs[" + t.name() + "].datatype: is " + t.datatype() + ", the model wants " + spec.datatype());
        }
        boolean fits = t.shape().length == spec.shape().size();
        for (int i = 0; fits && i < t.shape().length; i++) {
            long wanted = spec.shape().get(i);
            fits = wanted == -1 || wanted == t.shape()[i];
        }
        if (!fits) {
            throw CallException.invalid("inputs[" + t.name() + "].shape: is " + Arrays.toString(t.shape())
                    + ", the model wants " + spec.shape());
        }
        if (t.elements() == 0) {
            throw CallException.invalid(
                    "inputs[" + t.name() + "].shape: is " + Arrays.toString(t.shape()) + ", there is nothing to infer");
        }
    }

    private static void checkOutputs(ServedModel served, List<String> wanted) {
        List<String> names =
                served.model().outputs().stream().map(TensorSpec::name).toList();
        for (String name : wanted) {
            if (!names.contains(name)) {
                throw CallException.invalid("outputs[" + name + "]: the model has no such output, only " + names);
            }
        }
        if (wanted.size() > names.size()) {
            throw CallException.invalid("outputs: one is asked for twice");
        }
    }

    private static List<Tensor> select(List<Tensor> outputs, List<String> wanted) {
        if (wanted.isEmpty()) {
            return outputs;
        }
        List<Tensor> selected = new ArrayList<>(wanted.size());
        for (String name : wanted) {
            for (Tensor t : outputs) {
                if (t.name().equals(name)) {
                    selected.add(t);
                }
            }
        }
        return selected;
    }
}
