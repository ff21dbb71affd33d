package org.espalier.evaluate.certify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.distance.Fab;
import org.espalier.attack.strong.distance.Fmn;
import org.espalier.attack.strong.radius.Apgd;
import org.espalier.attack.strong.radius.ProjectedGradient;
import org.espalier.attack.strong.radius.Square;
import org.espalier.data.ImageShape;
import org.espalier.engine.Engine;
import org.espalier.evaluate.rules.Assessment;
import org.espalier.evaluate.rules.Batch;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Step;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Holds bounds, exact verification, attacks and rules against each other on random small networks: certified at most exact at
 * most attacked, image by image; every point of an attack checked again in float64; minimum norms against all points of a grid;
 * suites that do nothing. A case follows from its seed. The tests run a few hundred; {@code benchmarks/trust} runs more.
 */
final class TrustCampaign {
    private static final int IMAGES = 4;
    private static final int GRID = 60;
    private static final int NODES = 4000;

    /** What a case found: faults in sentences, and whether the nearest point of the grid is nearer than attacks came. */
    record Result(List<String> faults, int undecided, int nearest, int farFromNearest) {}

    private final long seed;
    private final Stream stream;
    private final List<String> faults = new ArrayList<>();
    private boolean tie; // two classes are tied everywhere: exact verification cannot decide
    private int undecided;
    private int nearest;
    private int far;

    private TrustCampaign(long seed) {
        this.seed = seed;
        stream = Stream.root(seed).child("trust");
    }

    static Result run(long seed) {
        TrustCampaign campaign = new TrustCampaign(seed);
        try {
            campaign.run();
        } catch (RuntimeException | Error e) {
            campaign.fault("threw " + e);
        }
        return new Result(campaign.faults, campaign.undecided, campaign.nearest, campaign.far);
    }

    /** Runs cases and prints their faults. */
    public static void main(String[] words) {
        int cases = words.length > 0 ? Integer.parseInt(words[0]) : 10_000;
        long first = words.length > 1 ? Long.parseLong(words[1]) : 1;
        int faulty = 0;
        int undecided = 0;
        int nearest = 0;
        int far = 0;
        System.out.println("trust: " + cases + " cases, seeds " + first + " to " + (first + cases - 1));
        for (int i = 0; i < cases; i++) {
            Result result = run(first + i);
            for (String fault : result.faults()) {
                System.out.println(fault);
            }
            faulty += result.faults().isEmpty() ? 0 : 1;
            undecided += result.undecided();
            nearest += result.nearest();
            far += result.farFromNearest();
            if ((i + 1) % 500 == 0) {
                System.out.println((i + 1) + " cases, " + faulty + " with faults");
            }
        }
        System.out.println("trust: " + cases + " cases done, " + faulty + " with faults; " + undecided
                + " ties left undecided; of " + nearest + " nearest points attacks came near all but " + far);
        System.exit(faulty == 0 ? 0 : 1);
    }

    private void fault(String what) {
        faults.add("seed " + seed + ": " + what);
    }

    private int draw(int below, String what) {
        return stream.child(what).below(below, 0);
    }

    private void run() {
        boolean plane = draw(2, "plane") == 0;
        int inputs = plane ? 2 : 1 + draw(6, "inputs");
        List<Integer> hidden = new ArrayList<>();
        for (int layer = draw(3, "layers"); layer > 0; layer--) {
            hidden.add(1 + draw(8, "width " + layer));
        }
        Architecture shape = Architecture.of(inputs, hidden, 2 + draw(3, "classes"), draw(3, "biases") > 0);
        int kind = draw(6, "kind");
        tie = kind == 3;
        float scale = kind == 0 ? (float) Math.pow(10, 2 + draw(5, "huge")) : 1.5f;
        Weights weights = SmallNetworks.weights(shape, scale, stream);
        Mask mask = SmallNetworks.mask(shape, kind == 1 ? 0.2 : 0.4 + 0.6 * stream.uniform(1), stream);
        weights.apply(mask);
        if (kind == 2) {
            dead(weights);
        } else if (kind == 3) {
            tied(weights, mask);
        }
        ThreatModel threat = new ThreatModel(Norm.values()[draw(3, "norm")], epsilon());
        float[][] clean = new float[IMAGES][];
        for (int e = 0; e < IMAGES; e++) {
            clean[e] = kind == 4 && e == 0
                    ? new float[inputs]
                    : SmallNetworks.image(inputs, stream.child("image").child(e));
        }
        images(weights, mask, threat, clean, plane);
        suites(weights, mask, threat);
    }

    private float epsilon() {
        double u = stream.uniform(2);
        return switch (draw(4, "epsilon")) {
            case 0 -> (float) Math.pow(10, -3 - 6 * u);
            case 1 -> (float) (0.9 + 0.1 * u);
            default -> (float) (0.01 + 0.5 * u);
        };
    }

