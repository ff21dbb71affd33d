package org.espalier.report.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.espalier.report.notation.Numbers;
import org.espalier.report.statistics.Interval;
import org.espalier.report.statistics.Paired;
import org.espalier.report.verdict.Comparison.Standing;

/** Puts a verdict into sentences: what was found, and what was not shown. */
final class VerdictText {
    private final TicketVerdict verdict;
    private final List<String> found = new ArrayList<>();
    private final List<String> notShown = new ArrayList<>();

    /** The level that was named as nearest to a ticket; need not be named again. */
    private int named = -1;

    private final Optional<String> noStop;

    private VerdictText(TicketVerdict verdict, Optional<String> noStop) {
        this.verdict = verdict;
        this.noStop = noStop;
    }

    /**
     * The verdict with its sentences.
     *
     * @param images how many images of the split were measured, where not all were
     * @param noStop why validation images can choose nothing, if they cannot
     * @param notes of the cell, those of the verdict's strategy are said
     */
    static TicketVerdict on(TicketVerdict verdict, OptionalInt images, Optional<String> noStop, List<String> notes) {
        var words = new VerdictText(verdict, noStop);
        words.say(images);
        notes.stream()
                .filter(note -> note.startsWith(verdict.strategy() + ":"))
                .forEach(note -> words.notShown.add(note + "."));
        return new TicketVerdict(
                verdict.run(),
                verdict.dataset(),
                verdict.objective(),
                verdict.strategy(),
                verdict.attack(),
                verdict.trainedAgainst(),
                verdict.basis(),
                verdict.terms(),
                verdict.planned(),
                verdict.stopped(),
                verdict.guessing(),
                verdict.dense(),
                verdict.best(),
                verdict.comparisons(),
                verdict.ticket(),
                words.found,
                words.notShown,
                verdict.beyondAttack());
    }

    private void say(OptionalInt images) {
        verdict.ticket().ifPresent(this::ticket);
        best();
        if (verdict.dense().isEmpty()) {
            notShown.add(
                    verdict.basis().isPresent()
                            ? "The dense network was not evaluated in any trial: there is nothing to compare with."
                            : "The dense network is not finished in any trial: there is nothing to compare with yet.");
        } else if (verdict.comparisons().isEmpty()) {
            notShown.add(
                    verdict.basis().isPresent()
                            ? "No pruned network was evaluated in a trial whose dense network was."
                            : "No pruned network is finished in a trial whose dense network is finished.");
        } else if (standing(Standing.NOTHING_TO_KEEP).isPresent()) {
            nothingToKeep(verdict.dense().get());
        } else {
            noTicket();
            open();
            later();
        }
        chance();
        barred(Standing.REFUSED, "the rules refuse a figure");
        barred(Standing.UNRELIABLE, "a figure is unreliable, so the true one may be lower");
        barred(Standing.NOT_CHECKED, "the attacks of the rules were not run");
        barred(Standing.NOT_EVALUATED, "not all trained trials are evaluated");
        barred(Standing.WITHDRAWN, "another evaluation in the same ball shows a loss beyond the margin");
        diverged();
        trials();
        images.ifPresent(n -> notShown.add(
                String.format(Locale.ROOT, "Accuracies are of the first %,d images of each split, not of all.", n)));
    }

    private void ticket(Comparison ticket) {
        found.add((verdict.basis().isPresent()
                        ? "Winning robust ticket at "
                        : "Winning ticket under " + verdict.attack() + " alone at ")
                + at(ticket) + ": natural accuracy " + change(ticket.natural()) + ", "
                + verdict.measure() + " " + change(ticket.adversarial()) + "; neither is worse than the dense"
                + " network's by more than " + margin() + " (" + p(ticket) + "); it stops " + stops(ticket)
                + " the dense network.");
    }

    private void best() {
        // The best of what does no better than guessing is not worth a sentence.
        verdict.best()
                .filter(best -> best.accuracy().mean() > verdict.guessing().orElse(0) + 1e-9)
                .ifPresent(best -> {
                    String where = best.level() == 0
                            ? "of the dense network"
                            : "at " + Numbers.density(best.density()) + " of the weights (level " + best.level() + ")";
                    found.add("Best " + verdict.measure() + ": " + accuracy(best) + " " + where
                            + ", the density chosen on validation images"
                            + (verdict.basis().isPresent() ? " under the search's own attack" : "")
                            + verdict.dense()
                                    .filter(_ -> best.level() > 0)
                                    .map(dense -> "; the dense network has " + accuracy(dense))
                                    .orElse("")
                            + ".");
                });
        if (verdict.basis().isEmpty()
                && verdict.best().isEmpty()
                && verdict.dense().isPresent()
                && !verdict.comparisons().isEmpty()
                && verdict.comparisons().stream()
                        .noneMatch(c -> c.standing() == Standing.CHANCE || c.standing() == Standing.NOTHING_TO_KEEP)) {
            notShown.add("Which density is best under " + verdict.attack() + " is not said: "
                    + noStop.orElse("the experiment does not measure validation images under it, and test images choose"
                            + " nothing")
                    + ".");
        }
    }

