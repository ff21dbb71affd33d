package org.espalier.lab.study.ticket;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.espalier.UserException;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.TrialId;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.network.Mask;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * How much the masks of two tickets have in common, beside what independent masks with the same counts per layer would have.
 *
 * @param least smallest level that is compared
 */
@Kind("mask-overlap")
public record MaskOverlap(
        @Setting(value = "smallest level to compare; at level 0 all masks are equal", preset = "1", min = 0)
        int least) {

    /** What two tickets of one level differ in. */
    private enum Differ {
        TRIALS("trials"),
        STRATEGIES("strategies"),
        OBJECTIVES("objectives");

        private final String word;

        Differ(String word) {
            this.word = word;
        }
    }

    /**
     * Intersection over union of two masks.
     *
     * @param found of these masks
     * @param chance expected intersection over expected union of independent uniform masks with the same count in each
     *     layer; d / (2 - d) for one layer of density d
     */
    record Overlap(double found, double chance) {
        static Overlap of(Mask first, Mask second) {
            long both = 0;
            double expected = 0;
            for (int layer = 0; layer < first.architecture().layers(); layer++) {
                BitSet common = first.survivors(layer);
                common.and(second.survivors(layer));
                both += common.cardinality();
                expected += (double) first.count(layer)
                        * second.count(layer)
                        / first.architecture().weights(layer);
            }
            return of(both, (long) first.count() + second.count(), expected);
        }

        /** Of one layer of the masks. */
        static Overlap of(Mask first, Mask second, int layer) {
            BitSet common = first.survivors(layer);
            common.and(second.survivors(layer));
            return of(
                    common.cardinality(),
                    (long) first.count(layer) + second.count(layer),
                    (double) first.count(layer)
                            * second.count(layer)
                            / first.architecture().weights(layer));
        }

        private static Overlap of(long both, long sum, double expected) {
            return new Overlap(sum == both ? 1 : (double) both / (sum - both), expected / (sum - expected));
        }
    }

    private record Group(String dataset, int level, Differ differ) {}

    private static final class Found {
        private final List<Overlap> overlaps = new ArrayList<>();
        private double density;
    }

    /** Registers the study. */
    public static final class Definition implements StudyKind<MaskOverlap> {
        @Override
        public Class<MaskOverlap> settings() {
            return MaskOverlap.class;
        }

        @Override
        public String question() {
            return "Do trials, strategies and objectives find the same tickets, or no more alike than by chance?";
        }

        @Override
        public String source() {
            return "Intersection over union of masks, as in the literature on lottery tickets; no single source";
        }

        @Override
        public StudyResult run(MaskOverlap settings, StudyContext context) {
            return MaskOverlap.result(compared(settings, context.store()));
        }
    }

    private static Map<Group, Found> compared(MaskOverlap settings, Store store) {
        Map<Group, Found> groups = new LinkedHashMap<>();
        List<StoredTrial> trials = store.trials();
        int most =
                trials.stream().mapToInt(trial -> trial.levels().size()).max().orElse(0);
        for (int level = settings.least; level < most; level++) {
            Map<TrialId, Mask> masks = new LinkedHashMap<>();
            for (StoredTrial trial : trials) {
                if (level < trial.levels().size()
                        && store.level(trial.levels().get(level)).state() == LevelState.DONE) {
                    masks.put(
                            trial.id(),
                            store.level(trial.levels().get(level))
                                    .trained()
                                    .orElseThrow()
                                    .mask());
                }
            }
            compare(level, List.copyOf(masks.entrySet()), groups);
        }
        if (groups.isEmpty()) {
            throw new UserException(store.directory() + " has no two trained tickets to compare from level "
                    + settings.least + " on, expected two trials, strategies or objectives");
        }
        return groups;
    }

    private static void compare(int level, List<Map.Entry<TrialId, Mask>> masks, Map<Group, Found> groups) {
        for (Differ differ : Differ.values()) {
            for (int a = 0; a < masks.size(); a++) {
                for (int b = a + 1; b < masks.size(); b++) {
                    TrialId first = masks.get(a).getKey();
                    if (differInOne(first, masks.get(b).getKey(), differ)) {
                        Mask mask = masks.get(a).getValue();
                        Mask other = masks.get(b).getValue();
                        Found found =
                                groups.computeIfAbsent(new Group(first.dataset(), level, differ), _ -> new Found());
                        found.overlaps.add(Overlap.of(mask, other));
                        found.density += (mask.density() + other.density()) / 2;
                    }
                }
            }
        }
    }

    private static boolean differInOne(TrialId a, TrialId b, Differ differ) {
        boolean trial = a.trial() == b.trial();
        boolean strategy = a.strategy().equals(b.strategy());
        boolean objective = a.objective().equals(b.objective());
        return a.dataset().equals(b.dataset())
                && switch (differ) {
                    case TRIALS -> !trial && strategy && objective;
                    case STRATEGIES -> trial && !strategy && objective;
                    case OBJECTIVES -> trial && strategy && !objective;
                };
    }

    private static StudyResult result(Map<Group, Found> groups) {
        List<List<String>> rows = new ArrayList<>();
        Map<String, TreeMap<Double, Double>> curves = new LinkedHashMap<>();
        groups.forEach((group, found) -> {
            int pairs = found.overlaps.size();
            double mean = found.overlaps.stream().mapToDouble(Overlap::found).sum() / pairs;
            double chance = found.overlaps.stream().mapToDouble(Overlap::chance).sum() / pairs;
            double least =
                    found.overlaps.stream().mapToDouble(Overlap::found).min().orElseThrow();
            double most =
                    found.overlaps.stream().mapToDouble(Overlap::found).max().orElseThrow();
            double density = 100 * found.density / pairs;
            rows.add(List.of(
                    group.dataset,
                    group.differ.word,
                    Integer.toString(group.level),
                    String.format(Locale.ROOT, "%.2f", density),
                    Integer.toString(pairs),
                    number(mean),
                    number(least),
                    number(most),
                    number(chance)));
            String name = group.dataset + ", between " + group.differ.word;
            curves.computeIfAbsent(name, _ -> new TreeMap<>()).put(density, mean);
            curves.computeIfAbsent(name + ", chance", _ -> new TreeMap<>()).put(density, chance);
        });
        List<StudyResult.Curve> lines = new ArrayList<>();
        curves.forEach((name, points) ->
                lines.add(new StudyResult.Curve(name, List.copyOf(points.keySet()), List.copyOf(points.values()))));
        return new StudyResult(
                List.of(new StudyResult.Table(
                        "overlap",
                        "Overlap of masks: intersection over union",
                        2,
                        List.of("data set", "between", "level", "P_m %", "pairs", "mean", "least", "most", "by chance"),
                        rows,
                        List.of(
                                "by chance: expected intersection over expected union of independent masks with the"
                                        + " same counts per layer",
                                "strategies of one trial share the mask of level 1 where they prune the same dense"
                                        + " network"))),
                List.of(new StudyResult.Figure(
                        "overlap",
                        "Overlap of masks by density",
                        "Mean intersection over union of pairs that differ in one thing, and what is expected by"
                                + " chance.",
                        "weights remaining (%)",
                        "intersection over union",
                        lines)));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
