package dev.millrace.operator.status;

import dev.millrace.api.v1alpha1.DeadlineStatus;
import dev.millrace.api.v1alpha1.PlanStatus;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.api.v1alpha1.ReplicaStatus;
import dev.millrace.api.v1alpha1.ResolvedImages;
import dev.millrace.api.v1alpha1.ScalingStatus;
import dev.millrace.plan.Finding;
import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.Condition;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the one status of a RealtimeModel. The contract is kstatus'; docs/conditions.md has it in words. */
public final class StatusAggregator {

    private final InstantSource clock;

    /** @param clock for transition times */
    public StatusAggregator(InstantSource clock) {
        this.clock = clock;
    }

    /** The status of a stack that was planned and applied. */
    public RealtimeModelStatus of(World world) {
        StackPlan plan = world.stack().plan();
        RealtimeModelStatus stored = world.model().getStatus();
        RealtimeModelStatus status = new RealtimeModelStatus();
        status.setObservedGeneration(world.model().getMetadata().getGeneration());
        boolean tls = plan.server().tlsSecret() != null;
        String host = Names.service(plan.name()) + "." + plan.namespace() + ".svc:";
        status.setUrl((tls ? "https://" : "http://") + host + Placement.REST_PORT);
        status.setGrpcUrl((tls ? "grpcs://" : "") + host + Placement.GRPC_PORT);
        Verdict model = ModelVerdict.of(world);
        status.setModelStatus(ModelVerdict.status(world, model, stored == null ? null : stored.getModelStatus()));
        status.setReplicas(replicas(world));
        Optional<Verdict> streams = StreamsVerdict.of(world);
        status.setFeatures(FreshnessVerdict.groups(world, streams.orElse(null)));
        status.setPlan(plan(plan));
        ScalingStatus scaling = new ScalingStatus();
        scaling.setBackend(plan.scaling().autoscaled() && !plan.suspended() ? "CPU" : "None");
        status.setScaling(scaling);
        status.setResolvedImages(images(world));

        List<Verdict> verdicts = new ArrayList<>();
        verdicts.add(model);
        verdicts.add(ServerVerdict.of(world));
        FeaturesVerdict.ready(world).ifPresent(verdicts::add);
        streams.ifPresent(verdicts::add);
        FreshnessVerdict.of(status.getFeatures()).ifPresent(verdicts::add);
        verdicts.add(SloVerdict.of(world));
        DriftVerdict.of(world).ifPresent(verdicts::add);
        verdicts.add(DegradedVerdict.of(world, verdicts));
        ServerVerdict.autoscaling(world).ifPresent(verdicts::add);
        verdicts.add(monitoring(world));
        verdicts.add(feasible(plan));
        Conditions conditions = conditions(world.model(), stored);
        verdicts.forEach(conditions::put);
        summary(world, verdicts, conditions);
        if (!world.warnings().isEmpty()) {
            conditions.put(
                    ConditionType.SpecWarnings,
                    true,
                    world.warnings().get(0).reason().name(),
                    text(world.warnings()));
        }
        status.setConditions(conditions.list());
        return status;
    }

    /** The status of a spec that cannot be planned: the stack of the last good spec keeps running as it is. */
    public RealtimeModelStatus invalid(RealtimeModel model, List<Finding> errors) {
        RealtimeModelStatus stored = model.getStatus();
        RealtimeModelStatus status = copy(stored);
        status.setObservedGeneration(model.getMetadata().getGeneration());
        Conditions conditions = conditions(model, stored);
        boolean runs = stored != null && stored.getPlan() != null;
        conditions.put(
                ConditionType.Ready,
                false,
                Reason.InvalidSpec.name(),
                text(errors) + (runs ? " The stack of the last valid spec keeps running." : ""));
        conditions.put(ConditionType.Stalled, true, errors.get(0).reason().name(), text(errors));
        conditions.keepStored();
        status.setConditions(conditions.list());
        return status;
    }

    /** The status after an exception that nobody expected: what was known, and that it is being tried again. */
    public RealtimeModelStatus failed(RealtimeModel model, Exception exception) {
        RealtimeModelStatus stored = model.getStatus();
        RealtimeModelStatus status = copy(stored);
        Conditions conditions = conditions(model, stored);
        String message = exception.getMessage() == null ? exception.toString() : exception.getMessage();
        conditions.put(
                ConditionType.Reconciling,
                true,
                Reason.ReconcileError.name(),
                "the operator tries again by itself: " + message);
        conditions.keepStored();
        status.setConditions(conditions.list());
        return status;
    }

    private static void summary(World world, List<Verdict> verdicts, Conditions conditions) {
        StackPlan plan = world.stack().plan();
        List<Verdict> open = new ArrayList<>();
        world.failures().forEach(f -> open.add(Verdict.not(ConditionType.Ready, f.reason(), f.message())));
        verdicts.stream()
                .filter(v -> v.type().countsForReady() && !v.ok() && v.reason() != Reason.Suspended)
                .forEach(open::add);
        if (plan.suspended() && world.failures().isEmpty()) {
            conditions.put(
                    ConditionType.Ready,
                    true,
                    Reason.Suspended.name(),
                    "spec.suspend is true: the store is kept, nothing else runs");
            return;
        }
        Optional<Verdict> update = open.stream()
                .filter(v -> v.type() == ConditionType.ModelReady && ModelVerdict.isUpdate(world))
                .findFirst();
        if (update.isPresent() && open.size() == 1) {
            answersMeanwhile(update.get(), world, conditions);
            return;
        }
        Optional<Verdict> first = open.stream()
                .min(Comparator.comparing((Verdict v) -> !v.reason().stalls())
                        .thenComparing(v -> v.reason().isOnTheWay()));
        if (first.isEmpty()) {
            conditions.put(
                    ConditionType.Ready,
                    true,
                    Reason.Available.name(),
                    "version " + plan.model().version() + " is served by at least "
                            + plan.scaling().minReplicas() + " server(s)");
            return;
        }
        Verdict cause = first.get();
        boolean stalled = cause.reason().stalls();
        conditions.put(ConditionType.Ready, false, cause.reason().name(), cause.message());
        conditions.put(
                stalled ? ConditionType.Stalled : ConditionType.Reconciling,
                true,
                cause.reason().name(),
                cause.message());
    }

