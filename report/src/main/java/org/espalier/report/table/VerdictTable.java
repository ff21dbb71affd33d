package org.espalier.report.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.espalier.report.content.Report;
import org.espalier.report.notation.Numbers;
import org.espalier.report.statistics.Interval;
import org.espalier.report.statistics.Paired;
import org.espalier.report.verdict.BeyondAttack;
import org.espalier.report.verdict.Comparison;
import org.espalier.report.verdict.Estimate;
import org.espalier.report.verdict.Terms;
import org.espalier.report.verdict.TicketVerdict;

/** Verdicts as a table: one row for each data set, objective, strategy and attack. */
public final class VerdictTable {
    /** Stands where nothing is shown. */
    public static final String NONE = "-";

    private VerdictTable() {}

    /** The tickets, best accuracies and dense accuracies of all verdicts. */
    public static Table of(Report report) {
        boolean several = report.runs().size() > 1;
        var keys = new ArrayList<List<String>>();
        var tickets = new ArrayList<List<String>>();
        var accuracies = new ArrayList<List<String>>();
        for (TicketVerdict verdict : report.verdicts()) {
            var key = new ArrayList<String>();
            if (several) {
                key.add(verdict.run());
            }
            key.addAll(List.of(verdict.dataset(), verdict.objective(), verdict.strategy(), under(verdict)));
            keys.add(key);
            var row = new ArrayList<>(List.of(standing(report, verdict)));
            row.addAll(verdict.ticket().map(VerdictTable::ticket).orElse(List.of(NONE, NONE, NONE, NONE)));
            tickets.add(row);
            accuracies.add(List.of(
                    verdict.dense().map(VerdictTable::accuracy).orElse(AccuracyTable.PENDING),
                    verdict.best().map(VerdictTable::accuracy).orElse(NONE),
                    verdict.best().map(e -> Numbers.percent(e.density())).orElse(NONE),
                    verdict.trials() + "/" + verdict.planned()));
        }
        var headings = new ArrayList<>(List.of("data set", "training", "strategy", "attack"));
        if (several) {
            headings.addFirst("run");
        }
        var blocks = new ArrayList<Table.Block>();
        blocks.add(new Table.Block(
                "sparsest winning ticket",
                List.of("verdict", "P_m %", "natural", "attacked", "p"),
                tickets,
                Set.of(0)));
        blocks.add(new Table.Block(
                "accuracy under the attack, %", List.of("dense", "best", "at P_m %", "trials"), accuracies));
        var notes = new ArrayList<>(notes(report.terms()));
        if (report.runs().stream()
                .flatMap(run -> run.results().cells().stream())
                .anyMatch(cell -> cell.bound().isPresent())) {
            notes.add("where the attack is a bound that is trained on: the share of images of which it leaves no doubt,"
                    + " rounding aside");
        }
        if (report.runs().stream()
                .anyMatch(run -> !run.robustness().evaluations().isEmpty()
                        || !run.robustness().certificates().isEmpty())) {
            blocks.add(beyondAttack(report.verdicts()));
            notes.add(
                    "left: lowest known accuracy in the ball of a suite (under its attacks and all else that is known; lower than"
                            + " the suite's own figure where that misses images), of the ticket, where there is none of the best"
                            + " network, after its last update; ? unreliable, ! refused by a rule. certified: at least to at most,"
                            + " means over trials; radii are pixel values");
        }
        return new Table("Winning robust tickets", new Table.Block("", headings, keys, true), blocks, notes);
    }

    /** The suite with its radius, or the search's own attack. */
    private static String under(TicketVerdict verdict) {
        return verdict.basis()
                .map(basis -> basis.family().suite() + " " + Numbers.radius(basis.epsilon()))
                .orElse(verdict.attack());
    }

