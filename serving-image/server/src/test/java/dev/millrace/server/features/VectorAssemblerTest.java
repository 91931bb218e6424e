package dev.millrace.server.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.status.ServerStatus.GroupStatus;
import dev.millrace.contract.store.BatchProgress;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.Heartbeat;
import dev.millrace.server.Specs;
import dev.millrace.server.features.FeatureVector.Rejection;
import dev.millrace.server.features.Freshness.GroupFreshness;
import dev.millrace.server.features.GroupRead.Result;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VectorAssemblerTest {
    private static final GroupRead PROFILE = new GroupRead(Result.FRESH, new double[] {0.7}, 1_000, 5);

    private static FeatureVector assemble(String onMissing, String onStale, GroupRead purchases) {
        VectorPlan plan = plan(onMissing, onStale);
        return new VectorAssembler(plan).assemble(new double[] {12, Double.NaN}, new GroupRead[] {purchases, PROFILE});
    }

    private static VectorPlan plan(String onMissing, String onStale) {
        return VectorPlan.of(Specs.features("redis://none:1", Specs.purchases(onMissing, onStale)));
    }

    @Test
    void whatIsReadIsServed() {
        FeatureVector v = assemble("Reject", "Reject", new GroupRead(Result.FRESH, new double[] {4}, 2_000, 7));
        assertThat(v.values()).containsExactly(12, 4, 0.7);
        assertThat(v.status()).containsOnly(FeatureStatus.Fresh);
        assertThat(v.ageMs()).containsExactly(-1, 7, 5);
        assertThat(v.rejected()).isNull();
        assertThat(v.storeFailed()).isFalse();
        assertThat(v.defaulted()).isEmpty();
    }

    @Test
    void whatIsMissingIsItsDefaultOrRejected() {
        FeatureVector byDefault = assemble("Default", "Serve", GroupRead.MISSING);
        assertThat(byDefault.values()).containsExactly(12, 0, 0.7);
        assertThat(byDefault.status()[1]).isEqualTo(FeatureStatus.Default);
        assertThat(byDefault.defaulted()).containsExactly("purchases.count_1h");
        assertThat(byDefault.rejected()).isNull();
        FeatureVector rejected = assemble("Reject", "Serve", GroupRead.CORRUPT);
        assertThat(rejected.rejected()).isEqualTo(Rejection.FeatureMissing);
        assertThat(rejected.rejectedFeature()).isEqualTo("purchases.count_1h");
        FeatureVector failed = assemble("Default", "Serve", GroupRead.FAILED);
        assertThat(failed.storeFailed()).isTrue();
        assertThat(failed.status()[1]).isEqualTo(FeatureStatus.Error);
        assertThat(failed.defaulted()).containsExactly("purchases.count_1h");
    }

    @Test
    void whatIsStaleIsServedReplacedOrRejected() {
        GroupRead stale = new GroupRead(Result.STALE, new double[] {4}, 2_000, 7);
        FeatureVector served = assemble("Default", "Serve", stale);
        assertThat(served.values()[1]).isEqualTo(4);
        assertThat(served.stale()).containsExactly("purchases.count_1h");
        FeatureVector replaced = assemble("Default", "Default", stale);
        assertThat(replaced.values()[1]).isZero();
        assertThat(replaced.defaulted()).containsExactly("purchases.count_1h");
        assertThat(assemble("Default", "Reject", stale).rejected()).isEqualTo(Rejection.FeatureStale);
    }

    @Test
    void anEntryThatDoesNotResolveIsNamed() {
        Features f = Specs.features("redis://none:1", Specs.purchases("Default", "Serve"));
        for (String entry : List.of("nothing", "purchases.nothing", "nothing.count_1h")) {
            Features wrong = new Features(
                    f.store(), f.entities(), f.groups(), f.request(), List.of(entry), f.onMissing(), f.onStale());
            assertThatThrownBy(() -> VectorPlan.of(wrong))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("features.vector[" + entry + "]");
        }
    }

    @Test
    void freshnessSaysTheWorstOfAGroup() {
        VectorPlan plan = plan("Default", "Serve");
        assertThat(Freshness.UNKNOWN.statuses(plan.groups(), 0))
                .allMatch(s -> "FeatureStoreUnavailable".equals(s.reason()));
        Heartbeat good = new Heartbeat(0, 1, 1, 900, 1_000, 1, 2);
        Heartbeat lagging = new Heartbeat(3, 1, 1, 1_000, 9_000, 1, 2);
        BatchRun run = new BatchRun("profile", 1_000, 1_200, 990, 4, 6, 1_000L, null);
        Freshness lags = new Freshness(
                true,
                Map.of(
                        "purchases",
                        new GroupFreshness(Map.of(0, good, 1, lagging), 2, 0, null),
                        "profile",
                        new GroupFreshness(Map.of(), 0, 1_000, run)));
        assertThat(lags.statuses(plan.groups(), 2_000))
                .extracting(s -> s.state() + " " + s.reason() + " " + s.lagMs())
                .containsExactly("Stale LagTooHigh 8000", "Fresh null 1000");
        Freshness silent = new Freshness(true, Map.of("purchases", new GroupFreshness(Map.of(0, good), 2, 0, null)));
        assertThat(silent.statuses(plan.groups(), 2_000))
                .extracting(s -> s.state() + " " + s.reason())
                .containsExactly("Stale HeartbeatMissing", "Missing BatchTooOld");
        assertThat(lags.batchAges(plan.groups(), 2_000)).containsExactly(Map.entry("profile", 1_000L));
        assertThat(lags.batchRuns(plan.groups())).containsExactly(Map.entry("profile", run));
        assertThat(silent.batchRuns(plan.groups())).isEmpty();
    }

    @Test
    void aLoadThatRunsSaysHowFarItIsUntilItIsSilent() {
        VectorPlan plan = plan("Default", "Serve");
        BatchProgress load = new BatchProgress(1_000, 2_000, 8, 3, 2_400_000);
        Freshness loading = new Freshness(true, Map.of("profile", new GroupFreshness(Map.of(), 0, 1_000, null, load)));
        assertThat(loading.statuses(plan.groups(), 2_000))
                .extracting(GroupStatus::progress)
                .containsExactly(null, "3 of 8 files, 2 M rows");
        assertThat(loading.statuses(plan.groups(), 400_000))
                .extracting(GroupStatus::progress)
                .containsOnlyNulls();
        Freshness first = new Freshness(true, Map.of("profile", new GroupFreshness(Map.of(), 0, 0, null, load)));
        assertThat(first.statuses(plan.groups(), 2_000).get(1)).satisfies(status -> {
            assertThat(status.state()).isEqualTo("Missing");
            assertThat(status.progress()).isEqualTo("3 of 8 files, 2 M rows");
        });
    }
}
