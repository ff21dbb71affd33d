package org.espalier.report.verdict;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a search shows of one data set, objective, strategy and attack.
 *
 * @param run the run's label
 * @param dataset data set's name
 * @param objective training objective's name
 * @param strategy restart strategy
 * @param attack the attack that accuracy is measured under, or the suite's name
 * @param trainedAgainst whether this is the attack that the objective trains against, or the evaluation of networks that are
 *     trained against any
 * @param basis the evaluation that decides; empty where the attack is the search's own, which decides nothing beyond itself
 * @param terms what counts as not worse
 * @param planned trials that the experiment asks for
 * @param stopped whether networks are compared at their early stop; if not, at the last iteration
 * @param guessing chance: the largest class share of the test images; empty where nothing is stored yet
 * @param dense the dense network's accuracy under the attack; empty until it is finished in a trial
 * @param best the density with the best accuracy under the attack <em>on validation images</em>, among those that most
 *     trials have finished; its accuracy on test images. Empty where validation is not measured under the attack
 * @param comparisons each pruned level that a trial has finished, the densest first
 * @param ticket the sparsest winning robust ticket; empty if none is shown
 * @param found what was found, in sentences
 * @param notShown what was not shown, in sentences
 * @param beyondAttack accuracy of these networks under suites of attacks, and certified bounds
 */
public record TicketVerdict(
        String run,
        String dataset,
        String objective,
        String strategy,
        String attack,
        boolean trainedAgainst,
        Optional<Basis> basis,
        Terms terms,
        int planned,
        boolean stopped,
        OptionalDouble guessing,
        Optional<Estimate> dense,
        Optional<Estimate> best,
        List<Comparison> comparisons,
        Optional<Comparison> ticket,
        List<String> found,
        List<String> notShown,
        BeyondAttack beyondAttack) {
    public TicketVerdict {
        comparisons = List.copyOf(comparisons);
        found = List.copyOf(found);
        notShown = List.copyOf(notShown);
    }

    /** The same verdict with accuracies beyond its attack. */
    public TicketVerdict with(BeyondAttack beyondAttack) {
        return new TicketVerdict(
                run,
                dataset,
                objective,
                strategy,
                attack,
                trainedAgainst,
                basis,
                terms,
                planned,
                stopped,
                guessing,
                dense,
                best,
                comparisons,
                ticket,
                found,
                notShown,
                beyondAttack);
    }

    /** Trials that the verdict rests on: those of the level compared in most. */
    public int trials() {
        return comparisons.stream().mapToInt(Comparison::trials).max().orElse(0);
    }

    /** Name of what is judged, e.g. {@code digits, pgd training, original, under pgd}. */
    public String subject() {
        return dataset + ", " + objective + " training, " + strategy + ", under " + under();
    }

    /** What accuracy is measured under, e.g. {@code suite standard, l-infinity 0.3} or {@code pgd}. */
    public String under() {
        return basis.map(Basis::name).orElse(attack);
    }

    /** The accuracy that is judged beside the natural one, e.g. {@code robust accuracy} or {@code pgd accuracy}. */
    public String measure() {
        return basis.isPresent() ? "robust accuracy" : attack + " accuracy";
    }

    /** Whether another verdict is on the same networks. */
    public boolean sameNetworks(TicketVerdict other) {
        return run.equals(other.run)
                && dataset.equals(other.dataset)
                && objective.equals(other.objective)
                && strategy.equals(other.strategy);
    }
}
