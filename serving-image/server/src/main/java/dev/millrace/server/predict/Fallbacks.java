package dev.millrace.server.predict;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.FallbackResponse;
import dev.millrace.contract.config.ServingConfig.OutputValue;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code spec.fallback}: who answers when the model does not, in the spec's order. Shared by all event loops. */
public final class Fallbacks {
    /** The step that asks the version before. */
    static final String PREVIOUS = "PreviousVersion";

    /** Some hundred bytes each; the entities that come back are few. */
    private static final int MAX_LAST_KNOWN = 100_000;

    private final @Nullable Fallback spec;
    private final @Nullable Cache<String, Score> lastKnown;
    private final @Nullable Score constant;

    /** {@code step}: {@code LastKnown}, {@code PreviousVersion} or {@code Default}. */
    public record Answer(String step, Score score) {}

    /**
     * @throws ConfigException when the constant answer does not parse
     */
    public Fallbacks(@Nullable Fallback spec) {
        this.spec = spec;
        boolean remembers = spec != null && spec.order().contains("LastKnown");
        this.lastKnown =
                remembers ? Caffeine.newBuilder().maximumSize(MAX_LAST_KNOWN).build() : null;
        this.constant = spec == null || spec.response() == null ? null : constant(spec.response());
    }

    private Fallbacks(@Nullable Fallback spec, @Nullable Cache<String, Score> lastKnown, @Nullable Score constant) {
        this.spec = spec;
        this.lastKnown = lastKnown;
        this.constant = constant;
    }

    /** For those who can wait: a lack of time is no reason for them. Remembers the same answers. */
    public Fallbacks patient() {
        Fallback given = spec;
        if (given == null) {
            return this;
        }
        List<String> on = given.on().stream()
                .filter(reason -> !Reason.valueOf(reason).isLate())
                .toList();
        return new Fallbacks(new Fallback(on, given.order(), given.response()), lastKnown, constant);
    }

    /** Whether the reason leads to the fallback. */
    public boolean covers(Reason reason) {
        return spec != null && spec.on().contains(reason.name());
    }

    /**
     * Whether the version before may answer for this reason, and no step before it does. Never under overload, when a
     * second model to run is what the processor needs least; and without features it could not answer either.
     */
    public boolean wantsPrevious(Reason reason, String entityKey) {
        if (spec == null || !covers(reason) || (reason != Reason.ModelUnavailable && reason != Reason.Timeout)) {
            return false;
        }
        for (String step : spec.order()) {
            if (step.equals(PREVIOUS)) {
                return true;
            }
            if (ready(step, entityKey) != null) {
                return false;
            }
        }
        return false;
    }

    /**
     * The first step that has an answer; null = none, or the reason is not covered.
     *
     * @param previous what the version before says; null = it was not asked, or did not answer
     * @param skipped told when {@code PreviousVersion} has nothing to offer
     */
    public @Nullable Answer answer(Reason reason, String entityKey, @Nullable Score previous, Runnable skipped) {
        if (spec == null || !covers(reason)) {
            return null;
        }
        for (String step : spec.order()) {
            Score score = step.equals(PREVIOUS) ? previous : ready(step, entityKey);
            if (score != null) {
                return new Answer(step, score);
            }
            if (step.equals(PREVIOUS)) {
                skipped.run();
            }
        }
        return null;
    }

    /** The answer of a step that has it at hand. */
    private @Nullable Score ready(String step, String entityKey) {
        return switch (step) {
            case "LastKnown" -> lastKnown == null ? null : lastKnown.getIfPresent(entityKey);
            case "Default" -> constant;
            default -> null;
        };
    }

    /** Remembers an answer of the model. */
    public void remember(String entityKey, Score score) {
        if (lastKnown != null) {
            lastKnown.put(entityKey, score);
        }
    }

    private static Score constant(FallbackResponse response) {
        List<Tensor> outputs = new ArrayList<>();
        for (OutputValue output : response.outputs()) {
            String field = "fallback.response.outputs[" + output.name() + "]";
            Datatype datatype = Datatype.of(output.datatype());
            if (datatype == null || datatype == Datatype.FP16) {
                throw new ConfigException(field + ".datatype: " + output.datatype() + " is not served");
            }
            int n = output.data().size();
            long[] shape = n == 1 ? new long[] {1} : new long[] {1, n};
            if (datatype == Datatype.BYTES) {
                outputs.add(Tensor.of(output.name(), shape, output.data().toArray(String[]::new)));
                continue;
            }
            ByteBuffer data = Tensor.allocate(datatype, n);
            for (String text : output.data()) {
                try {
                    put(data, datatype, text);
                } catch (NumberFormatException e) {
                    throw new ConfigException(field + ".data: '" + text + "' is not of " + datatype, e);
                }
            }
            outputs.add(Tensor.of(output.name(), datatype, shape, data.flip()));
        }
        return new Score(response.label(), outputs);
    }

    private static void put(ByteBuffer data, Datatype datatype, String text) {
        switch (datatype) {
            case BOOL -> data.put((byte) (Boolean.parseBoolean(text) ? 1 : 0));
            case FP32 -> data.putFloat(Float.parseFloat(text));
            case FP64 -> data.putDouble(Double.parseDouble(text));
            case INT8, UINT8 -> data.put(new BigInteger(text).byteValue());
            case INT16, UINT16 -> data.putShort(new BigInteger(text).shortValue());
            case INT32, UINT32 -> data.putInt(new BigInteger(text).intValue());
            case INT64, UINT64 -> data.putLong(new BigInteger(text).longValue());
            case FP16, BYTES -> throw new NumberFormatException(datatype.name());
        }
    }
}
