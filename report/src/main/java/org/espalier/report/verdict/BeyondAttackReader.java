package org.espalier.report.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.report.evaluation.CertificateGroup;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.evaluation.EvaluationFamily;
import org.espalier.report.evaluation.Robustness;
import org.espalier.report.evaluation.RuleNotes;
import org.espalier.report.notation.Numbers;
import org.espalier.report.statistics.Sample;

/** Says beside a verdict on one attack what suites of attacks leave of the same networks, and what is certified of them. */
public final class BeyondAttackReader {
    /** Suites that a verdict quotes: the ones nearest to its attack's radius, and of most attacks. */
    private static final int MOST_SUITES = 2;

    private final TicketVerdict verdict;
    private final Experiment experiment;
    private final Robustness robustness;
    private final int level;
    private final String name;
    private final Optional<Float> radius;
    private final List<String> sentences = new ArrayList<>();

    private BeyondAttackReader(TicketVerdict verdict, Experiment experiment, Robustness robustness) {
        this.verdict = verdict;
        this.experiment = experiment;
        this.robustness = robustness;
        Optional<Integer> ticket = verdict.ticket().map(Comparison::level);
        level = ticket.or(() -> verdict.best().map(Estimate::level)).orElse(0);
        name = ticket.isPresent() ? "the ticket" : "the best network (level " + level + ")";
        radius = radius(experiment, verdict);
    }

    /** That of the attack, or of the bound that the objective trains on. */
    private static Optional<Float> radius(Experiment experiment, TicketVerdict verdict) {
        return verdict.basis()
                .map(basis -> (float) basis.epsilon())
                .or(() -> experiment.ball(verdict.attack()).map(ThreatModel::epsilon));
    }

    /**
     * The verdict with accuracies beyond its attack.
     *
     * @param experiment the search's settings
     * @param robustness its evaluations and certificates
     */
    public static TicketVerdict on(TicketVerdict verdict, Experiment experiment, Robustness robustness) {
        return verdict.with(new BeyondAttackReader(verdict, experiment, robustness).read());
    }

    private BeyondAttack read() {
        if (verdict.dense().isEmpty()) {
            return BeyondAttack.NONE;
        }
        Optional<BeyondAttack.Suite> suite = suites();
        Optional<BeyondAttack.Bounds> bounds = bounds();
        return new BeyondAttack(level, suite, bounds, sentences);
    }

