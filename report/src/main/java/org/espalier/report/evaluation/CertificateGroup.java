package org.espalier.report.evaluation;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.espalier.attack.Norm;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.certification.CertificationMethod;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.store.TrialId;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.StrategyOrder;
import org.espalier.report.statistics.Sample;

/**
 * Certificates of one radius by all methods, and what a suite of attacks left in the same ball, all on the same images: so
 * that the truth is seen to lie between them.
 *
 * @param images how many images all figures are of, the first of the split: as many as all methods were given
 * @param kinds one for each method, the cheapest first
 * @param suite evaluations of the same images in the same ball; empty if there are none
 * @param leftOut certificates of the same methods and radius with other images or limits, in words
 */
public record CertificateGroup(Key key, int images, List<Kind> kinds, Optional<Suite> suite, List<String> leftOut) {
    /**
     * What the certificates of a group have in common.
     *
     * @param norm of the ball
     * @param epsilon radius of the ball
     */
    public record Key(String dataset, String strategy, String weights, String split, Norm norm, double epsilon) {
        /** The ball, e.g. {@code l-infinity 0.1}. */
        public String ball() {
            return norm + " " + Numbers.radius(epsilon);
        }
    }

    /**
     * One method with all its settings.
     *
     * @param certificates of all networks
     */
    public record Kind(String method, List<Certified> certificates) {
        /** How many images each certificate has. */
        public int images() {
            return certificates.getFirst().images();
        }

        /** The certificates of a level, a trial each. */
        public List<Certified> at(String objective, int level) {
            return certificates.stream()
                    .filter(c -> c.trial().objective().equals(objective) && c.level() == level)
                    .toList();
        }
    }

    /** Evaluations by one suite. */
    public record Suite(String name, List<Evaluated> evaluations) {
        /** The evaluations of a level, a trial each. */
        public List<Evaluated> at(String objective, int level) {
            return evaluations.stream()
                    .filter(e -> e.trial().objective().equals(objective) && e.level() == level)
                    .toList();
        }

        /** The same; none where the rules refuse the figure of a trial. */
        public List<Evaluated> quotable(String objective, int level) {
            List<Evaluated> trials = at(objective, level);
            return RuleNotes.worst(trials) == Verdict.REFUSED ? List.of() : trials;
        }

        /** Whether the rules refuse a figure. */
        public boolean refused() {
            return RuleNotes.worst(evaluations) == Verdict.REFUSED;
        }
    }

    /** All groups of a search, smaller radii first. */
    public static List<CertificateGroup> all(Robustness robustness) {
        return of(robustness.certificates(), robustness.evaluations());
    }

    /** Those that tables and figures show, see {@link Robustness#certificatesShown}. */
    public static List<CertificateGroup> shown(Robustness robustness) {
        return of(robustness.certificatesShown(), robustness.evaluations());
    }

