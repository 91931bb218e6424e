package dev.millrace.devkit.sensors;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** What a detector said of readings, against the truth. A fault is found by any of its readings; a false alarm is a reading. */
public final class Verdicts {
    private final Map<String, Found> faults = new HashMap<>();
    private final Map<String, String> lastOf = new HashMap<>();
    private long readings;
    private long normal;
    private long alarms;
    private long falseAlarms;

    private record Found(Truth kind, boolean found) {}

    /** Readings of a machine in the order of time. */
    public synchronized void add(Reading reading, boolean alarm) {
        readings++;
        alarms += alarm ? 1 : 0;
        String fault = "";
        if (reading.truth() == Truth.NORMAL) {
            normal++;
            falseAlarms += alarm ? 1 : 0;
        } else if (reading.truth().isFault()) {
            fault = reading.machineId() + "/" + reading.fault();
            Found before = faults.get(fault);
            faults.put(fault, new Found(reading.truth(), alarm || (before != null && before.found())));
        }
        lastOf.put(reading.machineId(), fault);
    }

    /**
     * @param readings judged
     * @param normal of them, in which nothing was wrong
     * @param alarms readings that were called anomalies
     * @param falseAlarms of them, in which nothing was wrong
     * @param open faults that go on and are not found yet: neither found nor missed
     */
    public record Summary(
            long readings,
            long normal,
            long alarms,
            long falseAlarms,
            long found,
            long missed,
            long open,
            @JsonIgnore Map<Truth, Double> foundShareByKind) {

        /** Of the faults that are found or missed; 0 without any. */
        public double foundShare() {
            return found + missed == 0 ? 0 : round((double) found / (found + missed));
        }

        /** Per hour of one machine in which nothing is wrong; a machine is read once a second. */
        public double falseAlarmsPerHour() {
            return normal == 0 ? 0 : round(3600.0 * falseAlarms / normal);
        }

        private static double round(double value) {
            return Math.round(value * 1e4) / 1e4;
        }
    }

    public synchronized Summary summary() {
        long found = 0;
        long open = 0;
        Map<Truth, long[]> byKind = new EnumMap<>(Truth.class);
        for (Map.Entry<String, Found> fault : faults.entrySet()) {
            if (!fault.getValue().found() && lastOf.containsValue(fault.getKey())) {
                open++;
                continue;
            }
            found += fault.getValue().found() ? 1 : 0;
            long[] counts = byKind.computeIfAbsent(fault.getValue().kind(), kind -> new long[2]);
            counts[0] += fault.getValue().found() ? 1 : 0;
            counts[1]++;
        }
        Map<Truth, Double> shares = new EnumMap<>(Truth.class);
        byKind.forEach((kind, counts) -> shares.put(kind, (double) counts[0] / counts[1]));
        return new Summary(readings, normal, alarms, falseAlarms, found, faults.size() - found - open, open, shares);
    }
}
