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
import org.espalier.attack.strong.search.Hyperplane;
import org.espalier.attack.strong.search.Settings;
import org.espalier.random.Stream;

/**
 * FAB-T: the targeted fast adaptive boundary attack, a minimum-norm attack. Croce and Hein, "Minimally distorted adversarial
 * examples with a fast adaptive boundary attack" (ICML 2020), in the targeted form of "Reliable evaluation of adversarial
 * robustness with an ensemble of diverse parameter-free attacks" (ICML 2020), appendix B.1, as AutoAttack runs it.
 *
 * <p>Target classes are tried from the most likely wrong one. The boundary {@code z_target = z_label} is linearised at
 * the present point x. Both x and the clean example c are projected on that plane within the box ({@link Hyperplane},
 * exact), by steps s_x and s_c, and {@code x <- clip((1 - alpha)(x + eta s_x) + alpha (c + eta s_c))} with
 * {@code alpha = min(||s_x|| / (||s_x|| + ||s_c||), alphaMax)} (equation 8). A point that fools the network is noted if
 * it is the nearest, and the search continues from {@code c + beta (x - c)} (equation 10).
 *
 * <p>{@code finalSearch} halvings of the way from the clean example to the nearest point follow at the end, instead of the
 * three interpolations of the paper's section 2.3 (AutoAttack has none).
 *
 * @param iterations steps for each target, at least 1
 * @param restarts runs for each target, at least 1; those past the first start at a random point half as far away as the
 *     nearest one found, and no further than half of the threat model's radius
 * @param targets most wrong classes to try, at least 1; there are never more than classes - 1
 * @param alphaMax largest weight of the clean example's projection, in [0, 1]
 * @param eta overshoot of both projections, at least 1
 * @param beta how much of the way back to a point that fools the network is kept, in (0, 1)
 * @param finalSearch halvings at the end, at least 0
 * @param stopAtRadius whether to skip an example's remaining targets and restarts once a point within the threat
 *     model's radius is found, as AutoAttack does; the distance found is then not the least
 */
public record Fab(
        int iterations,
        int restarts,
        int targets,
        double alphaMax,
        double eta,
        double beta,
        int finalSearch,
        boolean stopAtRadius)
        implements StrongAttack {
    public Fab {
        Settings.atLeast("iterations", iterations, 1);
        Settings.atLeast("restarts", restarts, 1);
        Settings.atLeast("targets", targets, 1);
        Settings.within("alphaMax", alphaMax, 0, 1);
        Settings.within("eta", eta, 1, 2);
        Settings.within("beta", beta, 0, 1);
        Settings.atLeast("finalSearch", finalSearch, 0);
    }

    /** AutoAttack's settings. */
    public static Fab standard() {
        return new Fab(100, 1, 9, 0.1, 1.05, 0.9, 10, true);
    }

    /** AutoAttack's settings, without a stop at the radius: for the least distance of each example. */
    public static Fab nearest() {
        return new Fab(100, 1, 9, 0.1, 1.05, 0.9, 10, false);
    }

    @Override
    public String name() {
        return "fab-t";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("iterations", iterations);
        settings.put("restarts", restarts);
        settings.put("targets", targets);
        settings.put("alpha-max", alphaMax);
        settings.put("eta", eta);
        settings.put("beta", beta);
        settings.put("final-search", finalSearch);
        settings.put("stop-at-radius", stopAtRadius);
        return settings;
    }

    @Override
    public Set<Norm> norms() {
        return Set.of(Norm.LINF, Norm.L2, Norm.L1);
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
        return restarts > 1;
    }

    @Override
    public Optional<StrongAttack> doubled() {
        return Optional.of(new Fab(
                2 * iterations,
                restarts > 1 ? 2 * restarts : 1,
                targets,
                alphaMax,
                eta,
                beta,
                finalSearch,
                stopAtRadius));
    }

    @Override
    public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
        check(threat, target.classes());
        Hyperplane plane = new Hyperplane(target.live().length);
        return BatchedSearches.run(
                target,
                examples,
                threat,
                true,
                (example, clean) -> new FabSearch(
                        this,
                        threat,
                        plane,
                        target.live(),
                        clean,
                        examples.labels()[example],
                        target.classes(),
                        stream.child(examples.numbers()[example])));
    }
}
