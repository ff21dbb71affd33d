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
 * FMN, a minimum-norm attack: projected gradient steps in a ball that shrinks while the network is fooled and grows while it
 * is not. Pintor, Roli, Brendel and Biggio, "Fast minimum-norm adversarial attacks through adaptive norm constraints"
 * (NeurIPS 2021), algorithm 1.
 *
 * <p>The loss is the lead of the best wrong class over the true one; steps follow its gradient, normalised in L2, whatever the
 * norm. Both the step's size alpha and the ball's relative change gamma fall along half a cosine. Until a first success
 * the radius is the distance so far plus the linearised distance to the boundary. This code lengthens it by gamma,
 * because otherwise steps approach a straight boundary and never cross it. In L1 the projection is on the intersection
 * of ball and box. A projection on one after the other can undo every step.
 *
 * @param iterations steps, at least 1
 * @param stepL2 first step size in L2 and L1, above 0; the authors' 1
 * @param stepLinf first step size in L-infinity, above 0; the authors' 10, because a step of L2 length 1 is short in
 *     this norm
 * @param lastStep last step size, above 0; the authors' 1e-5
 * @param change first relative change of the radius, in (0, 1); the authors' 0.05
 * @param lastChange last relative change of the radius, in (0, 1); the authors' 1e-4
 */
public record Fmn(int iterations, double stepL2, double stepLinf, double lastStep, double change, double lastChange)
        implements StrongAttack {
    public Fmn {
        Settings.atLeast("iterations", iterations, 1);
        Settings.positive("stepL2", stepL2);
        Settings.positive("stepLinf", stepLinf);
        Settings.positive("lastStep", lastStep);
        Settings.within("change", change, 0, 1);
        Settings.within("lastChange", lastChange, 0, 1);
    }

    /** The authors' settings with the given number of steps. The authors use up to 1,000. */
    public static Fmn of(int iterations) {
        return new Fmn(iterations, 1, 10, 1e-5, 0.05, 1e-4);
    }

    @Override
    public String name() {
        return "fmn";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("iterations", iterations);
        settings.put("step-l2", stepL2);
        settings.put("step-linf", stepLinf);
        settings.put("last-step", lastStep);
        settings.put("change", change);
        settings.put("last-change", lastChange);
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
        return false;
    }

    @Override
    public Optional<StrongAttack> doubled() {
        return Optional.of(new Fmn(2 * iterations, stepL2, stepLinf, lastStep, change, lastChange));
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
                        new FmnSearch(this, threat.norm(), clean, examples.labels()[example], target.classes()));
    }
}
