package dev.millrace.contract.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reference's tables, to the digits that they print. */
class CapacityModelTest {
    private static Capacity fraud(String percentile, double sloMs) {
        return CapacityModel.unbatched(CapacityInputs.of(8, 0.30, 4, 2, sloMs, percentile, 1.25));
    }

    @ParameterizedTest(name = "L/S={1}, c={0}")
    @CsvSource({
        "1, 3, .13", "1, 4, .28", "1, 6, .51", "1, 10, .71", "1, 20, .86",
        "4, 3, .68", "4, 4, .78", "4, 6, .87", "4, 10, .92", "4, 20, .96"
    })
    void utilizationAtTheEdgeByDistanceOfTheSlo(int instances, double ratio, double expected) {
        Capacity capacity = CapacityModel.unbatched(CapacityInputs.of(10, 0.30, instances, 0, 10 * ratio, "99", 1.25));
        assertThat(capacity.maxUtilization()).isCloseTo(expected, within(.0051));
    }

    @Test
    void fraudAtP99() {
        Capacity capacity = fraud("99", 50);
        assertThat(capacity.feasible()).isTrue();
        assertThat(capacity.servicePercentileMs()).isCloseTo(15.17, within(.005));
        assertThat(capacity.maxUtilization()).isCloseTo(.865, within(.0005));
        assertThat(capacity.capacityRpsRounded()).isEqualTo(433);
        assertThat(capacity.targetUtilization()).isCloseTo(.692, within(.0005));
        assertThat(capacity.targetRps()).isCloseTo(346, within(.5));
        assertThat(capacity.targetInFlight()).isCloseTo(3.28, within(.005));
        assertThat(capacity.maxInFlight()).isEqualTo(17);
        assertThat(capacity.maxQueued(4)).isEqualTo(13);
        assertThat(capacity.maxBatchSize()).isOne();
    }

    @Test
    void fraudAtP99WithALargerBurst() {
        Capacity capacity = CapacityModel.unbatched(CapacityInputs.of(8, 0.30, 4, 2, 50, "99", 1.5));
        assertThat(capacity.targetInFlight()).isCloseTo(2.50, within(.005));
    }

    @Test
    void fraudAtP999() {
        Capacity capacity = fraud("99.9", 50);
        assertThat(capacity.servicePercentileMs()).isCloseTo(18.98, within(.005));
        assertThat(capacity.maxUtilization()).isCloseTo(.798, within(.0005));
        assertThat(capacity.capacityRpsRounded()).isEqualTo(399);
        assertThat(capacity.targetUtilization()).isCloseTo(.638, within(.0005));
        assertThat(capacity.targetRps()).isCloseTo(319, within(.5));
        assertThat(capacity.targetInFlight()).isCloseTo(2.88, within(.005));
        assertThat(capacity.maxInFlight()).isEqualTo(16);
        assertThat(capacity.reason())
                .isEqualTo("p99.9<=50ms: S=8.0ms cv=0.30 c=4 o=2ms -> 399 rps/replica at the SLO;"
                        + " /burstFactor 1.25 -> 319 rps = 2.88 in flight");
    }

    @Test
    void recommendationsOnAGpu() {
        Capacity capacity =
                CapacityModel.batched(BatchedCapacityInputs.of(new BatchLine(20, 1.5), 64, 5, 100, "95", 1.25));
        assertThat(capacity.feasible()).isTrue();
        assertThat(capacity.maxBatchSize()).isEqualTo(15);
        assertThat(capacity.capacityRpsRounded()).isEqualTo(300);
        assertThat(capacity.targetRps()).isCloseTo(240, within(.5));
        assertThat(capacity.targetInFlight()).isCloseTo(11.3, within(.051));
        assertThat(capacity.maxInFlight()).isEqualTo(30);
        assertThat(capacity.reason())
                .isEqualTo("p95<=100ms: S(n)=20+1.5*n ms o=5ms -> batches up to 15, 300 rps/replica at the SLO;"
                        + " /burstFactor 1.25 -> 240 rps = 11.3 in flight, batches of about 7.5");
    }

    /** 200 equally likely service times reach only the 99.75 % quantile and promise .37 at 22 ms. */
    @ParameterizedTest(name = "L={0}ms")
    @CsvSource({"22, 0", "23, 0", "23.5, .27", "24, .36", "50, .798"})
    void theTailOfTheServiceTimeIsResolved(double sloMs, double expected) {
        Capacity capacity = fraud("99.9", sloMs);
        assertThat(capacity.feasible()).isEqualTo(expected > 0);
        assertThat(capacity.maxUtilization()).isCloseTo(expected, within(.0051));
    }

