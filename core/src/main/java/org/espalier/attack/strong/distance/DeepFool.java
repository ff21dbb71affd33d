package org.espalier.attack.strong.distance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * DeepFool, a fast minimum-norm attack: steps over the nearest of the linearised boundaries until the class is wrong.
 * Moosavi-Dezfooli, Fawzi and Frossard, "DeepFool: a simple and accurate method to fool deep neural networks" (CVPR 2016),
 * algorithm 2 for L2 and section 2.4 for L-infinity.
 *
 * <p>The network is evaluated at {@code clip(c + (1 + overshoot) sum_i r_i, 0, 1)} with the steps r_i and the clean
 * example c. The algorithm ignores the box, so other attacks find smaller distances, most of all where many inputs are
 * 0 or 1. As in other implementations, 1e-4 is added to the length of each step.
 *
 * @param iterations most steps, at least 1
 * @param candidates most wrong classes to consider, by their logits at the clean example, at least 1
 * @param overshoot share by which the steps' sum is lengthened, in [0, 1]
 */
public record DeepFool(int iterations, int candidates, double overshoot) implements StrongAttack {
    public DeepFool {
        Settings.atLeast("iterations", iterations, 1);
        Settings.atLeast("candidates", candidates, 1);
        Settings.within("overshoot", overshoot, 0, 1);
    }

    /** The authors' settings: 50 steps, 9 wrong classes, overshoot 0.02. */
    public static DeepFool standard() {
        return new DeepFool(50, 9, 0.02);
    }

    @Override
    public String name() {
        return "deepfool";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("iterations", iterations);
        settings.put("candidates", candidates);
        settings.put("overshoot", overshoot);
        return settings;
    }

    @Override
    public Set<Norm> norms() {
        return Set.of(Norm.LINF, Norm.L2);
    }

    @Override
    public Access access() {
        return Access.WHITE_BOX;
    }

    @Override
    public boolean minimumNorm() {
        return true;
    }

    @Override
    public boolean random() {
        return false;
    }

    @Override
    public Optional<StrongAttack> doubled() {
        return Optional.of(new DeepFool(2 * iterations, candidates, overshoot));
    }

    @Override
    public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
        check(threat, target.classes());
        return BatchedSearches.run(
                target,
                examples,
                threat,
                true,
                (example, clean) ->
                        new DeepFoolSearch(this, threat.norm(), clean, examples.labels()[example], target.classes()));
    }
}
