package org.espalier.attack.strong.radius;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.Tile;
import org.espalier.attack.strong.search.Attempts;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.attack.strong.search.Restarts;
import org.espalier.attack.strong.search.Search;
import org.espalier.attack.strong.search.Settings;
import org.espalier.attack.strong.search.Starts;
import org.espalier.attack.strong.search.Steps;
import org.espalier.random.Stream;

/**
 * Projected gradient steps of a fixed size, with restarts and momentum, in three norms. L-infinity steps follow the gradient's
 * signs, L2 steps its direction, L1 steps the signs of its largest entries (Tramèr and Boneh, "Adversarial training and robustness
 * for multiple perturbations", 2019, algorithm 1). Each restart attacks only the examples that no earlier one has
 * broken.
 *
 * <ul>
 *   <li>PGD: Madry et al. (2018).
 *   <li>FGSM: one step of epsilon from the clean input, Goodfellow et al. (2015).
 *   <li>Fast FGSM: a uniform start and one step of 1.25 epsilon, Wong, Rice and Kolter, "Fast is better than free" (2020), after the
 *       R+FGSM of Tramèr et al., "Ensemble adversarial training" (2018).
 *   <li>MI-FGSM: {@code g <- mu g + grad / ||grad||_1}, steps along g; Dong et al., "Boosting adversarial attacks with momentum"
 *       (2018), algorithm 1.
 * </ul>
 *
 * @param name name in tables: {@code pgd}, {@code fgsm}
 * @param loss loss to maximise; untargeted
 * @param iterations steps of one run, at least 1
 * @param stepOverEpsilon size of one step, as a multiple of the threat model's epsilon, above 0
 * @param momentum mu, in [0, 1]; 0 for none
 * @param randomStart start uniformly in the ball, or else at the clean input
 * @param restarts independent runs, at least 1
 * @param keep which point of a run is its result; with {@link KeptIterate#BEST}, also every point classified wrong counts
 */