    /** The same without the feasibility test in front: the sum alone says no as well. */
    @Test
    void theSumItselfResolvesTheTail() {
        double deadline = .9 * 22 - 2;
        double lateWithoutAnyLoad = new ServiceTime(8, .30).against(deadline).of(0, 1);
        assertThat(lateWithoutAnyLoad).isGreaterThan(.001);
        double bruteForce = 0;
        int points = 20_000;
        for (int i = 0; i < points; i++) {
            double service = new ServiceTime(8, .30).quantileOfTail(1 - (i + .5) / points);
            bruteForce += (service > deadline ? 1 : .4 * Math.exp(-(deadline - service) / 3)) / points;
        }
        assertThat(new ServiceTime(8, .30).against(deadline).of(.4, 3)).isCloseTo(bruteForce, within(1e-5));
    }

    @Test
    void infeasibleNamesTheCure() {
        Capacity capacity = fraud("99.9", 20);
        assertThat(capacity.feasible()).isFalse();
        assertThat(capacity.capacityRps()).isZero();
        assertThat(capacity.targetInFlight()).isZero();
        assertThat(capacity.maxInFlight()).isEqualTo(4);
        assertThat(capacity.reason())
                .isEqualTo("p99.9<=20ms: S=8.0ms cv=0.30 c=4 o=2ms -> not feasible at any load: o + p99.9 of S = 2ms +"
                        + " 19.0ms, the deadline is 20ms less 10 %; a faster model or a higher threshold helps,"
                        + " replicas do not");
    }

    @Test
    void aBatchOfOneThatDoesNotFitTwiceIsInfeasible() {
        Capacity capacity =
                CapacityModel.batched(BatchedCapacityInputs.of(new BatchLine(20, 1.5), 64, 5, 50, "95", 1.25));
        assertThat(capacity.feasible()).isFalse();
        assertThat(capacity.capacityRps()).isZero();
        assertThat(capacity.reason()).contains("two batches of one row and the overhead take 48ms");
    }

    @Test
    void theLineIsNotTrustedBeyondTheLargestCalibratedBatch() {
        Capacity capacity =
                CapacityModel.batched(BatchedCapacityInputs.of(new BatchLine(20, 1.5), 8, 5, 100, "95", 1.25));
        assertThat(capacity.maxBatchSize()).isEqualTo(8);
        assertThat(capacity.maxInFlight()).isEqualTo(16);
    }

    @Test
    void lineThroughCalibration() {
        BatchLine line = BatchLine.fit(new int[] {1, 2, 4, 8}, new double[] {21.5, 23, 26, 32});
        assertThat(line.alphaMs()).isCloseTo(20, within(1e-9));
        assertThat(line.betaMs()).isCloseTo(1.5, within(1e-9));
        assertThat(BatchLine.fit(new int[] {1}, new double[] {3})).isEqualTo(new BatchLine(0, 3));
        // noise that slopes downwards: no gain from batching is invented
        assertThat(BatchLine.fit(new int[] {1, 2}, new double[] {3, 2}).betaMs())
                .isZero();
    }

    /** Textbook: 2 servers, 1 Erlang -> 1/3; one server waits with probability rho. */
    @Test
    void erlangC() {
        assertThat(CapacityModel.waits(2, .5)).isCloseTo(1.0 / 3, within(1e-12));
        assertThat(CapacityModel.waits(1, .7)).isCloseTo(.7, within(1e-12));
    }

    @Test
    void normalTails() {
        assertThat(Normal.quantileOfTail(.001)).isCloseTo(3.090232306167813, within(1e-9));
        assertThat(Normal.quantileOfTail(.05)).isCloseTo(1.6448536269514722, within(1e-9));
        assertThat(Normal.upperTail(8)).isCloseTo(6.22096057427178e-16, within(1e-23));
        assertThat(Normal.upperTail(-1)).isCloseTo(.8413447460685429, within(1e-12));
    }

    @Test
    void budgetsAreDecimals() {
        assertThat(new Percentile("99.9").budget()).hasToString("0.001");
        assertThat(new Percentile("95").budget()).hasToString("0.05");
        assertThatThrownBy(() -> new Percentile("100"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("100");
    }

    @Test
    void inputsThatMakeNoSenseAreNamed() {
        assertThatThrownBy(() -> CapacityInputs.of(0, .3, 4, 2, 50, "99", 1.25))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("serviceMs");
        assertThatThrownBy(() -> CapacityInputs.of(8, .3, 4, 2, 50, "99", .5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("burstFactor");
    }
}
