package org.espalier.attack.strong.distance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.search.BatchedSearches;
import org.espalier.attack.strong.search.Settings;
import org.espalier.random.Stream;

/**
 * HopSkipJump, a minimum-norm attack that reads predicted classes only. Chen, Jordan and Wainwright,
 * "HopSkipJumpAttack: a query-efficient decision-based attack" (2020), algorithm 2.
 *
 * <p>From a point that fools the network it goes back to the boundary (bisection, to within {@code 1 / d^1.5} of the way in L2
 * and {@code 1 / d^2} of the distance in L-infinity, d the number of inputs, but never coarser than 0.001), estimates the boundary's normal from the classes
 * of {@code firstEvaluations sqrt(t)} random neighbours, and steps along it (its sign in L-infinity) by
 * {@code distance / sqrt(t)}, halved until the network is still fooled.
 *
 * <p>Candidates for the first point are noise uniform in the box, noise of 0 and 1, squares of 0 and 1, and the
 * negative, each drawn {@code tries} times in turn. The first candidate that fools the network is used. If none does,
 * the attack fails.
 *
 * @param iterations steps, at least 1; the authors report up to 64
 * @param firstEvaluations neighbours evaluated in the first step, at least 1; the authors' 100
 * @param mostEvaluations most neighbours evaluated in one step, at least 1; the authors' 10,000
 * @param tries random first points to try, at least 1
 */
public record HopSkipJump(int iterations, int firstEvaluations, int mostEvaluations, int tries)
        implements StrongAttack {
    public HopSkipJump {
        Settings.atLeast("iterations", iterations, 1);
        Settings.atLeast("firstEvaluations", firstEvaluations, 1);
        Settings.atLeast("mostEvaluations", mostEvaluations, 1);
        Settings.atLeast("tries", tries, 1);
    }

    /** A small budget: 20 steps, about 7,000 queries. */
    public static HopSkipJump small() {
        return new HopSkipJump(20, 100, 10_000, 100);
    }

    @Override
    public String name() {
        return "hopskipjump";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("iterations", iterations);
        settings.put("first-evaluations", firstEvaluations);
        settings.put("most-evaluations", mostEvaluations);
        settings.put("tries", tries);
        return settings;
    }

    @Override
    public Set<Norm> norms() {
        return Set.of(Norm.LINF, Norm.L2);
    }

    @Override
    public Access access() {
        return Access.DECISIONS;
    }

    @Override
    public boolean minimumNorm() {
        return true;
    }

    @Override
    public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
        check(threat, target.classes());
        return BatchedSearches.run(
                target,
                examples,
                threat,
                true,
                (example, clean) -> new HopSkipJumpSearch(
                        this,
                        threat.norm(),
                        target,
                        clean,
                        examples.labels()[example],
                        stream.child(examples.numbers()[example])));
    }
}