    /** What a row decides. */
    private static String standing(Report report, TicketVerdict verdict) {
        if (verdict.basis().isEmpty()) {
            return report.verdicts().stream()
                            .anyMatch(other -> other.basis().isPresent() && other.sameNetworks(verdict))
                    ? "own attack"
                    : "not evaluated";
        }
        if (verdict.ticket().isPresent()) {
            return "robust ticket";
        }
        return verdict.comparisons().stream().anyMatch(c -> c.standing() == Comparison.Standing.NOTHING_TO_KEEP)
                ? "nothing to keep"
                : verdict.trials() == 0 ? "not evaluated" : "not shown";
    }

    /** What suites leave of the networks that the verdicts name, and what is certified of them. */
    private static Table.Block beyondAttack(List<TicketVerdict> verdicts) {
        return new Table.Block(
                "beyond that attack, %",
                List.of("suite", "left", "certified", "certified at"),
                verdicts.stream()
                        .map(verdict -> {
                            Optional<BeyondAttack.Suite> suite =
                                    verdict.beyondAttack().suite();
                            Optional<BeyondAttack.Bounds> bounds =
                                    verdict.beyondAttack().bounds();
                            return List.of(
                                    suite.map(s -> s.name() + " " + Numbers.radius(s.epsilon()))
                                            .orElse(NONE),
                                    suite.map(s -> EvaluationTables.cell(s.known()) + EvaluationTables.mark(s.mark()))
                                            .orElse(NONE),
                                    bounds.map(b -> EvaluationTables.percent(
                                                            b.low().mean()) + "-"
                                                    + EvaluationTables.percent(
                                                            b.high().mean()))
                                            .orElse(NONE),
                                    bounds.map(b -> Numbers.radius(b.epsilon())).orElse(NONE));
                        })
                        .toList(),
                Set.of(0));
    }

    private static List<String> ticket(Comparison ticket) {
        return List.of(
                Numbers.percent(ticket.density()), change(ticket.natural()), change(ticket.adversarial()), p(ticket));
    }

    private static String change(Paired paired) {
        return String.format(Locale.ROOT, "%+.2f", Math.round(paired.mean() * 10_000) / 100.0);
    }

    private static String p(Comparison comparison) {
        return comparison.adjusted().isEmpty()
                ? NONE
                : String.format(Locale.ROOT, "%.4f", comparison.adjusted().getAsDouble());
    }

    private static String accuracy(Estimate estimate) {
        Optional<Interval> interval = estimate.overTrials().or(estimate::overImages);
        return String.format(Locale.ROOT, "%.2f", estimate.accuracy().mean() * 100)
                + interval.map(i -> String.format(
                                Locale.ROOT,
                                " [%.2f, %.2f]",
                                Math.max(0, i.low() * 100),
                                Math.min(100, i.high() * 100)))
                        .orElse("");
    }

    /** On what terms the table was made. */
    private static List<String> notes(Terms terms) {
        String confidence = Numbers.plain(terms.confidence() * 100) + " %";
        String margin = Numbers.plain(terms.margin() * 100);
        return List.of(
                "a winning ticket is a pruned network whose natural accuracy and accuracy under the attack are"
                        + " both shown, at " + confidence
                        + " confidence, to be not worse than the dense network's of the"
                        + " same trials by more than " + margin + " points, and whose mean early stop is no later;"
                        + " it is robust where a suite of attacks decides, by lowest known accuracies that the rules neither"
                        + " refuse nor call unreliable",
                "own attack: of the search itself, beside the suite's row that decides; not evaluated: no suite was run on"
                        + " these networks, so the row says how training went and not what withstands",
                "natural, attacked: mean change against the dense network, in points; p: of the paired t tests, the"
                        + " larger of the two, after Holm's correction for all densities",
                "[ ]: " + confidence + " interval over trials (Student's t), or of one trial over images (Wilson)",
                "best: the density was chosen on validation images, the accuracy is on test images",
                NONE + " not shown, or not measured");
    }

    /** Registers the tables. */
    public static final class Definition implements TableKind {
        @Override
        public List<Named> ofReport(Report report, OptionalInt iteration) {
            return List.of(new Named("verdict", VerdictTable.of(report)));
        }
    }
}
