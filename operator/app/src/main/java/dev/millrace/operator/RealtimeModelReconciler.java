package dev.millrace.operator;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.contract.status.ServerStatus.Calibration;
import dev.millrace.operator.dependent.ApiInstalled;
import dev.millrace.operator.dependent.Autoscalers;
import dev.millrace.operator.dependent.ConfigMaps;
import dev.millrace.operator.dependent.CronJobs;
import dev.millrace.operator.dependent.Deployments;
import dev.millrace.operator.dependent.Jobs;
import dev.millrace.operator.dependent.NetworkPolicies;
import dev.millrace.operator.dependent.PodDisruptionBudgets;
import dev.millrace.operator.dependent.PodMonitorInstalled;
import dev.millrace.operator.dependent.PodMonitors;
import dev.millrace.operator.dependent.PrometheusRuleInstalled;
import dev.millrace.operator.dependent.PrometheusRules;
import dev.millrace.operator.dependent.ServiceAccounts;
import dev.millrace.operator.dependent.Services;
import dev.millrace.operator.dependent.StackDependent;
import dev.millrace.operator.dependent.StatefulSets;
import dev.millrace.operator.events.EventRecorder;
import dev.millrace.operator.observe.Observation;
import dev.millrace.operator.observe.ObservationSource;
import dev.millrace.operator.observe.PodObserver;
import dev.millrace.operator.scaling.AggregatorScaler;
import dev.millrace.operator.stack.Annotations;
import dev.millrace.operator.stack.Stack;
import dev.millrace.operator.status.StatusAggregator;
import dev.millrace.operator.status.Statuses;
import dev.millrace.operator.status.World;
import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.Finding;
import dev.millrace.plan.Names;
import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.check.SpecCheck;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.Workflow;
import io.javaoperatorsdk.operator.api.reconciler.dependent.Dependent;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimited;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Check, plan, apply, tell. Each step is somebody else's: {@link SpecCheck}, {@link StackPlan}, the dependents, {@link
 * StatusAggregator}. No finalizer: owner references collect everything.
 */
// comparableResourceVersions = false: java-operator-sdk 5.3 swallows a spec edit that lands while our status patch is
// under way; drop it at 5.5.1. The interval bounds the same race on secondaries (its default is 10 hours).
@ControllerConfiguration(
        name = RealtimeModelReconciler.MILLRACE,
        fieldManager = RealtimeModelReconciler.MILLRACE,
        generationAwareEventProcessing = false,
        informer = @Informer(comparableResourceVersions = false, onUpdateFilter = SpecOrAnnotationChanged.class),
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 5, timeUnit = TimeUnit.MINUTES))
// initialInterval: application.properties; from here it is lost in some builds
@GradualRetry(maxAttempts = -1, intervalMultiplier = 1.5, maxInterval = 60_000)
@RateLimited(maxReconciliations = 10, within = 1)
@Workflow(
        explicitInvocation = true,
        handleExceptionsInReconciler = true,
        dependents = {
            @Dependent(name = RealtimeModelReconciler.ACCOUNTS, type = ServiceAccounts.class),
            @Dependent(name = RealtimeModelReconciler.DOCUMENTS, type = ConfigMaps.class),
            @Dependent(type = Services.class),
            @Dependent(type = NetworkPolicies.class),
            @Dependent(type = PodDisruptionBudgets.class),
            @Dependent(type = Autoscalers.class),
            // a pod whose account or document is not there yet waits for a minute, because kubelet backs off
            @Dependent(
                    type = StatefulSets.class,
                    dependsOn = {RealtimeModelReconciler.ACCOUNTS, RealtimeModelReconciler.DOCUMENTS}),
            @Dependent(
                    type = Deployments.class,
                    dependsOn = {RealtimeModelReconciler.ACCOUNTS, RealtimeModelReconciler.DOCUMENTS}),
            @Dependent(
                    type = Jobs.class,
                    dependsOn = {RealtimeModelReconciler.ACCOUNTS, RealtimeModelReconciler.DOCUMENTS}),
            @Dependent(
                    type = CronJobs.class,
                    dependsOn = {RealtimeModelReconciler.ACCOUNTS, RealtimeModelReconciler.DOCUMENTS}),
            @Dependent(type = PodMonitors.class, activationCondition = PodMonitorInstalled.class),
            @Dependent(type = PrometheusRules.class, activationCondition = PrometheusRuleInstalled.class)
        })
public class RealtimeModelReconciler implements Reconciler<RealtimeModel> {

    /** Name of the controller and field manager of everything that it applies. Never change it: fields have owners. */
    public static final String MILLRACE = "millrace";

    static final String ACCOUNTS = "accounts";
    static final String DOCUMENTS = "documents";

    /** An apply that failed for a reason of the cluster is tried again after this. */
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final ImageResolver images;
    private final PodObserver observer;
    private final Duration pollInterval;
    private final StatusAggregator statuses;
    private final EventRecorder events;
    private final StoreSecrets secrets = new StoreSecrets();
    private final Calibrations calibrations = new Calibrations();
    private final AggregatorScaler scaler;

    public RealtimeModelReconciler(
            ImageResolver images,
            PodObserver observer,
            PollInterval pollInterval,
            StatusAggregator statuses,
            EventRecorder events,
            AggregatorScaler scaler) {
        this.images = images;
        this.observer = observer;
        this.pollInterval = pollInterval.value();
        this.statuses = statuses;
        this.events = events;
        this.scaler = scaler;
    }

    @Override
    public List<EventSource<?, RealtimeModel>> prepareEventSources(EventSourceContext<RealtimeModel> context) {
        return List.of(new ObservationSource(context.getPrimaryCache(), observer::observe, pollInterval));
    }

