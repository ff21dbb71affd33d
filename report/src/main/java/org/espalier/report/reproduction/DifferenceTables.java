package org.espalier.report.reproduction;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import org.espalier.report.format.Csv;
import org.espalier.report.notation.Numbers;
import org.espalier.report.table.Table;

/** Published accuracies beside ours, with the differences. */
final class DifferenceTables {
    private static final List<String> COLUMNS = List.of(
            "place",
            "setting",
            "dataset",
            "training",
            "attack",
            "measured",
            "density",
            "published",
            "published-deviation",
            "published-trials",
            "ours",
            "ours-deviation",
            "ours-trials",
            "difference",
            "difference-in-published-deviations",
            "difference-in-standard-errors");

    private DifferenceTables() {}

    /** All differences, for programs: a row each, accuracies in percent. */
    static String csv(List<Difference> differences) {
        List<List<String>> rows = new ArrayList<>();
        for (Difference d : differences) {
            rows.add(List.of(
                    d.published().place(),
                    d.setting(),
                    d.published().dataset(),
                    d.training(),
                    d.published().attack(),
                    d.measured(),
                    Numbers.shortest(d.published().density()),
                    Numbers.shortest(d.published().accuracy()),
                    d.published().deviation().map(Numbers::shortest).orElse(""),
                    Integer.toString(d.published().trials()),
                    d.ours().count() == 0 ? "" : decimals(d.ours().mean(), 4),
                    text(d.ours().deviation(), 4),
                    Integer.toString(d.ours().count()),
                    text(d.points(), 4),
                    text(d.deviations(), 2),
                    text(d.errors(), 2)));
        }
        return Csv.of(COLUMNS, rows);
    }

    /**
     * The differences of one data set and setting, for people: a row for each density, training and measurement that we have.
     *
     * @param caption heads the table
     */
    static Table table(String caption, List<Difference> differences) {
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (Difference d : differences) {
            if (d.ours().count() == 0) {
                continue;
            }
            keys.add(List.of(
                    Numbers.shortest(d.published().density()),
                    d.training(),
                    d.published().attack(),
                    d.measured()));
            rows.add(List.of(
                    decimals(d.ours().mean(), 2) + " (" + text(d.ours().deviation(), 2, "-") + ")",
                    Integer.toString(d.ours().count()),
                    decimals(d.published().accuracy(), 2) + " ("
                            + d.published().deviation().map(s -> decimals(s, 2)).orElse("-") + ")",
                    signed(d.points(), 2),
                    signed(d.deviations(), 1),
                    signed(d.errors(), 1)));
        }
        return new Table(
                caption,
                new Table.Block("", List.of("P_m %", "training", "attack", "measured"), keys, Set.of(1, 2, 3)),
                List.of(new Table.Block(
                        "", List.of("ours", "trials", "published", "difference", "in s.d.", "in s.e."), rows)),
                List.of(
                        "test accuracy in %, mean (sample standard deviation) over trials; difference: ours minus published, in"
                                + " points",
                        "attack: the paper's networks of natural training stand beside those of each attack, trained apart",
                        "in s.d.: difference in published standard deviations (5 trials); in s.e.: in standard errors of the"
                                + " difference of both means, which needs two of our trials"));
    }

    private static String text(OptionalDouble value, int decimals) {
        return text(value, decimals, "");
    }

    private static String text(OptionalDouble value, int decimals, String none) {
        return value.isPresent() ? decimals(value.getAsDouble(), decimals) : none;
    }

    private static String signed(OptionalDouble value, int decimals) {
        return value.isPresent() ? String.format(Locale.ROOT, "%+." + decimals + "f", value.getAsDouble()) : "-";
    }

    static String decimals(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