public record ProjectedGradient(
        String name,
        Losses loss,
        int iterations,
        double stepOverEpsilon,
        double momentum,
        boolean randomStart,
        int restarts,
        KeptIterate keep)
        implements StrongAttack {
    /** Share of the inputs that an L1 step moves. */
    private static final double L1_SHARE = 0.05;

    public ProjectedGradient {
        Settings.atLeast("iterations", iterations, 1);
        Settings.atLeast("restarts", restarts, 1);
        Settings.positive("step", stepOverEpsilon);
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException("an attack's momentum must lie in [0, 1], got " + momentum);
        }
        if (loss.targeted()) {
            throw new IllegalArgumentException("attack " + name + " takes untargeted losses only, got " + loss);
        }
        if (restarts > 1 && !randomStart) {
            throw new IllegalArgumentException("an attack of " + restarts
                    + " restarts needs a random start: without one all of them are the same");
        }
    }

    /** PGD with steps of 2.5 epsilon / iterations, so that it can cross the ball and come back; best points. */
    public static ProjectedGradient pgd(int iterations, int restarts) {
        return new ProjectedGradient(
                "pgd", Losses.CROSS_ENTROPY, iterations, 2.5 / iterations, 0, true, restarts, KeptIterate.BEST);
    }

    /** The paper's PGD: 10 steps of epsilon / 6 (0.05 at 0.3), last iterate. */
    public static ProjectedGradient paperPgd() {
        return new ProjectedGradient("pgd-10", Losses.CROSS_ENTROPY, 10, 1.0 / 6, 0, true, 1, KeptIterate.LAST);
    }

    /** One step from the clean input. */
    public static ProjectedGradient fgsm() {
        return new ProjectedGradient("fgsm", Losses.CROSS_ENTROPY, 1, 1, 0, false, 1, KeptIterate.LAST);
    }

    /** One step of 1.25 epsilon from a random start. */
    public static ProjectedGradient fastFgsm() {
        return new ProjectedGradient("fast-fgsm", Losses.CROSS_ENTROPY, 1, 1.25, 0, true, 1, KeptIterate.LAST);
    }

    /** MI-FGSM with mu = 1: steps of epsilon / iterations from the clean input. */
    public static ProjectedGradient momentum(int iterations) {
        return new ProjectedGradient(
                "mi-fgsm", Losses.CROSS_ENTROPY, iterations, 1.0 / iterations, 1, false, 1, KeptIterate.LAST);
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("loss", loss.toString());
        settings.put("iterations", iterations);
        settings.put("step-over-epsilon", stepOverEpsilon);
        settings.put("momentum", momentum);
        settings.put("random-start", randomStart);
        settings.put("restarts", restarts);
        settings.put("keep", keep == KeptIterate.BEST ? "best" : "last");
        return settings;
    }

    @Override
    public Set<Norm> norms() {
        return EnumSet.allOf(Norm.class);
    }

    @Override
    public Access access() {
        return Access.WHITE_BOX;
    }

    @Override
    public int minClasses() {
        return loss.minClasses();
    }

    @Override
    public boolean random() {
        return randomStart;
    }

    /** An attack of one step doubles its restarts only, because more steps would be another attack. */
    @Override
    public Optional<StrongAttack> doubled() {
        if (iterations == 1 && !randomStart) {
            return Optional.empty();
        }
        int more = iterations == 1 ? 1 : 2 * iterations;
        return Optional.of(new ProjectedGradient(
                name,
                loss,
                more,
                stepOverEpsilon * iterations / more,
                momentum,
                randomStart,
                randomStart ? 2 * restarts : 1,
                keep));
    }

    @Override
    public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
        check(threat, target.classes());
        return Restarts.run(target, examples, restarts, (chunk, run) -> once(target, chunk, threat, stream.child(run)));
    }

    private List<Attempt> once(Target target, Examples chunk, ThreatModel threat, Stream stream) {
        Search search = new Search(target, loss, chunk, new int[chunk.size()], threat.norm());
        Tile x = search.x;
        Tile along = momentum > 0 ? target.newTile(chunk.size()) : search.gradient;
        float[] steps = Steps.all(x.lanes(), stepOverEpsilon * threat.epsilon());
        int[] ranks = new int[x.lanes()];
        java.util.Arrays.fill(ranks, (int) ((1 - L1_SHARE) * target.inputs()));
        if (randomStart) {
            Starts.inBall(target, threat, chunk, stream, search.clean, x);
        }
        search.reset();
        for (int iteration = 0; iteration < iterations; iteration++) {
            search.onLogits(true);
            if (momentum > 0) {
                accumulate(search.gradient, along);
            }
            switch (threat.norm()) {
                case LINF -> Steps.sign(along, x, steps, x);
                case L2 -> Steps.normalised(along, x, steps, x);
                case L1 -> Steps.sparse(along, x, steps, ranks, target.inputs(), x);
            }
            Geometry.project(threat, search.clean, x);
        }
        search.onLogits(false);
        if (keep == KeptIterate.BEST) {
            search.selectBest();
        } else {
            search.selectLast();
        }
        return Attempts.judge(target, chunk, threat, x, false, search.ledger);
    }

    /** {@code g <- mu g + grad / ||grad||_1}. */
    private void accumulate(Tile gradient, Tile along) {
        double[] norms = new double[gradient.lanes()];
        Geometry.norms(Norm.L1, gradient, norms);
        for (int i = 0; i < along.values().length; i++) {
            along.values()[i] *= (float) momentum;
        }
        float[] factors = new float[gradient.lanes()];
        for (int lane = 0; lane < factors.length; lane++) {
            factors[lane] = norms[lane] > 0 ? (float) (1 / norms[lane]) : 0f;
        }
        Steps.add(gradient, along, factors, along);
    }
}
