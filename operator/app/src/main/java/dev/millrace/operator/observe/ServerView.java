package dev.millrace.operator.observe;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.contract.status.ServerStatus;
import dev.millrace.contract.status.ServerStatus.BatchPoint;
import dev.millrace.contract.status.ServerStatus.Calibration;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link ServerStatus} without what moves by itself: no lags, and measurements with two significant digits. */
public record ServerView(
        String state,
        @Nullable String reason,
        @Nullable String message,
        String version,
        @Nullable String digest,
        @Nullable String executionProvider,
        List<TensorSpec> inputs,
        List<TensorSpec> outputs,
        @Nullable Calibration calibration,
        List<GroupView> features,
        @Nullable StreamView stream) {

    /** Of one that scores no topic. */
    public ServerView(
            String state,
            @Nullable String reason,
            @Nullable String message,
            String version,
            @Nullable String digest,
            @Nullable String executionProvider,
            List<TensorSpec> inputs,
            List<TensorSpec> outputs,
            @Nullable Calibration calibration,
            List<GroupView> features) {
        this(state, reason, message, version, digest, executionProvider, inputs, outputs, calibration, features, null);
    }

    private static final MathContext COARSE = new MathContext(2);

    /** State of one feature group as one server sees it. */
    public record GroupView(
            String group, String revision, String state, @Nullable String reason, @Nullable String progress) {}

    /**
     * Stream inference, as one server sees it.
     *
     * @param state {@code Running} or {@code Waiting}
     */
    public record StreamView(String state, @Nullable String reason, @Nullable String message) {
        static @Nullable StreamView of(ServerStatus.@Nullable Stream stream) {
            return stream == null ? null : new StreamView(stream.state(), stream.reason(), stream.message());
        }
    }

    static ServerView of(ServerStatus status) {
        return new ServerView(
                status.state(),
                status.reason(),
                status.message(),
                status.version(),
                status.digest(),
                status.executionProvider(),
                status.inputs(),
                status.outputs(),
                coarse(status.calibration()),
                status.features().stream()
                        .map(g -> new GroupView(g.group(), g.revision(), g.state(), g.reason(), g.progress()))
                        .toList(),
                StreamView.of(status.stream()));
    }

    private static @Nullable Calibration coarse(@Nullable Calibration measured) {
        return measured == null
                ? null
                : new Calibration(
                        coarse(measured.serviceMs()),
                        coarse(measured.serviceCv()),
                        coarse(measured.overheadMs()),
                        measured.points().stream()
                                .map(p -> new BatchPoint(p.rows(), coarse(p.ms())))
                                .toList());
    }

    private static double coarse(double value) {
        return Double.isFinite(value) ? new BigDecimal(value).round(COARSE).doubleValue() : value;
    }
}
