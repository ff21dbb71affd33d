package org.espalier.report.content;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Published;
import org.espalier.report.verdict.TicketVerdict;

/** Says beside a verdict what others have published of the same data set and strategy and an attack of the same name. */
public final class BesidePublished {
    private BesidePublished() {}

    /**
     * A sentence for each source; one that says so where nothing is published of the tickets. Nothing for verdicts on other
     * attacks than the one trained against.
     */
    public static List<String> sentences(Report report, TicketVerdict verdict) {
        if (!verdict.trainedAgainst() || verdict.basis().isPresent()) {
            return List.of();
        }
        var sentences = new ArrayList<String>();
        for (String source : report.published().sources(verdict.dataset(), verdict.strategy())) {
            List<Published.Value> values = report.published().values().stream()
                    .filter(v -> v.source().equals(source)
                            && v.dataset().equals(verdict.dataset())
                            && v.attack().equals(verdict.attack())
                            && v.adversarial()
                            && v.attacked()
                            && Published.same(v.strategy(), verdict.strategy()))
                    .sorted(Comparator.comparingDouble(Published.Value::density).reversed())
                    .toList();
            if (!values.isEmpty()) {
                sentences.add(sentence(source, values, verdict, cell(report, verdict)));
            }
        }
        if (sentences.isEmpty() && Published.same("original", verdict.strategy())) {
            sentences.add("No published accuracies of " + verdict.dataset() + " under " + verdict.attack()
                    + " are at hand (--published FILE adds some).");
        }
        return sentences;
    }

    private static String sentence(
            String source, List<Published.Value> values, TicketVerdict verdict, Optional<Cell> cell) {
        Published.Value best = values.stream()
                .max(Comparator.comparingDouble(Published.Value::accuracy))
                .orElseThrow();
        Published.Value first = values.getFirst();
        boolean dense = first.density() == 100;
        var text = new StringBuilder(source + " publish " + verdict.attack() + " accuracies of ");
        if (dense) {
            text.append(percent(first.accuracy())).append(" for the dense network and ");
        }
        text.append("at best ")
                .append(percent(best.accuracy()))
                .append(" with ")
                .append(percent(best.density()))
                .append(" of the weights");
        if (dense) {
            // The sparsest of the run of densities that begins at the dense network.
            Published.Value kept = first;
            for (Published.Value value : values) {
                if (value.accuracy() < first.accuracy()) {
                    break;
                }
                kept = value;
            }
            if (kept.density() < best.density()) {
                text.append("; theirs are no worse than the dense one down to ").append(percent(kept.density()));
            }
        }
        text.append(String.format(
                Locale.ROOT,
                " (means of %d trials at iteration %,d%s).",
                first.trials(),
                first.iteration(),
                cell.map(a -> String.format(
                                Locale.ROOT,
                                "; levels here have %,d",
                                a.training().iterations()))
                        .orElse("")));
        if (cell.filter(a -> a.accuracy() == AttackedAccuracy.WORST_CASE).isPresent()) {
            text.append(" Theirs are of the point that the attack ends with, ours of all that it goes through.");
        }
        // Published values name an attack, and neither its settings nor what objective it is part of.
        return text.append(" That attack has the same name; its epsilon and the objective (here ")
                .append(verdict.objective())
                .append(") may differ.")
                .toString();
    }

    private static Optional<Cell> cell(Report report, TicketVerdict verdict) {
        return report.runs().stream()
                .filter(run -> run.label().equals(verdict.run()))
                .flatMap(run -> run.results().cells().stream())
                .filter(cell -> cell.dataset().equals(verdict.dataset())
                        && cell.objective().equals(verdict.objective()))
                .findFirst();
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f %%", value);
    }
}
