package dev.millrace.contract.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Percentage;

/** What must hold for every model and every SLO. */
class CapacityPropertiesTest {
    private static final double EPSILON = 1e-6;

    @Provide
    Arbitrary<CapacityInputs> inputs() {
        return Combinators.combine(
                        Arbitraries.doubles().between(.01, 100),
                        Arbitraries.doubles().between(0, 2),
                        Arbitraries.integers().between(1, 64),
                        Arbitraries.doubles().between(0, 20),
                        Arbitraries.doubles().between(1, 1000),
                        Arbitraries.of("50", "90", "95", "99", "99.9", "99.99", "99.999"),
                        Arbitraries.doubles().between(1, 4))
                .as(CapacityInputs::of);
    }

    @Property(tries = 200)
    void aHigherThresholdCarriesMore(
            @ForAll("inputs") CapacityInputs in, @ForAll @DoubleRange(min = 1, max = 3) double by) {
        Capacity tight = CapacityModel.unbatched(in);
        Capacity loose = CapacityModel.unbatched(new CapacityInputs(
                in.serviceMs(),
                in.cv(),
                in.instances(),
                in.overheadMs(),
                in.sloMs() * by,
                in.percentile(),
                in.margin(),
                in.burstFactor()));
        assertThat(loose.maxUtilization()).isGreaterThanOrEqualTo(tight.maxUtilization() - EPSILON);
        assertThat(loose.maxInFlight()).isGreaterThanOrEqualTo(tight.maxInFlight());
        assertThat(loose.feasible() || !tight.feasible()).isTrue();
    }

    @Property(tries = 200)
    void moreSlotsInOneReplicaPool(@ForAll("inputs") CapacityInputs in, @ForAll @IntRange(min = 1, max = 8) int more) {
        Capacity few = CapacityModel.unbatched(in);
        Capacity many = CapacityModel.unbatched(new CapacityInputs(
                in.serviceMs(),
                in.cv(),
                in.instances() + more,
                in.overheadMs(),
                in.sloMs(),
                in.percentile(),
                in.margin(),
                in.burstFactor()));
        assertThat(many.maxUtilization()).isGreaterThanOrEqualTo(few.maxUtilization() - EPSILON);
        assertThat(many.feasible()).isEqualTo(few.feasible());
    }

    @Property(tries = 200)
    void moreOverheadCarriesLess(
            @ForAll("inputs") CapacityInputs in, @ForAll @DoubleRange(min = 0, max = 50) double more) {
        Capacity slower = CapacityModel.unbatched(new CapacityInputs(
                in.serviceMs(),
                in.cv(),
                in.instances(),
                in.overheadMs() + more,
                in.sloMs(),
                in.percentile(),
                in.margin(),
                in.burstFactor()));
        assertThat(slower.maxUtilization())
                .isLessThanOrEqualTo(CapacityModel.unbatched(in).maxUtilization() + EPSILON);
    }

    @Property(tries = 300)
    void feasibleAgreesWithTheNumbers(@ForAll("inputs") CapacityInputs in) {
        Capacity capacity = CapacityModel.unbatched(in);
        assertThat(capacity.feasible())
                .isEqualTo(in.overheadMs() + capacity.servicePercentileMs() < (1 - in.margin()) * in.sloMs());
        assertThat(capacity.maxInFlight()).isGreaterThanOrEqualTo(in.instances());
        if (capacity.feasible()) {
            assertThat(capacity.maxUtilization()).isGreaterThanOrEqualTo(0).isLessThan(1);
            // Little's law: at least the busy slots are in flight, and the bound leaves room for the target
            assertThat(capacity.targetInFlight())
                    .isGreaterThanOrEqualTo(in.instances() * capacity.targetUtilization() - EPSILON);
            assertThat(capacity.targetRps() * in.burstFactor()).isCloseTo(capacity.capacityRps(), percent());
        } else {
            assertThat(capacity.capacityRps()).isZero();
            assertThat(capacity.targetInFlight()).isZero();
            assertThat(capacity.reason()).contains("not feasible");
        }
    }

    @Property(tries = 300)
    void theLargestBatchFitsTwice(
            @ForAll @DoubleRange(min = 0, max = 50) double alpha,
            @ForAll @DoubleRange(min = .01, max = 10) double beta,
            @ForAll @DoubleRange(min = 1, max = 500) double sloMs,
            @ForAll @IntRange(min = 1, max = 256) int maxRows) {
        BatchLine line = new BatchLine(alpha, beta);
        Capacity capacity = CapacityModel.batched(BatchedCapacityInputs.of(line, maxRows, 1, sloMs, "99", 1.25));
        assertThat(capacity.maxBatchSize()).isBetween(1, maxRows);
        if (capacity.feasible()) {
            assertThat(1 + 2 * line.ms(capacity.maxBatchSize())).isLessThanOrEqualTo(.9 * sloMs + 1e-6);
            assertThat(capacity.capacityRps()).isPositive();
            assertThat(capacity.capacityRps())
                    .isLessThanOrEqualTo(1000 * capacity.maxBatchSize() / line.ms(capacity.maxBatchSize()) + EPSILON);
        }
    }

    private static Percentage percent() {
        return Percentage.withPercentage(.001);
    }
}
