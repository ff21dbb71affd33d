package org.espalier.lab.study.ticket;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.TrialId;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.network.Mask;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * What shortened levels between the first and the last cost: accuracy, other masks, and updates saved. For accelerated iterative magnitude
 * pruning, Zullich et al. (2021), read as an abstract.
 */
@Kind("aimp-style")
public record ShortenedLevels(
        @Setting("directory of the search with levels of full length, of the same experiment otherwise")
        String full) {

    /** A level of both searches. */
    private record Pair(TrialId trial, int level, StoredLevel shorter, StoredLevel whole) {}

    /** Registers the study. */
    public static final class Definition implements StudyKind<ShortenedLevels> {
        @Override
        public Class<ShortenedLevels> settings() {
            return ShortenedLevels.class;
        }

        @Override
        public String question() {
            return "What do shortened levels of a search cost in accuracy, how far do its masks differ, and what is saved?";
        }

        @Override
        public String source() {
            return "Zullich et al. 2021 (AIMP), abstract; the report's form is ours";
        }

        @Override
        public List<Path> searches(ShortenedLevels settings) {
            return List.of(UserPath.of(settings.full, "full"));
        }

        @Override
        public StudyResult run(ShortenedLevels settings, StudyContext context) {
            Store whole = Store.open(UserPath.of(settings.full, "full"));
            return ShortenedLevels.result(pairs(context.store(), whole));
        }
    }

    private static List<Pair> pairs(Store shorter, Store whole) {
        List<Pair> pairs = new ArrayList<>();
        for (StoredTrial trial : shorter.trials()) {
            Optional<StoredTrial> other = whole.trials().stream()
                    .filter(each -> each.id().equals(trial.id()))
                    .findFirst();
            if (other.isEmpty()) {
                continue;
            }
            for (int level = 0;
                    level < Math.min(trial.levels().size(), other.get().levels().size());
                    level++) {
                Pair pair =
                        new Pair(trial.id(), level, trained(shorter, trial, level), trained(whole, other.get(), level));
                if (!mask(pair.shorter).architecture().equals(mask(pair.whole).architecture())) {
                    throw new UserException("full is " + whole.directory() + ", whose network is "
                            + mask(pair.whole).architecture() + ", expected "
                            + mask(pair.shorter).architecture() + " as in " + shorter.directory());
                }
                pairs.add(pair);
            }
        }
        if (pairs.isEmpty()) {
            throw new UserException("full is " + whole.directory() + ", which has no trial of " + shorter.directory()
                    + ", expected a search of the same data set, objective and strategy");
        }
        return pairs;
    }

    private static StoredLevel trained(Store store, StoredTrial trial, int level) {
        StoredLevel stored = store.level(trial.levels().get(level));
        if (stored.state() != LevelState.DONE) {
            throw new UserException(trial.id() + ", level " + level + " of " + store.directory()
                    + " is not trained, expected two complete searches");
        }
        return stored;
    }

    private static Mask mask(StoredLevel level) {
        return level.trained().orElseThrow().mask();
    }

    /** Accuracy on test images after the last update, by attack. */
    private static Map<String, Double> accuracies(StoredLevel level) {
        int last = level.lastMeasured().orElse(0);
        Map<String, Double> found = new LinkedHashMap<>();
        for (Measurement measured : level.metrics()) {
            if (measured.iteration() == last && measured.split().equals("test")) {
                found.put(measured.attack(), measured.accuracy());
            }
        }
        return found;
    }

    private static StudyResult result(List<Pair> pairs) {
        List<List<String>> accuracy = new ArrayList<>();
        List<List<String>> overlap = new ArrayList<>();
        List<List<String>> updates = new ArrayList<>();
        Set<String> groups = new LinkedHashSet<>();
        pairs.forEach(pair -> groups.add(group(pair)));
        for (String group : groups) {
            List<Pair> own =
                    pairs.stream().filter(pair -> group(pair).equals(group)).toList();
            for (int level : new TreeSet<>(own.stream().map(Pair::level).toList())) {
                List<Pair> here =
                        own.stream().filter(pair -> pair.level == level).toList();
                accuracy.addAll(accuracies(group, level, here));
                if (level > 0) {
                    overlap.addAll(overlaps(group, level, here));
                }
            }
            updates.add(updates(group, own));
        }
        return new StudyResult(
                List.of(
                        new StudyResult.Table(
                                "accuracy",
                                "Accuracy on test images with full and shortened levels, %",
                                3,
                                List.of(
                                        "search",
                                        "level",
                                        "attack",
                                        "trials",
                                        "P_m %",
                                        "full",
                                        "shortened",
                                        "difference",
                                        "least",
                                        "most"),
                                accuracy,
                                List.of(
                                        "difference: shortened less full, mean of the trials, in points; least and most of"
                                                + " any trial")),
                        new StudyResult.Table(
                                "overlap",
                                "Overlap of the masks of full and shortened levels",
                                3,
                                List.of("search", "level", "layer", "P_m %", "overlap", "by chance"),
                                overlap,
                                List.of(
                                        "intersection over union, mean of the trials; by chance: of independent masks with"
                                                + " these counts")),
                        new StudyResult.Table(
                                "updates",
                                "Updates of a trial, all levels together",
                                1,
                                List.of("search", "full", "shortened", "saved %"),
                                updates,
                                List.of("as measured last in each level"))),
                List.of());
    }

    private static String group(Pair pair) {
        return pair.trial.dataset() + ", " + pair.trial.objective() + ", " + pair.trial.strategy();
    }

    private static List<List<String>> accuracies(String group, int level, List<Pair> pairs) {
        List<List<String>> rows = new ArrayList<>();
        for (String attack : accuracies(pairs.getFirst().whole).keySet()) {
            double whole = 0;
            double shorter = 0;
            double least = Double.POSITIVE_INFINITY;
            double most = Double.NEGATIVE_INFINITY;
            double density = 0;
            for (Pair pair : pairs) {
                double before = 100 * accuracies(pair.whole).getOrDefault(attack, Double.NaN);
                double after = 100 * accuracies(pair.shorter).getOrDefault(attack, Double.NaN);
                whole += before / pairs.size();
                shorter += after / pairs.size();
                least = Math.min(least, after - before);
                most = Math.max(most, after - before);
                density += 100 * mask(pair.shorter).density() / pairs.size();
            }
            rows.add(List.of(
                    group,
                    Integer.toString(level),
                    attack,
                    Integer.toString(pairs.size()),
                    text(density),
                    text(whole),
                    text(shorter),
                    text(shorter - whole),
                    text(least),
                    text(most)));
        }
        return rows;
    }

    private static List<List<String>> overlaps(String group, int level, List<Pair> pairs) {
        List<List<String>> rows = new ArrayList<>();
        int layers = mask(pairs.getFirst().shorter).architecture().layers();
        for (int layer = 0; layer < layers; layer++) {
            double found = 0;
            double chance = 0;
            double density = 0;
            for (Pair pair : pairs) {
                MaskOverlap.Overlap overlap = MaskOverlap.Overlap.of(mask(pair.shorter), mask(pair.whole), layer);
                found += overlap.found() / pairs.size();
                chance += overlap.chance() / pairs.size();
                density += 100.0
                        * mask(pair.shorter).count(layer)
                        / mask(pair.shorter).architecture().weights(layer)
                        / pairs.size();
            }
            rows.add(List.of(
                    group,
                    Integer.toString(level),
                    mask(pairs.getFirst().shorter).architecture().node(layer),
                    text(density),
                    String.format(Locale.ROOT, "%.4f", found),
                    String.format(Locale.ROOT, "%.4f", chance)));
        }
        return rows;
    }

    /** Of the first trial: all trials have as many. */
    private static List<String> updates(String group, List<Pair> pairs) {
        long whole = 0;
        long shorter = 0;
        for (Pair pair : pairs) {
            if (pair.trial.equals(pairs.getFirst().trial)) {
                whole += pair.whole.lastMeasured().orElse(0);
                shorter += pair.shorter.lastMeasured().orElse(0);
            }
        }
        return List.of(
                group,
                Long.toString(whole),
                Long.toString(shorter),
                text(whole == 0 ? 0 : 100.0 * (whole - shorter) / whole));
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
