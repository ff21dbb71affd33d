package org.espalier.report.reproduction;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.StoredTrial;
import org.espalier.network.Architecture;

/** How much larger than the average weight the survivors were in the dense network before any training. */
final class SurvivorWeights {
    private final Map<String, Map<Integer, List<Double>>> excess = new LinkedHashMap<>();

    private SurvivorWeights() {}

    /**
     * Reads the networks of finished levels.
     *
     * @throws org.espalier.UserException if one is damaged
     */
    static SurvivorWeights read(Store store, String strategy, List<Integer> levels) {
        var survivors = new SurvivorWeights();
        for (StoredTrial trial : store.trials()) {
            if (trial.id().strategy().equals(strategy)) {
                network(store, trial, 0).ifPresent(dense -> {
                    for (int level : levels) {
                        network(store, trial, level).ifPresent(pruned -> survivors.add(dense, pruned, level));
                    }
                });
            }
        }
        return survivors;
    }

    private static Optional<StoredNetwork> network(Store store, StoredTrial trial, int level) {
        return level < trial.levels().size()
                        && store.level(trial.levels().get(level)).state() == LevelState.DONE
                ? store.level(trial.levels().get(level)).initial()
                : Optional.empty();
    }

    private void add(StoredNetwork dense, StoredNetwork pruned, int level) {
        Architecture architecture = dense.mask().architecture();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            float[] weights = dense.weights().matrix(layer);
            BitSet alive = pruned.mask().survivors(layer);
            double all = 0;
            double surviving = 0;
            for (int i = 0; i < weights.length; i++) {
                all += Math.abs(weights[i]);
                surviving += alive.get(i) ? Math.abs(weights[i]) : 0;
            }
            double ratio = surviving / alive.cardinality() / (all / weights.length);
            excess.computeIfAbsent(architecture.node(layer), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(level, _ -> new ArrayList<>())
                    .add(ratio - 1);
        }
    }

    /** Layers of which anything was read. */
    List<String> layers() {
        return List.copyOf(excess.keySet());
    }

    /** Mean magnitude of the survivors over that of all weights of the layer, minus 1; one number a trial. */
    List<Double> excess(String layer, int level) {
        return excess.getOrDefault(layer, Map.of()).getOrDefault(level, List.of());
    }
}
