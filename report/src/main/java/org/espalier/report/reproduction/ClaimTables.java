package org.espalier.report.reproduction;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.report.format.Csv;
import org.espalier.report.notation.Numbers;
import org.espalier.report.table.Table;

/** Judgements as tables: one for people, two for programs. */
final class ClaimTables {
    private static final List<String> CLAIMS =
            List.of("claim", "setting", "dataset", "training", "evaluation", "moment", "outcome", "trials", "missing");

    private static final List<String> TESTS = List.of(
            "claim",
            "setting",
            "dataset",
            "training",
            "evaluation",
            "moment",
            "comparison",
            "density",
            "trials",
            "difference",
            "deviation",
            "low",
            "high",
            "p-above",
            "p-below");

    private ClaimTables() {}

    /** A row for each judgement. */
    static String claims(List<Judgement> judgements) {
        return Csv.of(
                CLAIMS,
                judgements.stream()
                        .map(j -> row(j, List.of(outcome(j), j.trials(), String.join("; ", j.missing()))))
                        .toList());
    }

    /** A row for each comparison. */
    static String tests(List<Judgement> judgements) {
        List<List<String>> rows = new ArrayList<>();
        for (Judgement judgement : judgements) {
            for (ClaimTest test : judgement.tests()) {
                rows.add(row(
                        judgement,
                        List.of(
                                test.what(),
                                Numbers.percent(test.density()),
                                Integer.toString(test.differences().count()),
                                decimals(test.sample().mean()),
                                text(test.sample().deviation()),
                                text(test.interval()
                                        .map(i -> OptionalDouble.of(i.low()))
                                        .orElse(OptionalDouble.empty())),
                                text(test.interval()
                                        .map(i -> OptionalDouble.of(i.high()))
                                        .orElse(OptionalDouble.empty())),
                                decimals(test.above()),
                                decimals(test.below()))));
            }
        }
        return Csv.of(TESTS, rows);
    }

    private static List<String> row(Judgement judgement, List<String> rest) {
        var row = new ArrayList<>(List.of(
                ExperimentFile.nameOf(judgement.claim()),
                judgement.run().setting(),
                judgement.run().part().dataset(),
                judgement.run().part().training(),
                judgement.evaluation(),
                judgement.moment()));
        row.addAll(rest);
        return row;
    }

    /** The judgements of one claim, for people. */
    static Table table(Claim claim, List<Judgement> judgements) {
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (Judgement j : judgements) {
            keys.add(List.of(
                    j.run().setting(),
                    j.run().part().dataset(),
                    j.run().part().training(),
                    j.evaluation(),
                    j.moment()));
            rows.add(List.of(
                    outcome(j),
                    j.trials(),
                    j.tests().stream().map(ClaimTables::difference).collect(Collectors.joining("; "))
                            + (j.missing().isEmpty() ? "" : "; not measured: " + String.join(", ", j.missing()))));
        }
        return new Table(
                "Claim: " + claim.text(),
                new Table.Block("", List.of("setting", "data", "training", "evaluation", "moment"), keys, true),
                List.of(new Table.Block("", List.of("outcome", "trials", "differences"), rows, Set.of(0, 2))),
                List.of(
                        "differences: " + claim.comparison() + "; mean (sample standard deviation) over trials",
                        (claim.everywhere()
                                        ? "confirmed: every difference is shown to be above 0; refuted: one is shown to be below 0"
                                        : "confirmed: one difference is shown to be above 0; refuted: all are shown to be below 0")
                                + "; one-sided paired t tests at 5 %, corrected by Holm's method within a row"));
    }

    private static String difference(ClaimTest test) {
        return String.format(
                        Locale.ROOT,
                        test.sample().mean() < 10 && test.sample().mean() > -10 ? "%+.2f" : "%+.1f",
                        test.sample().mean())
                + (test.sample().deviation().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                " (%.2f)",
                                test.sample().deviation().getAsDouble())
                        : "")
                + " at " + test.what()
                + (test.shownAbove() ? " +" : test.shownBelow() ? " -" : "");
    }

    static String outcome(Judgement judgement) {
        return judgement.outcome().name().toLowerCase(Locale.ROOT);
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.6g", value);
    }

    private static String text(OptionalDouble value) {
        return value.isPresent() ? decimals(value.getAsDouble()) : "";
    }
}
