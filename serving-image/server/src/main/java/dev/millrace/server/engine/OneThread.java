package dev.millrace.server.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A runner with a session of its own that only ever runs on one thread: on CUDA a run on another one takes gigabytes of its
 * memory anew (microsoft/onnxruntime#29351).
 */
final class OneThread implements Runner {
    private final Runner runner;
    private final Runnable afterClose;
    private @Nullable Thread owner;

    OneThread(Runner runner, Runnable afterClose) {
        this.runner = runner;
        this.afterClose = afterClose;
    }

    @Override
    public List<Tensor> run(List<List<Tensor>> batch) throws ModelException {
        Thread current = Thread.currentThread();
        if (owner == null) {
            owner = current;
        } else if (owner != current) {
            throw new ModelException("this session runs on " + owner.getName() + " only, not on " + current.getName());
        }
        return runner.run(batch);
    }

    @Override
    public void arm() {
        runner.arm();
    }

    @Override
    public void terminate() {
        runner.terminate();
    }

    @Override
    public void close() {
        runner.close();
        afterClose.run();
    }
}