    private void nothingToKeep(Estimate dense) {
        notShown.add("The dense network's " + verdict.measure() + " is " + accuracy(dense)
                + ", no better than guessing (" + percent(verdict.guessing().orElse(0))
                + "): it has no robustness that a ticket could keep.");
    }

    private void noTicket() {
        if (verdict.ticket().isPresent()) {
            return;
        }
        boolean tested = verdict.comparisons().stream().anyMatch(c -> c.p().isPresent());
        // That levels from a divergence on are not tested is said of its own.
        OptionalInt trials = verdict.comparisons().stream()
                .filter(c -> c.standing() == Standing.CHANCE || c.standing().comparable())
                .mapToInt(Comparison::trials)
                .max();
        if (!tested) {
            trials.ifPresent(count -> notShown.add(
                    count < 2
                            ? "One trial gives no test: whether a ticket wins for other seeds too is not shown."
                            : "The trials differ from their dense networks by the same amounts: without a spread there"
                                    + " is no test."));
        } else {
            Optional<Comparison> nearest = verdict.comparisons().stream()
                    .filter(c -> c.p().isPresent())
                    // By the p value before correction: corrected ones are often all 1.
                    .min(Comparator.comparingDouble((Comparison c) -> c.p().orElse(1))
                            .thenComparingInt(Comparison::level));
            nearest.ifPresent(c -> named = c.level());
            notShown.add("No density is shown to keep natural and " + verdict.measure() + " to within "
                    + margin()
                    + " of the dense network's"
                    + nearest.map(c -> "; the nearest is " + at(c) + ": natural accuracy " + change(c.natural()) + ", "
                                    + verdict.measure() + " " + change(c.adversarial())
                                    + "; " + p(c))
                            .orElse("")
                    + ".");
        }
        if (!verdict.stopped()) {
            notShown.add("Whether a ticket trains as fast is not shown: "
                    + noStop.orElse("the experiment does not measure the validation loss that early stopping needs")
                    + ". Networks are compared at their last iteration.");
        }
    }

    /** What means alone would call a sparser ticket. */
    private void open() {
        int beyond = verdict.ticket().map(Comparison::level).orElse(0);
        verdict.comparisons().stream()
                .filter(c -> c.level() > beyond && c.standing() == Standing.OPEN)
                .filter(c -> c.level() != named)
                .filter(c -> c.winsByMeans(verdict.terms().margin()))
                .max(Comparator.comparingInt(Comparison::level))
                .ifPresent(c -> notShown.add(
                        c.trials() == 1
                                ? "In its one trial the network at " + Numbers.density(c.density())
                                        + " of the weights (level "
                                        + c.level() + ") does as well: natural accuracy "
                                        + points(c.natural().mean())
                                        + ", " + verdict.measure() + " "
                                        + points(c.adversarial().mean())
                                        + (c.iterations().count() > 0 ? ", stopping no later." : ".")
                                : "By its mean accuracies the network at " + at(c) + " does as well (natural "
                                        + points(c.natural().mean()) + ", "
                                        + (verdict.basis().isPresent() ? "robust" : verdict.attack()) + " "
                                        + points(c.adversarial().mean()) + "), but the trials do not show it ("
                                        + p(c) + ")."));
    }

    private void later() {
        int beyond = verdict.ticket().map(Comparison::level).orElse(0);
        verdict.comparisons().stream()
                .filter(c -> c.level() > beyond && c.standing() == Standing.LATER)
                .max(Comparator.comparingInt(Comparison::level))
                .ifPresent(c -> notShown.add("The network at " + at(c) + " keeps both accuracies (" + p(c)
                        + ") but trains no faster: it stops " + stops(c) + " the dense network."));
        verdict.comparisons().stream()
                .filter(c -> c.level() > beyond && c.standing() == Standing.UNTIMED)
                .max(Comparator.comparingInt(Comparison::level))
                .ifPresent(c -> notShown.add("The network at " + at(c) + " keeps both accuracies (" + p(c)
                        + "); when it could stop is not known."));
    }

