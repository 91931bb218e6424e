package dev.millrace.operator.observe;

import dev.millrace.contract.config.ServingConfig.DriftReference;
import dev.millrace.contract.drift.StabilityIndex;
import dev.millrace.contract.status.ServerStatus;
import dev.millrace.contract.status.ServerStatus.Drift;
import dev.millrace.contract.status.ServerStatus.FeatureDrift;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one feature is distributed, over all servers of one version: their counts added up, then compared. Two answers, each
 * for one side, so that an index near the threshold does not flap.
 *
 * @param version of the model
 * @param threshold PSI above which drift is reported
 * @param drifted one that had not drifted has now, by the alert's own measure
 * @param settled one that had drifted is well below again
 */
public record DriftView(
        String version, double threshold, String feature, Volume volume, boolean drifted, boolean settled) {

    /** Below this share of what makes it drift a feature counts as settled. */
    private static final double CLEAR = 0.8;

    private record Key(String version, double threshold, String feature, DriftReference reference) {}

    /** In the order of the vector; servers with another baseline are told apart. */
    static List<DriftView> of(Collection<ServerStatus> servers) {
        Map<Key, List<List<Long>>> pooled = new LinkedHashMap<>();
        for (ServerStatus server : servers) {
            Drift drift = server.drift();
            if (drift == null) {
                continue;
            }
            for (FeatureDrift feature : drift.features()) {
                // what a pod says must not end the look at the others
                if (feature.counts().size() == feature.reference().ratios().size()) {
                    pooled.computeIfAbsent(
                                    new Key(
                                            server.version(),
                                            drift.threshold(),
                                            feature.feature(),
                                            feature.reference()),
                                    key -> new ArrayList<>())
                            .add(feature.counts());
                }
            }
        }
        return pooled.entrySet().stream().map(e -> of(e.getKey(), e.getValue())).toList();
    }

    private static DriftView of(Key key, List<List<Long>> counts) {
        StabilityIndex index = StabilityIndex.of(key.reference(), StabilityIndex.pool(counts));
        return new DriftView(
                key.version(),
                key.threshold(),
                key.feature(),
                Volume.of(index.values(), StabilityIndex.MIN_VALUES),
                index.isDrift(key.threshold()),
                index.psi() <= CLEAR * Math.max(key.threshold(), index.noise()));
    }
}
