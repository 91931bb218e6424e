package dev.millrace.devkit.sensors;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.EventColumns;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.feature.TileState;
import dev.millrace.contract.feature.ValueHash;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * One machine's readings as the model sees them: vectors by the contract's own tiles, as aggregator and server make them. So
 * training and serving features cannot differ.
 *
 * <p>The aggregator and the server read the same topic, and either may be first: the windows of a reading contain it, or not. A
 * model must not mind, so it learns from both, drawn by chance.
 */
public final class SensorWindows {
    private final List<Group> groups = List.of(new Group(SensorFeatures.latest()), new Group(SensorFeatures.recent()));
    private final SplittableRandom random;

    public SensorWindows(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** The vector of the machine's next reading. */
    public float[] next(Reading reading) {
        boolean aggregatorIsFirst = random.nextBoolean();
        Sensor[] sensors = Sensor.values();
        float[] vector = new float
                [sensors.length
                        + groups.stream()
                                .mapToInt(group -> group.features.length)
                                .sum()];
        for (Sensor sensor : sensors) {
            vector[sensor.ordinal()] = (float) reading.value(sensor);
        }
        int at = sensors.length;
        for (Group group : groups) {
            if (aggregatorIsFirst) {
                group.apply(reading);
            }
            group.read(reading.ts());
            if (!aggregatorIsFirst) {
                group.apply(reading);
            }
            for (double feature : group.features) {
                vector[at++] = (float) feature;
            }
        }
        return vector;
    }

    /** The tiles of one group. */
    private static final class Group {
        private final TileLayout layout;
        private final TileReader reader;
        private final TileState state;
        private final double[] features;

        Group(FeatureGroup group) {
            layout = TileLayout.of(group);
            reader = new TileReader(layout);
            state = TileState.empty(layout);
            features = new double[layout.width()];
        }

        void apply(Reading reading) {
            TileState.Outcome outcome = state.apply(0, reading.sequence(), reading.ts(), new Columns(layout, reading));
            if (outcome != TileState.Outcome.APPLIED) {
                throw new IllegalStateException("reading " + reading.sequence() + " was not applied: " + outcome);
            }
        }

        void read(long nowMs) {
            if (state.seq() == 0) {
                System.arraycopy(layout.defaults(), 0, features, 0, features.length);
            } else if (!reader.read(state.toValue(0, nowMs, 0), nowMs, features, 0)) {
                throw new IllegalStateException("the contract cannot read its own value");
            }
        }
    }

    /** A reading as the tiles see it; the same values that the aggregator takes from the JSON. */
    private record Columns(TileLayout layout, Reading reading) implements EventColumns {
        @Override
        public double number(int column) {
            return reading.value(Sensor.valueOf(layout.columns().get(column).toUpperCase(Locale.ROOT)));
        }

        @Override
        public long hash(int column) {
            return ValueHash.of(number(column));
        }

        @Override
        public boolean isNull(int column) {
            return false;
        }
    }
}