    private void chance() {
        List<Comparison> collapsed = verdict.comparisons().stream()
                .filter(c -> c.standing() == Standing.CHANCE)
                .toList();
        if (!collapsed.isEmpty()) {
            notShown.add("At "
                    + collapsed.stream()
                            .map(c -> Numbers.density(c.density()) + " of the weights (level " + c.level() + ")")
                            .collect(Collectors.joining(", "))
                    + " the network of at least one trial is no better than one that always names the most frequent class ("
                    + percent(verdict.guessing().orElse(0)) + "): it is no ticket.");
        }
    }

    /** Levels that cannot win, and why. */
    private void barred(Standing standing, String why) {
        List<String> levels = verdict.comparisons().stream()
                .filter(c -> c.standing() == standing)
                .map(c -> Numbers.density(c.density()) + " (level " + c.level() + ")")
                .toList();
        if (!levels.isEmpty()) {
            notShown.add("No ticket at " + String.join(", ", levels) + ": " + why + ".");
        }
    }

    private void diverged() {
        verdict.comparisons().stream()
                .filter(c -> c.standing() == Standing.DIVERGED)
                .min(Comparator.comparingInt(Comparison::level))
                .ifPresent(c ->
                        notShown.add("From " + Numbers.density(c.density()) + " of the weights on (level " + c.level()
                                + ") at least one trial has diverged: the trials that remain are a selection, and are not"
                                + " tested."));
    }

    private void trials() {
        if (verdict.trials() > 0 && verdict.trials() < verdict.planned()) {
            notShown.add(verdict.trials() + " of " + verdict.planned()
                    + " trials are finished at the densities compared: the verdict may change.");
        } else if (verdict.trials() == 2) {
            notShown.add("Two trials are few: their spread is hardly known, so intervals are wide and tests are weak.");
        }
    }

    private Optional<Comparison> standing(Standing standing) {
        return verdict.comparisons().stream()
                .filter(c -> c.standing() == standing)
                .findFirst();
    }

    private String at(Comparison c) {
        return Numbers.density(c.density()) + " of the weights (level " + c.level() + ", " + c.trials()
                + (c.trials() == 1 ? " trial)" : " trials)");
    }

    private String p(Comparison c) {
        long tested = verdict.comparisons().stream()
                .filter(other -> other.p().isPresent())
                .count();
        if (c.adjusted().isEmpty()) {
            return "no test";
        }
        double p = c.adjusted().getAsDouble();
        return (p < 0.0001 ? "p < 0.0001" : "p = " + String.format(Locale.ROOT, p < 0.001 ? "%.4f" : "%.3f", p))
                + (tested > 1 ? ", corrected for " + tested + " densities" : "");
    }

    private static String stops(Comparison c) {
        double mean = c.iterations().mean();
        return mean == 0
                ? "at the same iteration as"
                : String.format(
                        Locale.ROOT, "%,.0f iterations %s than", Math.abs(mean), mean < 0 ? "earlier" : "later");
    }

    private String change(Paired paired) {
        return points(paired.mean())
                + paired.interval(verdict.terms().confidence())
                        .map(i ->
                                " (" + confidence() + " interval " + signed(i.low()) + " to " + signed(i.high()) + ")")
                        .orElse("");
    }

    private String accuracy(Estimate estimate) {
        String mean = percent(estimate.accuracy().mean());
        Optional<Interval> interval = estimate.overTrials();
        if (interval.isPresent()) {
            return mean + " (" + confidence() + " interval " + range(interval.get()) + " over "
                    + estimate.accuracy().count() + " trials)";
        }
        return mean
                + estimate.overImages()
                        .map(i -> " (" + confidence() + " interval " + range(i) + " over images, one trial)")
                        .orElse("");
    }

    private String confidence() {
        return Numbers.plain(verdict.terms().confidence() * 100) + " %";
    }

    private String margin() {
        return verdict.terms().points();
    }

    private static String range(Interval interval) {
        return String.format(
                Locale.ROOT, "%.1f to %.1f", Math.max(0, interval.low() * 100), Math.min(100, interval.high() * 100));
    }

    private static String points(double difference) {
        return signed(difference) + " points";
    }

    private static String signed(double difference) {
        // Rounded before it is written, so that no zero has a minus.
        return String.format(Locale.ROOT, "%+.1f", Math.round(difference * 1000) / 10.0);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }
}