    /**
     * How many images of a suite certificates cover, in words to follow "certificates": as many as of the network with the fewest,
     * of those that have any. Empty where all images of each are covered, and where there are no certificates.
     *
     * @param evaluations by the suite
     * @param images of the suite
     */
    public static Optional<String> covered(List<StoredEvaluation> evaluations, int images) {
        IntSummaryStatistics covered = evaluations.stream()
                .mapToInt(StoredEvaluation::covered)
                .filter(each -> each > 0)
                .summaryStatistics();
        return covered.getCount() > 0 && covered.getMin() < images
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "cover the first %,d of the %,d images of the suite%s: the others do not count as certified",
                        covered.getMin(),
                        images,
                        covered.getMin() < covered.getMax() ? ", of some networks more" : ""))
                : Optional.empty();
    }

    private static List<CertificateGroup> of(List<Certified> certificates, List<Evaluated> evaluations) {
        Map<Key, List<Certified>> groups = new LinkedHashMap<>();
        for (Certified each : certificates) {
            groups.computeIfAbsent(
                            new Key(
                                    each.trial().dataset(),
                                    each.trial().strategy(),
                                    each.weights(),
                                    each.split(),
                                    each.norm(),
                                    each.epsilon()),
                            _ -> new ArrayList<>())
                    .add(each);
        }
        return groups.entrySet().stream()
                .map(entry -> of(entry.getKey(), entry.getValue(), evaluations))
                .sorted(Comparator.comparing((CertificateGroup g) -> g.key().dataset())
                        .thenComparing(g -> g.key().strategy(), StrategyOrder.natural())
                        .thenComparing(g -> g.key().weights())
                        .thenComparing(g -> g.key().split())
                        .thenComparing(g -> g.key().norm())
                        .thenComparing(g -> g.key().epsilon()))
                .toList();
    }

    private static CertificateGroup of(Key key, List<Certified> certificates, List<Evaluated> evaluations) {
        var kinds = new ArrayList<Kind>();
        var leftOut = new ArrayList<String>();
        for (String method : CertificationMethod.names()) {
            List<Kind> of = kinds(
                    certificates.stream().filter(c -> c.method().equals(method)).toList());
            of.stream().findFirst().ifPresent(kinds::add);
            of.stream()
                    .skip(1)
                    .forEach(kind -> leftOut.add(
                            kind.method() + " of " + kind.images() + " " + Names.noun(kind.images(), "image")
                                    + limits(kind.certificates().getFirst())));
        }
        int images = kinds.stream().mapToInt(Kind::images).min().orElse(0);
        return new CertificateGroup(key, images, kinds, suite(key, images, evaluations), leftOut);
    }

    /** Limits of exact verification in words, with a comma before them; nothing of bounds. */
    public static String limits(Certified certified) {
        return (certified.limits().nodes().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                ", at most %,d nodes an image",
                                certified.limits().nodes().getAsInt())
                        : "")
                + certified
                        .limits()
                        .seconds()
                        .map(s -> ", at most " + Numbers.plain(s) + " s an image")
                        .orElse("");
    }

    /** By settings; the settings with most certificates first, of equals those with most images. */
    private static List<Kind> kinds(List<Certified> ofMethod) {
        Map<String, List<Certified>> bySettings = new TreeMap<>();
        ofMethod.forEach(c ->
                bySettings.computeIfAbsent(c.settings(), _ -> new ArrayList<>()).add(c));
        return bySettings.values().stream()
                .map(all -> new Kind(all.getFirst().method(), all))
                .sorted(Comparator.comparingInt((Kind k) -> -k.certificates().size())
                        .thenComparingInt(k -> -k.images()))
                .toList();
    }

    /** The suite that evaluated most of the networks. */
    private static Optional<Suite> suite(Key key, int images, List<Evaluated> evaluations) {
        Map<String, List<Evaluated>> bySettings = new TreeMap<>();
        evaluations.stream()
                .filter(e -> e.trial().dataset().equals(key.dataset())
                        && e.trial().strategy().equals(key.strategy())
                        && e.evaluation().weights().equals(key.weights())
                        && e.evaluation().split().equals(key.split())
                        && e.evaluation().threat().norm() == key.norm()
                        && e.epsilon() == key.epsilon()
                        && e.evaluation().withstands().inputs() >= images)
                .forEach(e -> bySettings
                        .computeIfAbsent(e.evaluation().settings(), _ -> new ArrayList<>())
                        .add(e));
        return bySettings.values().stream()
                .max(Comparator.comparingInt(List::size))
                .map(all -> new Suite(all.getFirst().evaluation().suite(), all));
    }

    /** Objectives, in the order of the search. */
    public List<String> objectives() {
        Set<String> objectives = new LinkedHashSet<>();
        kinds.forEach(kind ->
                kind.certificates().forEach(c -> objectives.add(c.trial().objective())));
        return List.copyOf(objectives);
    }

    /** Levels of an objective and the density of each, 0 to 1. */
    public SortedMap<Integer, Double> levels(String objective) {
        var levels = new TreeMap<Integer, Double>();
        kinds.forEach(kind -> kind.certificates().stream()
                .filter(c -> c.trial().objective().equals(objective))
                .forEach(c -> levels.putIfAbsent(c.level(), c.density())));
        return levels;
    }

    /** Exact verification, if it was done. */
    public Optional<Kind> exact() {
        return kinds.stream().filter(k -> k.method().equals(Certified.EXACT)).findFirst();
    }

    /**
     * What accuracy is at least and at most, by all methods and attacks together, over the trials that are certified.
     */
    public record Bounds(Sample low, Sample high) {}

    /** The images of one network that are certified by any method, and those that anything in this ball breaks. */
    private static final class Sides {
        private final BitSet certified = new BitSet();
        private final BitSet broken = new BitSet();
    }

    /** The bounds of a level's accuracy; samples of none if it is not certified. */
    public Bounds bounds(String objective, int level) {
        var low = new ArrayList<Double>();
        var high = new ArrayList<Double>();
        for (Sides sides : sides(objective, level)) {
            low.add((double) sides.certified.cardinality() / images);
            high.add((double) (images - sides.broken.cardinality()) / images);
        }
        return new Bounds(Sample.of(low), Sample.of(high));
    }

    /** How many images of a level's networks are certified by any method, and yet broken by anything in this ball. */
    public int violated(String objective, int level) {
        int violated = 0;
        for (Sides sides : sides(objective, level)) {
            BitSet both = (BitSet) sides.certified.clone();
            both.and(sides.broken);
            violated += both.cardinality();
        }
        return violated;
    }

    private List<Sides> sides(String objective, int level) {
        Map<TrialId, Sides> byTrial = new LinkedHashMap<>();
        for (Kind kind : kinds) {
            for (Certified c : kind.at(objective, level)) {
                Sides sides = byTrial.computeIfAbsent(c.trial(), _ -> new Sides());
                sides.certified.or(c.certified().right().get(0, images));
                sides.broken.or(wrong(c.unbroken()));
            }
        }
        suite.ifPresent(s -> s.at(objective, level).forEach(e -> {
            Sides sides = byTrial.get(e.trial());
            if (sides != null) {
                sides.broken.or(wrong(e.evaluation().withstands()));
            }
        }));
        return List.copyOf(byTrial.values());
    }

    private BitSet wrong(Outcomes right) {
        BitSet wrong = right.right().get(0, images);
        wrong.flip(0, images);
        return wrong;
    }

    /** Most trials that any method has of a level. */
    public OptionalInt most(String objective, int level) {
        return kinds.stream().mapToInt(kind -> kind.at(objective, level).size()).max();
    }
}
