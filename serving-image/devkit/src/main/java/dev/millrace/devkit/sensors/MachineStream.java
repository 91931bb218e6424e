package dev.millrace.devkit.sensors;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One machine's readings, one a second and without end; equal seeds and times give equal readings. */
public final class MachineStream implements Iterator<Reading> {
    public static final long PERIOD_MS = 1_000;

    private static final double DAY_MS = 86_400_000;
    private static final double[] LOADS = {0.1, 0.5, 0.8, 1.0};
    /** How far and how fast a machine wanders by itself, in its noise and in seconds. */
    private static final double WANDER = 0.8;

    private static final double WANDER_SECONDS = 45;

    private final Machine machine;
    private final SplittableRandom random;
    private final double calmSeconds;
    private final double[] level = new double[3];
    private final double[] wander = new double[3];
    private final double[] shown = new double[3];
    private double load;
    private double wantedLoad;
    private long ts;
    private long sequence;
    private int faults;
    private double loadSecondsLeft;
    private double calmLeft;
    private double unsureLeft;
    private @Nullable Fault fault;

    /**
     * @param firstMs event time of the first reading
     * @param calmSeconds mean time between two faults
     */
    public MachineStream(long seed, int number, long firstMs, double calmSeconds) {
        this.machine = Machine.of(seed, number);
        this.random = new SplittableRandom(seed * 7_919 + number);
        this.calmSeconds = calmSeconds;
        // machines do not tick together
        this.ts = firstMs + random.nextLong(PERIOD_MS);
        this.load = this.wantedLoad = LOADS[random.nextInt(LOADS.length)];
        this.loadSecondsLeft = exponential(300);
        // something must have been shown before it can be repeated
        this.calmLeft = 2 + exponential(calmSeconds);
        for (Sensor sensor : Sensor.values()) {
            level[sensor.ordinal()] = load;
        }
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    /** When the next reading is taken. */
    public long peekTs() {
        return ts;
    }

    @Override
    public Reading next() {
        work();
        breakDown();
        Truth truth = unsureLeft > 0 ? Truth.UNSURE : Truth.NORMAL;
        unsureLeft--;
        Fault now = fault;
        int number = 0;
        List<Double> values = new ArrayList<>(3);
        for (Sensor sensor : Sensor.values()) {
            double value = measured(sensor);
            if (now != null && now.sensor() == sensor) {
                int i = sensor.ordinal();
                value = now.kind() == Truth.STUCK ? shown[i] : value + now.offset() * machine.noise()[i];
            }
            double rounded = sensor.round(value);
            shown[sensor.ordinal()] = rounded;
            values.add(rounded);
        }
        if (now != null) {
            truth = now.truth();
            number = faults;
            if (now.ends()) {
                fault = null;
                unsureLeft = Fault.REMEMBERED_SECONDS;
                calmLeft = Fault.REMEMBERED_SECONDS + exponential(calmSeconds);
            }
        }
        Reading reading = new Reading(machine.id(), sequence++, ts, values, truth, number);
        ts += PERIOD_MS;
        return reading;
    }

    /** The load changes now and then, as orders come in; the sensors follow, each at its own pace. */
    private void work() {
        if (--loadSecondsLeft <= 0) {
            wantedLoad = LOADS[random.nextInt(LOADS.length)];
            loadSecondsLeft = 60 + exponential(300);
        }
        load += (wantedLoad - load) / 5;
        for (int i = 0; i < level.length; i++) {
            level[i] += (load - level[i]) / machine.lagSeconds()[i];
            wander[i] += -wander[i] / WANDER_SECONDS + WANDER * Math.sqrt(2 / WANDER_SECONDS) * random.nextGaussian();
        }
    }

    private void breakDown() {
        if (fault != null) {
            fault = fault.later();
        } else if (--calmLeft <= 0) {
            faults++;
            fault = Fault.draw(random);
        }
    }

    private double measured(Sensor sensor) {
        int i = sensor.ordinal();
        double value = machine.base()[i]
                + machine.perLoad()[i] * level[i]
                + machine.noise()[i] * (wander[i] + random.nextGaussian());
        if (sensor == Sensor.TEMPERATURE) {
            value += machine.dayAmplitude() * Math.cos(2 * Math.PI * (ts / DAY_MS - machine.dayPhase()));
        }
        return value;
    }

    private double exponential(double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }
}