    /** Ready is whether there are answers; what an update lacks is said beside it. */
    private static void answersMeanwhile(Verdict update, World world, Conditions conditions) {
        conditions.put(
                ConditionType.Ready,
                true,
                Reason.Available.name(),
                "the version before is served by at least "
                        + world.stack().plan().scaling().minReplicas() + " server(s); ModelReady says why version "
                        + world.stack().plan().model().version() + " is not, or not by all");
        conditions.put(
                update.reason().stalls() ? ConditionType.Stalled : ConditionType.Reconciling,
                true,
                update.reason().name(),
                update.message());
    }

    private static Verdict monitoring(World world) {
        return world.monitoringInstalled()
                ? Verdict.ok(
                        ConditionType.MonitoringReady, Reason.Installed, "PodMonitor and PrometheusRule are in place")
                : Verdict.not(
                        ConditionType.MonitoringReady,
                        Reason.CrdNotInstalled,
                        "the cluster serves no PodMonitor and PrometheusRule (monitoring.coreos.com/v1): install the"
                                + " Prometheus operator, and scraping and alerts appear within minutes");
    }

    private static Verdict feasible(StackPlan plan) {
        return plan.capacity().feasible()
                ? Verdict.ok(
                        ConditionType.SLOFeasible,
                        Reason.Feasible,
                        plan.capacity().reason())
                : Verdict.not(
                        ConditionType.SLOFeasible,
                        Reason.Infeasible,
                        "slo.latency cannot be met by any number of servers: relax slo.latency.threshold, or make the"
                                + " model faster. " + plan.capacity().reason());
    }

    private static ReplicaStatus replicas(World world) {
        ReplicaStatus replicas = new ReplicaStatus();
        replicas.setDesired(Workloads.desired(world.server()));
        replicas.setReady(Workloads.ready(world.server()));
        return replicas;
    }

    private static PlanStatus plan(StackPlan plan) {
        DeadlineStatus deadlines = new DeadlineStatus();
        deadlines.setFeatures(ms(plan.slo().budget().featuresMs()));
        deadlines.setQueue(ms(plan.slo().budget().queueMs()));
        deadlines.setInference(ms(plan.slo().budget().inferenceMs()));
        deadlines.setPostProcessing(ms(plan.slo().budget().postProcessingMs()));
        PlanStatus status = new PlanStatus();
        status.setDeadlines(deadlines);
        status.setMaxBatchSize(plan.server().maxBatchSize());
        status.setMaxInFlight(plan.capacity().maxInFlight());
        status.setTargetInFlight(decimal(plan.capacity().targetInFlight(), 2));
        status.setCapacityRps(plan.capacity().capacityRps());
        status.setReason(plan.capacity().reason());
        return status;
    }

    private static ResolvedImages images(World world) {
        ResolvedImages images = new ResolvedImages();
        images.setServer(world.stack().plan().images().server());
        images.setAggregator(world.stack().plan().images().aggregator());
        images.setAggregatorRocksDb(world.stack().plan().images().aggregatorRocksDb());
        images.setStore(world.stack().plan().images().store());
        images.setRelease(world.model().getSpec().getRelease());
        return images;
    }

    private Conditions conditions(RealtimeModel model, @Nullable RealtimeModelStatus stored) {
        List<Condition> conditions = stored == null ? List.of() : stored.getConditions();
        return new Conditions(conditions, model.getMetadata().getGeneration(), clock.instant());
    }

    /** Shallow: the stored parts are handed on as they are, never written to. */
    private static RealtimeModelStatus copy(@Nullable RealtimeModelStatus stored) {
        RealtimeModelStatus status = new RealtimeModelStatus();
        if (stored != null) {
            status.setObservedGeneration(stored.getObservedGeneration());
            status.setUrl(stored.getUrl());
            status.setGrpcUrl(stored.getGrpcUrl());
            status.setModelStatus(stored.getModelStatus());
            status.setReplicas(stored.getReplicas());
            status.setFeatures(stored.getFeatures());
            status.setCanary(stored.getCanary());
            status.setPlan(stored.getPlan());
            status.setScaling(stored.getScaling());
            status.setResolvedImages(stored.getResolvedImages());
        }
        return status;
    }

    private static String text(List<Finding> findings) {
        return findings.stream()
                .map(f -> f.field() + ": " + f.message())
                .map(s -> s.endsWith(".") ? s : s + ".")
                .collect(Collectors.joining(" "));
    }

    private static String ms(double ms) {
        return decimal(ms, 3) + "ms";
    }

    private static String decimal(double value, int digits) {
        return Double.isFinite(value)
                ? new BigDecimal(value)
                        .setScale(digits, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()
                : "0";
    }
}