    /** Units that are off everywhere. */
    private static void dead(Weights weights) {
        for (int layer = 0;
                layer < weights.architecture().layers() - 1
                        && weights.architecture().bias(0);
                layer++) {
            for (int o = 0; o < weights.biases(layer).length; o += 2) {
                weights.biases(layer)[o] = -100;
            }
        }
    }

    /** Two classes with the same logit everywhere. */
    private static void tied(Weights weights, Mask mask) {
        int last = weights.architecture().layers() - 1;
        int inputs = weights.architecture().inputs(last);
        for (int i = 0; i < inputs; i++) {
            if (mask.keeps(last, i) && mask.keeps(last, inputs + i)) {
                weights.matrix(last)[inputs + i] = weights.matrix(last)[i];
            } else {
                weights.matrix(last)[inputs + i] = 0;
                weights.matrix(last)[i] = 0;
            }
        }
        if (weights.architecture().bias(0)) {
            weights.biases(last)[1] = weights.biases(last)[0];
        }
    }

    private List<StrongAttack> attacks() {
        return List.of(
                ProjectedGradient.pgd(20, 2),
                new Apgd(Losses.CROSS_ENTROPY, 20, 1, 1),
                new Apgd(Losses.MARGIN, 20, 1, 1),
                new Square(60, 0.8, 1),
                Fab.nearest(),
                Fmn.of(60));
    }

    private void images(Weights weights, Mask mask, ThreatModel threat, float[][] clean, boolean plane) {
        Engine engine = SmallNetworks.engine(weights, mask);
        Target target =
                new Target(engine, new ImageShape(1, weights.architecture().inputs(), 1));
        Verifier verifier = new Verifier(engine);
        int[] labels = new int[IMAGES];
        long[] numbers = new long[IMAGES];
        for (int e = 0; e < IMAGES; e++) {
            labels[e] = verifier.counterexamples().predict(clean[e]);
            numbers[e] = e;
        }
        Examples examples = new Examples(clean, labels, numbers);
        boolean[] certified = new boolean[IMAGES];
        Verification[] exact = new Verification[IMAGES];
        for (int e = 0; e < IMAGES; e++) {
            for (BoundMethod method : BoundMethod.values()) {
                certified[e] |= verifier.certifier()
                        .margins(clean[e], labels[e], threat, method)
                        .certified();
            }
            exact[e] = verifier.verify(
                    clean[e],
                    labels[e],
                    new ThreatModel(Norm.LINF, Math.min(threat.epsilon(), 1)),
                    new ExactSettings(NODES, draw(2, "boxes") == 0 ? 0 : ExactSettings.SPLIT_INPUTS),
                    () -> false);
            exact(verifier, weights, clean[e], labels[e], threat, exact[e], certified[e]);
        }
        double[] found = new double[IMAGES];
        Arrays.fill(found, Double.POSITIVE_INFINITY);
        for (StrongAttack attack : attacks()) {
            List<Attempt> attempts = attack.run(target, examples, threat, stream.child(attack.name()));
            for (int e = 0; e < IMAGES; e++) {
                Attempt attempt = attempts.get(e);
                check(attack, attempt, clean[e], labels[e], threat, verifier);
                boolean broken =
                        attempt.success() && distance(threat.norm(), clean[e], attempt.input()) <= threat.epsilon();
                if (broken && certified[e]) {
                    fault("image " + e + " is certified in " + threat + " and broken by " + attack.name());
                }
                if (broken && threat.epsilon() <= 1 && exact[e].decision() == Decision.VERIFIED) {
                    fault("image " + e + " is verified in l-infinity and broken by " + attack.name() + " in " + threat);
                }
                if (attack.minimumNorm() && attempt.success()) {
                    found[e] = Math.min(found[e], attempt.distance());
                }
            }
        }
        if (plane) {
            for (int e = 0; e < IMAGES; e++) {
                nearest(verifier, threat.norm(), clean[e], labels[e], found[e]);
            }
        }
    }