    private Optional<BeyondAttack.Suite> suites() {
        Map<EvaluationFamily, List<Evaluated>> families = new LinkedHashMap<>();
        robustness.evaluations().stream()
                .filter(e -> e.trial().dataset().equals(verdict.dataset())
                        && e.trial().objective().equals(verdict.objective())
                        && e.trial().strategy().equals(verdict.strategy())
                        && (e.level() == level || e.level() == 0))
                .forEach(e -> families.computeIfAbsent(EvaluationFamily.of(e), _ -> new ArrayList<>())
                        .add(e));
        if (families.isEmpty()) {
            boolean attack = experiment.attacks().containsKey(verdict.attack());
            sentences.add("No suite of attacks has been run on these networks: what "
                    + (attack ? "stronger attacks than " + verdict.attack() : "strong attacks")
                    + " leave is not known (espalier evaluate).");
            return Optional.empty();
        }
        List<EvaluationFamily> strongest = families.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<EvaluationFamily, List<Evaluated>> e) -> verdict.basis()
                                .filter(basis -> basis.family().equals(e.getKey()))
                                .isEmpty())
                        .thenComparing(e -> e.getKey().norm() != Norm.LINF)
                        // A smaller ball leaves more: the attack's own says what there is to say.
                        .thenComparing(e -> nearest(e.getValue()))
                        .thenComparing(e -> -e.getValue()
                                .getFirst()
                                .evaluation()
                                .suiteAttacks()
                                .size())
                        .thenComparing(e -> -e.getKey().images()))
                .limit(MOST_SUITES)
                .map(Map.Entry::getKey)
                .toList();
        Optional<BeyondAttack.Suite> first = Optional.empty();
        for (EvaluationFamily family : strongest) {
            Optional<BeyondAttack.Suite> said = suite(family, families.getOrDefault(family, List.of()));
            first = first.or(() -> said);
        }
        return first;
    }

    /** One sentence; what is left of the verdict's level, if that was evaluated. */
    private Optional<BeyondAttack.Suite> suite(EvaluationFamily family, List<Evaluated> evaluations) {
        double epsilon = evaluations.stream()
                .map(Evaluated::epsilon)
                .min(Comparator.comparingDouble(this::away).thenComparing(e -> -e))
                .orElseThrow();
        List<Evaluated> here =
                evaluations.stream().filter(e -> e.epsilon() == epsilon).toList();
        List<Evaluated> at = here.stream().filter(e -> e.level() == level).toList();
        List<Evaluated> dense = here.stream().filter(e -> e.level() == 0).toList();
        var parts = new ArrayList<String>();
        if (level > 0 && !at.isEmpty()) {
            parts.add(name + " " + interval(at));
        }
        if (!dense.isEmpty()) {
            parts.add("the dense network " + interval(dense));
        }
        sentences.add("Suite " + family.suite() + " (" + family.norm() + " " + Numbers.radius(epsilon)
                + other(epsilon) + ", first " + Numbers.count(family.images()) + " " + family.split()
                + " " + Names.noun(family.images(), "image") + ", " + weights(family.weights()) + ") leaves "
                + String.join(" and ", parts)
                + marks(here)
                + covered(family, here)
                + (level > 0 && at.isEmpty() ? " It was not run on " + name + "." : ""));
        return at.isEmpty()
                ? Optional.empty()
                : Optional.of(new BeyondAttack.Suite(
                        family.suite(),
                        epsilon,
                        left(at, StoredEvaluation::robust),
                        left(at, StoredEvaluation::lowestKnown),
                        certified(at),
                        RuleNotes.worst(at)));
    }

    /** How many of a suite's images certificates cover, where these are not all and some are certified. */
    private static String covered(EvaluationFamily family, List<Evaluated> evaluations) {
        List<StoredEvaluation> stored =
                evaluations.stream().map(Evaluated::evaluation).toList();
        return CertificateGroup.covered(stored, family.images())
                .filter(_ -> certified(evaluations).mean() > 0)
                .map(covered -> " Certificates " + covered + ".")
                .orElse("");
    }

    /** How far the radii of evaluations are from the one of the verdict's attack, at the nearest. */
    private double nearest(List<Evaluated> evaluations) {
        return evaluations.stream().mapToDouble(e -> away(e.epsilon())).min().orElse(Double.POSITIVE_INFINITY);
    }

    /** How far a radius is from the one of the verdict's attack. */
    private double away(double epsilon) {
        return radius.map(r -> Math.abs(epsilon - Evaluated.plain(r))).orElse(0.0);
    }

    private String other(double epsilon) {
        return radius.filter(r -> Evaluated.plain(r) != epsilon)
                .map(r -> ", not the " + Numbers.plain(Evaluated.plain(r)) + " of "
                        + verdict.basis().map(b -> "suite ").orElse("") + verdict.attack())
                .orElse("");
    }

    private static String weights(String weights) {
        return switch (weights) {
            case "final" -> "weights after the last update";
            case "best-validation" -> "weights of the least validation objective";
            default -> weights + " weights";
        };
    }

    private static Sample left(List<Evaluated> evaluations, Function<StoredEvaluation, Proportion> of) {
        return Sample.of(evaluations.stream()
                .map(e -> of.apply(e.evaluation()).accuracy())
                .toList());
    }

    /** Over the networks that were certified. */
    private static Sample certified(List<Evaluated> evaluations) {
        return Sample.of(evaluations.stream()
                .flatMap(e -> e.evaluation().certified().stream())
                .map(Proportion::accuracy)
                .toList());
    }

    /** The suite's accuracy, with the lowest known one where that is lower, and the certified one where there is any. */
    private static String interval(List<Evaluated> evaluations) {
        double suite = left(evaluations, StoredEvaluation::robust).mean();
        double known = left(evaluations, StoredEvaluation::lowestKnown).mean();
        double certified = certified(evaluations).mean(); // NaN where certify was not run
        var more = new ArrayList<String>();
        if (known < suite) {
            more.add(String.format(Locale.ROOT, "lowest known %.1f %%", 100 * known));
        }
        if (certified > 0) {
            more.add(String.format(Locale.ROOT, "certified %.1f %%", 100 * certified));
        }
        return percent(left(evaluations, StoredEvaluation::robust))
                + (more.isEmpty() ? "" : " [" + String.join(", ", more) + "]");
    }

    private static String marks(List<Evaluated> evaluations) {
        String rules = String.join(", ", RuleNotes.broken(evaluations));
        return switch (RuleNotes.worst(evaluations)) {
            case PASS -> "; no rule objects.";
            case NOT_CHECKED -> "; not all rules are checked.";
            case UNRELIABLE -> ". Unreliable (" + rules + "): the true figures may be lower.";
            case REFUSED -> ". REFUSED (" + rules + "): these figures must not be quoted.";
        };
    }

    private Optional<BeyondAttack.Bounds> bounds() {
        Norm norm = verdict.basis().map(basis -> basis.family().norm()).orElse(Norm.LINF);
        Optional<CertificateGroup> group = CertificateGroup.all(robustness).stream()
                .filter(g -> g.key().dataset().equals(verdict.dataset())
                        && g.key().strategy().equals(verdict.strategy())
                        && (g.levels(verdict.objective()).containsKey(level)
                                || g.levels(verdict.objective()).containsKey(0)))
                .min(Comparator.comparing((CertificateGroup g) -> g.key().norm() != norm)
                        .thenComparing(g -> !g.levels(verdict.objective()).containsKey(level))
                        .thenComparingDouble(g -> away(g.key().epsilon())));
        if (group.isEmpty()) {
            return Optional.empty();
        }
        CertificateGroup chosen = group.get();
        double epsilon = chosen.key().epsilon();
        Optional<BeyondAttack.Bounds> at = bounds(chosen, level);
        Optional<BeyondAttack.Bounds> dense = bounds(chosen, 0);
        var parts = new ArrayList<String>();
        at.filter(_ -> level > 0).ifPresent(b -> parts.add("of " + name + " " + between(b)));
        dense.ifPresent(b -> parts.add("of the dense network " + between(b)));
        sentences.add("Certificates (" + chosen.key().norm() + " " + Numbers.radius(epsilon) + other(epsilon)
                + ", first "
                + Numbers.count(chosen.images()) + " "
                + chosen.key().split() + " " + Names.noun(chosen.images(), "image") + ", "
                + weights(chosen.key().weights()) + ", by "
                + String.join(
                        ", ",
                        chosen.kinds().stream()
                                .map(CertificateGroup.Kind::method)
                                .toList())
                + "): the accuracy under any attack is, " + String.join(", ", parts) + ".");
        return at;
    }

    private Optional<BeyondAttack.Bounds> bounds(CertificateGroup group, int level) {
        CertificateGroup.Bounds bounds = group.bounds(verdict.objective(), level);
        return bounds.low().count() == 0
                ? Optional.empty()
                : Optional.of(new BeyondAttack.Bounds(group.key().epsilon(), bounds.low(), bounds.high()));
    }

    private static String between(BeyondAttack.Bounds bounds) {
        return String.format(
                Locale.ROOT,
                "at least %.1f and at most %.1f %% (%s)",
                100 * bounds.low().mean(),
                100 * bounds.high().mean(),
                trials(bounds.low().count()));
    }

    private static String percent(Sample sample) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * sample.mean())
                + (sample.deviation().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                " (deviation %.1f over %s)",
                                100 * sample.deviation().getAsDouble(),
                                trials(sample.count()))
                        : " (one trial)");
    }

    private static String trials(int count) {
        return count == 1 ? "one trial" : count + " trials";
    }
}
