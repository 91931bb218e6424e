package dev.millrace.server.features;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.server.features.FeatureVector.Rejection;
import org.jspecify.annotations.Nullable;

/** Applies defaults and the policies {@code onMissing} and {@code onStale}. Pure. */
public final class VectorAssembler {
    private final VectorPlan plan;

    public VectorAssembler(VectorPlan plan) {
        this.plan = plan;
    }

    /**
     * @param request one number per request field, NaN = absent
     * @param reads one per group of the plan
     */
    public FeatureVector assemble(double[] request, GroupRead[] reads) {
        Building b = new Building(plan.places());
        for (int i = 0; i < plan.places(); i++) {
            if (plan.source(i) == VectorPlan.REQUEST) {
                b.request(i, request[plan.index(i)], plan.requestDefault(plan.index(i)));
            } else {
                b.group(i, plan.groups().get(plan.source(i)), plan.index(i), reads[plan.source(i)]);
            }
        }
        return new FeatureVector(
                plan, b.values, b.status, b.ageMs, b.eventTimeMs, b.rejected, b.rejectedFeature, b.storeFailed);
    }

    private final class Building {
        final double[] values;
        final FeatureStatus[] status;
        final long[] ageMs;
        final long[] eventTimeMs;

        @Nullable
        Rejection rejected;

        @Nullable
        String rejectedFeature;

        boolean storeFailed;

        Building(int width) {
            values = new double[width];
            status = new FeatureStatus[width];
            ageMs = new long[width];
            eventTimeMs = new long[width];
        }

        void request(int place, double sent, double byDefault) {
            ageMs[place] = -1;
            if (!Double.isNaN(sent)) {
                set(place, sent, FeatureStatus.Fresh);
            } else {
                set(place, byDefault, Double.isNaN(byDefault) ? FeatureStatus.Missing : FeatureStatus.Default);
            }
        }

        void group(int place, GroupPlan group, int feature, GroupRead read) {
            ageMs[place] = read.ageMs();
            eventTimeMs[place] = read.eventTimeMs();
            double[] found = read.values();
            double byDefault = group.defaultOf(feature);
            FeatureGroup policy = group.group();
            if (read.result() == GroupRead.Result.FAILED) {
                storeFailed = true;
                missing(place, policy, byDefault, FeatureStatus.Error);
            } else if (found == null || Double.isNaN(found[feature])) {
                missing(place, policy, byDefault, FeatureStatus.Default);
            } else if (read.result() == GroupRead.Result.STALE || read.result() == GroupRead.Result.GAP) {
                stale(place, policy, found[feature], byDefault);
            } else {
                set(place, found[feature], FeatureStatus.Fresh);
            }
        }

        private void missing(int place, FeatureGroup policy, double byDefault, FeatureStatus replaced) {
            boolean none = Double.isNaN(byDefault);
            set(place, byDefault, none ? FeatureStatus.Missing : replaced);
            if (none || policy.onMissing().equals("Reject")) {
                reject(place, Rejection.FeatureMissing);
            }
        }

        private void stale(int place, FeatureGroup policy, double value, double byDefault) {
            switch (policy.onStale()) {
                case "Default" -> {
                    if (Double.isNaN(byDefault)) {
                        set(place, byDefault, FeatureStatus.Missing);
                        reject(place, Rejection.FeatureStale);
                    } else {
                        set(place, byDefault, FeatureStatus.Default);
                    }
                }
                case "Reject" -> {
                    set(place, value, FeatureStatus.Stale);
                    reject(place, Rejection.FeatureStale);
                }
                default -> set(place, value, FeatureStatus.Stale);
            }
        }

        private void set(int place, double value, FeatureStatus s) {
            values[place] = value;
            status[place] = s;
        }

        private void reject(int place, Rejection why) {
            if (rejected == null) {
                rejected = why;
                rejectedFeature = plan.names().get(place);
            }
        }
    }
}