    @Override
    public UpdateControl<RealtimeModel> reconcile(RealtimeModel model, Context<RealtimeModel> context) {
        if (Annotations.pauses(model)) {
            return UpdateControl.noUpdate();
        }
        List<Finding> findings = SpecCheck.check(model);
        if (!SpecCheck.isPlannable(findings)) {
            return write(model, statuses.invalid(model, only(findings, Finding.Severity.error)), context);
        }
        Observation observation =
                context.getSecondaryResource(Observation.class).orElse(Observation.NONE);
        StackPlan plan = plan(model, observation, context);
        AggregatorScaler.Answer aggregators = aggregators(model, plan, observation, context);
        if (aggregators != null) {
            plan = plan.withAggregators(aggregators.replicas());
            if (aggregators.change() != null) {
                events.scaled(model, Names.aggregator(plan.name()), aggregators.change());
            }
        }
        Stack stack = new Stack(
                plan,
                BatchLoads.aim(
                        StackObjects.of(plan),
                        jobs(model, context),
                        observation.storeLife(),
                        Annotations.request(model)));
        stack.putInto(context);
        secrets.ensure(context.getClient(), stack, owned(StatefulSet.class, Names.store(plan.name()), model, context));
        var result = context.managedWorkflowAndDependentResourceContext().reconcileManagedWorkflow();
        List<World.Failure> failures =
                ApplyFailures.of(result.getErroredDependents().values(), stack, model, context.getClient());
        World world = new World(
                model,
                stack,
                only(findings, Finding.Severity.warning),
                failures,
                owned(Deployment.class, Names.server(plan.name()), model, context),
                owned(Deployment.class, Names.aggregator(plan.name()), model, context),
                owned(StatefulSet.class, Names.store(plan.name()), model, context),
                jobs(model, context),
                owned(HorizontalPodAutoscaler.class, Names.server(plan.name()), model, context),
                observation,
                ApiInstalled.found(context, PodMonitor.class) && ApiInstalled.found(context, PrometheusRule.class));
        UpdateControl<RealtimeModel> control = write(model, statuses.of(world), context);
        if (!failures.isEmpty()) {
            return control.rescheduleAfter(AGAIN);
        }
        Duration again = aggregators == null ? null : aggregators.again();
        return again == null ? control : control.rescheduleAfter(again);
    }

    private AggregatorScaler.@Nullable Answer aggregators(
            RealtimeModel model, StackPlan plan, Observation observation, Context<RealtimeModel> context) {
        FeaturesPlan features = plan.features();
        Deployment live = owned(Deployment.class, Names.aggregator(plan.name()), model, context);
        return scaler.answer(
                model.getMetadata().getUid(),
                features == null || plan.suspended() ? null : features.aggregator(),
                live == null ? null : live.getSpec().getReplicas(),
                observation.streams(),
                () -> living(context));
    }

    private static Set<String> living(Context<RealtimeModel> context) {
        return context.getPrimaryCache()
                .list()
                .map(model -> model.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    @Override
    public ErrorStatusUpdateControl<RealtimeModel> updateErrorStatus(
            RealtimeModel model, Context<RealtimeModel> context, Exception exception) {
        RealtimeModelStatus status = statuses.failed(model, exception);
        return Statuses.same(context.getClient().getKubernetesSerialization(), model.getStatus(), status)
                ? ErrorStatusUpdateControl.noStatusUpdate()
                : ErrorStatusUpdateControl.patchStatus(Statuses.patch(model, status));
    }

    private StackPlan plan(RealtimeModel model, Observation observation, Context<RealtimeModel> context) {
        Calibration calibration = calibrations.of(
                model.getMetadata().getUid(),
                model.getSpec().getModel().getDigest(),
                observation,
                () -> living(context));
        PlanInputs inputs = PlanInputs.of(images.resolve(model)).withCalibration(calibration);
        StackPlan plan = Plans.of(model, inputs);
        Deployment live = owned(Deployment.class, Names.server(plan.name()), model, context);
        Integer keep = plan.scaling().autoscaled()
                ? Handover.keep(
                        live,
                        MILLRACE,
                        plan.scaling().minReplicas(),
                        context.getClient().getKubernetesSerialization())
                : live == null ? null : live.getSpec().getReplicas();
        return keep == null ? plan : Plans.of(model, inputs.withKeepReplicas(keep));
    }

    private UpdateControl<RealtimeModel> write(
            RealtimeModel model, RealtimeModelStatus status, Context<RealtimeModel> context) {
        if (Statuses.same(context.getClient().getKubernetesSerialization(), model.getStatus(), status)) {
            return UpdateControl.noUpdate();
        }
        events.changed(model, model.getStatus(), status);
        return UpdateControl.patchStatus(Statuses.patch(model, status));
    }

    private static List<Finding> only(List<Finding> findings, Finding.Severity severity) {
        return findings.stream().filter(f -> f.severity() == severity).toList();
    }

    private static List<Job> jobs(RealtimeModel model, Context<RealtimeModel> context) {
        return context.getSecondaryResourcesAsStream(Job.class)
                .filter(job -> StackDependent.isOwnedBy(job, model))
                .toList();
    }

    private static <R extends HasMetadata> @Nullable R owned(
            Class<R> type, String name, RealtimeModel model, Context<RealtimeModel> context) {
        return context.getSecondaryResourcesAsStream(type)
                .filter(object -> object.getMetadata().getName().equals(name))
                .filter(object -> StackDependent.isOwnedBy(object, model))
                .findFirst()
                .orElse(null);
    }
}