    private void exact(
            Verifier verifier,
            Weights weights,
            float[] image,
            int label,
            ThreatModel threat,
            Verification exact,
            boolean certified) {
        float epsilon = Math.min(threat.epsilon(), 1);
        if (threat.norm() == Norm.LINF && certified && exact.decision() != Decision.VERIFIED) {
            fault("a bound certifies in " + threat + " and exact verification says " + exact.decision());
        }
        switch (exact.decision()) {
            case VERIFIED -> {
                if (!(exact.lower() > 0)) {
                    fault("verified with a lead of " + exact.lower());
                }
            }
            case FALSIFIED -> {
                float[] point = exact.counterexample().orElseThrow();
                if (distance(Norm.LINF, image, point) > epsilon || !inBox(point)) {
                    fault("a counterexample lies outside of ball or box");
                }
                if (verifier.counterexamples().predict(point) == label) {
                    fault("a counterexample is given the label");
                }
            }
            case UNKNOWN -> {
                undecided++;
                // A tie within rounding is all that may stay open.
                double reach = reach(weights);
                if (!tie && exact.lower() < -1e-5 * reach - Float.MIN_NORMAL) {
                    fault("undecided at l-infinity " + epsilon + " with a bound of " + exact.lower()
                            + ", weights reach " + reach);
                }
            }
        }
    }

    /** An upper bound of any logit's size. */
    private static double reach(Weights weights) {
        double[] reach = new double[weights.architecture().inputs()];
        Arrays.fill(reach, 1);
        for (int layer = 0; layer < weights.architecture().layers(); layer++) {
            double[] next = new double[weights.architecture().outputs(layer)];
            for (int o = 0; o < next.length; o++) {
                next[o] = weights.architecture().bias(0) ? Math.abs(weights.biases(layer)[o]) : 0;
                for (int i = 0; i < reach.length; i++) {
                    next[o] += Math.abs((double) weights.matrix(layer)[o * reach.length + i]) * reach[i];
                }
            }
            reach = next;
        }
        return Arrays.stream(reach).max().orElse(0);
    }

    private void check(
            StrongAttack attack, Attempt attempt, float[] clean, int label, ThreatModel threat, Verifier verifier) {
        double distance = distance(threat.norm(), clean, attempt.input());
        if (!inBox(attempt.input())) {
            fault(attack.name() + " left the box in " + threat + ": from " + Arrays.toString(clean) + " to "
                    + Arrays.toString(attempt.input()));
        }
        double slack = threat.norm() == Norm.LINF ? 0 : threat.epsilon() * 1e-12;
        if (attempt.success() && !attack.minimumNorm() && distance > threat.epsilon() + slack) {
            fault(attack.name() + " succeeded at " + distance + " in " + threat);
        }
        if (attempt.success() && Math.abs(distance - attempt.distance()) > 1e-12 * (1 + distance)) {
            fault(attack.name() + " says " + attempt.distance() + " of a distance of " + distance);
        }
        Target target = new Target(verifier.counterexamples().engine());
        target.forward(target.pack(new float[][] {attempt.input()}, 0, 1));
        if (attempt.success() && !target.fooled(0, label)) {
            fault(attack.name() + " succeeded with a point that is given the label");
        }
    }

    /** In float64, by the definition. */
    private static double distance(Norm norm, float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double d = Math.abs((double) a[i] - b[i]);
            sum = switch (norm) {
                case LINF -> Math.max(sum, d);
                case L2 -> sum + d * d;
                case L1 -> sum + d;
            };
        }
        return norm == Norm.L2 ? Math.sqrt(sum) : sum;
    }

    private static boolean inBox(float[] point) {
        for (float value : point) {
            if (!(value >= 0 && value <= 1)) {
                return false;
            }
        }
        return true;
    }

    /** The nearest point of a grid over the box that is given another class, against the nearest that attacks found. */
    private void nearest(Verifier verifier, Norm norm, float[] clean, int label, double found) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i <= GRID; i++) {
            for (int j = 0; j <= GRID; j++) {
                float[] point = {(float) i / GRID, (float) j / GRID};
                double distance = distance(norm, clean, point);
                if (distance < least && verifier.counterexamples().predict(point) != label) {
                    least = distance;
                }
            }
        }
        if (Double.isFinite(least)) {
            nearest++;
            far += found > 1.5 * least + 0.05 ? 1 : 0;
        }
        // Exact verification may not verify a ball that holds such a point.
        if (norm == Norm.LINF && least > 0 && least < 1) {
            float radius = Math.nextUp((float) least);
            Verification exact = verifier.verify(
                    clean, label, new ThreatModel(Norm.LINF, radius), ExactSettings.nodes(NODES), () -> false);
            if (exact.decision() == Decision.VERIFIED) {
                fault("verified at l-infinity " + radius + ", and a point of the grid at " + least
                        + " has another class");
            }
        }
    }

    /** What a broken attack does instead of attacking. */
    private enum Mutation {
        /** Returns the clean input. */
        IDLE,
        /** Keeps to a tenth of the radius. */
        SHORT,
        /** Goes to the far corner of the box and calls it a success. */
        OUTSIDE,
        /** Denies its successes. */
        SILENT
    }

    private record Mutant(Mutation mutation) implements StrongAttack {
        @Override
        public String name() {
            return "mutant";
        }

        @Override
        public Map<String, Object> settings() {
            return new TreeMap<>(Map.of("mutation", mutation.name()));
        }

        @Override
        public Set<Norm> norms() {
            return Set.of(Norm.values());
        }

        @Override
        public Access access() {
            return Access.WHITE_BOX;
        }

        @Override
        public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
            List<Attempt> attempts = new ArrayList<>();
            StrongAttack real = new Apgd(Losses.CROSS_ENTROPY, 10, 1, 1);
            ThreatModel ball =
                    mutation == Mutation.SHORT ? new ThreatModel(threat.norm(), threat.epsilon() / 10) : threat;
            List<Attempt> found = real.run(target, examples, ball, stream);
            for (int e = 0; e < examples.size(); e++) {
                float[] clean = examples.clean()[e];
                float[] corner = new float[clean.length];
                for (int i = 0; i < corner.length; i++) {
                    corner[i] = clean[i] < 0.5f ? 1 : 0;
                }
                attempts.add(
                        switch (mutation) {
                            case IDLE -> attempt(clean.clone(), false, 0);
                            case SHORT -> found.get(e);
                            case OUTSIDE -> attempt(corner, true, distance(threat.norm(), clean, corner));
                            case SILENT ->
                                attempt(
                                        found.get(e).input(),
                                        false,
                                        found.get(e).distance());
                        });
            }
            return attempts;
        }

        private static Attempt attempt(float[] input, boolean success, double distance) {
            return new Attempt(input, success, distance, 0, 1, 0, false, new float[0]);
        }
    }

    /** A suite of a broken attack passes only if the rules' own attacks do no better. */
    private void suites(Weights weights, Mask mask, ThreatModel threat) {
        int images = 40;
        Engine engine = SmallNetworks.engine(weights, mask);
        Target target =
                new Target(engine, new ImageShape(1, weights.architecture().inputs(), 1));
        Counterexamples judge = new Counterexamples(engine);
        float[][] clean = new float[images][];
        int[] labels = new int[images];
        long[] numbers = new long[images];
        for (int e = 0; e < images; e++) {
            clean[e] = SmallNetworks.image(
                    weights.architecture().inputs(), stream.child("suite").child(e));
            labels[e] = judge.predict(clean[e]);
            numbers[e] = e;
        }
        int classes = weights.architecture().classes();
        boolean constant = Arrays.stream(labels).distinct().count() == 1;
        if (constant) {
            labels[0] = (labels[0] + 1) % classes; // so that the images are of two classes
        }
        Mutation mutation = Mutation.values()[draw(Mutation.values().length, "mutation")];
        List<Step> steps = List.of(
                new Step("mutant", Step.Purpose.SUITE, new Mutant(mutation), threat, List.of()),
                new Step("fgsm", Step.Purpose.FGSM, ProjectedGradient.fgsm(), threat, List.of()),
                new Step("pgd", Step.Purpose.PGD, ProjectedGradient.pgd(20, 1), threat, List.of()),
                new Step("curve", Step.Purpose.CURVE, new Apgd(Losses.MARGIN, 20, 1, 1), threat, List.of()));
        Batch batch = Batch.run(target, new Examples(clean, labels, numbers), steps, stream.child("batch"));
        Assessment assessment = new Assessment(steps, batch, classes, Optional.empty());
        List<Finding> findings = assessment.findings();
        // What a whole evaluation would check besides, left out here.
        List<Finding> checked = findings.stream()
                .filter(finding -> finding.verdict() != Verdict.NOT_CHECKED)
                .toList();
        Verdict verdict = Verdict.worst(checked);
        BitSet missed = assessment.worst().right();
        missed.andNot(assessment.interval().unbroken().right());
        if (missed.cardinality() > 1 && verdict == Verdict.PASS) {
            fault("a suite that is " + mutation + " passes though " + missed.cardinality()
                    + " images are known to break");
        }
        if (mutation == Mutation.OUTSIDE
                && outside(batch, threat, clean)
                && findings.stream().noneMatch(f -> f.rule() == Rule.INSIDE && f.verdict() == Verdict.REFUSED)) {
            fault("points outside of the ball in " + threat + " are not refused");
        }
        if (constant
                && findings.stream().noneMatch(f -> f.rule() == Rule.ONE_CLASS && f.verdict() == Verdict.REFUSED)) {
            fault("a network that names one class is not refused");
        }
        if (Verdict.worst(findings) == Verdict.PASS) {
            fault("an evaluation without larger balls passes");
        }
    }

    private static boolean outside(Batch batch, ThreatModel threat, float[][] clean) {
        return batch.step("mutant").saw().stream().anyMatch(e -> {
            double distance = batch.step("mutant").distances()[e];
            return distance > threat.epsilon() * 1.000001 && clean[e].length > 0;
        });
    }
}
