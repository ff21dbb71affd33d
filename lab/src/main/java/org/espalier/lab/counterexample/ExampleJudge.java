package org.espalier.lab.counterexample;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.lab.store.StoredNetwork;

/**
 * Judges adversarial examples against a network. Ball and box are those of all evaluations: radius float32(epsilon) and [0, 1], without
 * slack. An example that lies outside by rounding, at most by the tolerance, is moved into both; it counts if the moved one fools the
 * network.
 */
public final class ExampleJudge {
    /** Usual tolerance for each input: other programs add in float32 and read pixels in other ways, which differs by less. */
    public static final float USUAL_TOLERANCE = 1e-6f;

    private final StoredNetwork network;
    private final ThreatModel threat;
    private final float tolerance;
    private final Optional<Split> split;
    private final int classes;

    /**
     * A judge.
     *
     * @param tolerance for each input, from 0
     * @param split of a data set that the originals are images of, if they are
     */
    public ExampleJudge(StoredNetwork network, ThreatModel threat, float tolerance, Optional<Split> split) {
        this.network = network;
        this.threat = threat;
        this.tolerance = tolerance;
        this.split = split;
        classes = network.mask().architecture().classes();
    }

    /**
     * Finds the images of the data set that examples belong to: by the file's numbers, or else by its originals, or else the first
     * images of the split.
     *
     * @return (example) number of the image; -1 where no image has the original's pixels
     * @throws UserException if there are more examples than images
     */
    public static int[] images(GivenExamples given, DataSet set, Split split) {
        if (given.indices().isPresent()) {
            return given.indices().get().clone();
        }
        if (given.original().isPresent()) {
            Map<Integer, List<Integer>> byPixels = new HashMap<>();
            for (int image = 0; image < split.size(); image++) {
                byPixels.computeIfAbsent(Arrays.hashCode(pixels(split, image)), _ -> new ArrayList<>())
                        .add(image);
            }
            int[] images = new int[given.count()];
            for (int i = 0; i < images.length; i++) {
                float[] wanted = rounded(given.original().get()[i], split);
                images[i] = byPixels.getOrDefault(Arrays.hashCode(wanted), List.of()).stream()
                        .filter(image -> Arrays.equals(pixels(split, image), wanted))
                        .findFirst()
                        .orElse(-1);
            }
            return images;
        }
        if (given.count() > split.size()) {
            throw new UserException(given.source() + " has " + given.count() + " examples without numbers of images,"
                    + " expected at most the " + split.size() + " " + split.name() + " images of data set "
                    + set.name());
        }
        int[] images = new int[given.count()];
        Arrays.setAll(images, i -> i);
        return images;
    }

    private static float[] pixels(Split split, int image) {
        float[] pixels = new float[split.features()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = split.pixel(image, i);
        }
        return pixels;
    }

    /** Pixels as a split stores them: of images that are bytes, to the nearest multiple of 1/255. */
    private static float[] rounded(float[] pixels, Split split) {
        float[] rounded = pixels.clone();
        for (int i = 0; i < rounded.length && !split.isFloat(); i++) {
            rounded[i] = (Math.round(255 * pixels[i]) & 0xff) / 255f;
        }
        return rounded;
    }

    /**
     * Judges all examples of a file.
     *
     * @param images (example) numbers of images, see {@link #images}; not read without a split
     * @throws UserException if neither the file nor a data set has originals and labels
     */
    public Judgement judge(GivenExamples given, int[] images) {
        if (split.isEmpty() && (given.original().isEmpty() || given.labels().isEmpty())) {
            throw new UserException(given.source() + " has no "
                    + (given.original().isEmpty() ? "originals (x)" : "labels (y)")
                    + ": give the data set that they are in with --data");
        }
        Engine engine = Engines.create(network.mask().architecture());
        engine.load(network.weights(), network.mask());
        Target target = new Target(engine);
        Optional<Judgement.Covered> covered = split.map(whole -> covered(target, whole));
        List<Judgement.Row> rows = new ArrayList<>();
        for (int i = 0; i < given.count(); i++) {
            rows.add(place(given, i, split.isPresent() ? images[i] : i));
        }
        return new Judgement(threat, decide(target, rows), covered);
    }

    private static Judgement.Covered covered(Target target, Split split) {
        BitSet clean = new BitSet();
        for (int first = 0; first < split.size(); first += Target.CAPACITY) {
            int count = Math.min(Target.CAPACITY, split.size() - first);
            Examples examples = Examples.of(split, first, count);
            target.forward(target.pack(examples.clean(), 0, count));
            for (int e = 0; e < count; e++) {
                clean.set(first + e, target.prediction(e) == examples.labels()[e]);
            }
        }
        return new Judgement.Covered(split.name(), split.size(), clean);
    }

    /** An example before the network is asked: invalid, or in ball and box. */
    private Judgement.Row place(GivenExamples given, int i, int image) {
        float[] point = given.adversarial()[i];
        Optional<int[]> labels = given.labels();
        int label = labels.map(all -> all[i]).orElse(-1);
        float[] original = given.original().map(all -> all[i]).orElse(point);
        if (split.isPresent()) {
            Split of = split.get();
            if (image < 0 || image >= of.size()) {
                return invalid(
                        image,
                        label,
                        given.attack(i),
                        given.original().isPresent() && given.indices().isEmpty()
                                ? Judgement.Outcome.OTHER_ORIGINAL
                                : Judgement.Outcome.NO_SUCH_IMAGE,
                        original,
                        point);
            }
            Examples own = Examples.of(of, image, 1);
            if (given.original().isPresent() && !near(own.clean()[0], original)) {
                return invalid(image, label, given.attack(i), Judgement.Outcome.OTHER_ORIGINAL, original, point);
            }
            if (labels.isPresent() && label != own.labels()[0]) {
                return invalid(image, label, given.attack(i), Judgement.Outcome.OTHER_LABEL, original, point);
            }
            original = own.clean()[0];
            label = own.labels()[0];
        } else if (!near(original, original)) {
            return invalid(image, label, given.attack(i), Judgement.Outcome.OTHER_ORIGINAL, original, point);
        }
        if (label < 0 || label >= classes) {
            return invalid(image, label, given.attack(i), Judgement.Outcome.NO_SUCH_IMAGE, original, point);
        }
        return placed(image, label, given.attack(i), original, point);
    }

    private Judgement.Row placed(int image, int label, String attack, float[] original, float[] point) {
        double outside = 0;
        for (float value : point) {
            if (!Float.isFinite(value)) {
                return invalid(image, label, attack, Judgement.Outcome.NOT_FINITE, original, point);
            }
            outside = Math.max(outside, Math.max(-(double) value, value - 1.0));
        }
        double distance = Geometry.distance(threat.norm(), original, point);
        Judgement.Outcome outcome = Judgement.Outcome.RIGHT;
        float[] inside = point;
        boolean moved = false;
        if (outside > tolerance) {
            outcome = Judgement.Outcome.OUTSIDE_BOX;
        } else if (!Geometry.holds(threat, original, point)) {
            boolean near = distance <= threat.epsilon() + slack(point.length);
            inside = near ? inside(original, point) : point;
            moved = near;
            outcome = near ? Judgement.Outcome.RIGHT : Judgement.Outcome.OUTSIDE_BALL;
        }
        return new Judgement.Row(image, label, -1, distance, moved, attack, outcome, original, inside);
    }

    /** The tolerance of each input as a distance of the ball's norm. */
    private double slack(int inputs) {
        return switch (threat.norm()) {
            case LINF -> tolerance;
            case L2 -> tolerance * Math.sqrt(inputs);
            case L1 -> (double) tolerance * inputs;
        };
    }

    /** The example moved into ball and box. */
    private float[] inside(float[] original, float[] point) {
        float[] inside = new float[point.length];
        if (threat.norm() == Norm.LINF) {
            for (int i = 0; i < inside.length; i++) {
                inside[i] = Geometry.inside(point[i], original[i], threat.epsilon());
            }
            return inside;
        }
        for (double shrink = 1; ; shrink -= 1e-6) {
            double factor = shrink * Math.min(1, threat.epsilon() / Geometry.distance(threat.norm(), original, point));
            for (int i = 0; i < inside.length; i++) {
                inside[i] = (float) Math.clamp(original[i] + factor * ((double) point[i] - original[i]), 0.0, 1.0);
            }
            if (Geometry.holds(threat, original, inside)) {
                return inside;
            }
        }
    }

    /** Whether a file's original is an image, to the tolerance, and lies in the box. */
    private boolean near(float[] image, float[] original) {
        for (int i = 0; i < image.length; i++) {
            if (!(Math.abs(image[i] - original[i]) <= tolerance) || !(image[i] >= 0 && image[i] <= 1)) {
                return false;
            }
        }
        return true;
    }

    private static Judgement.Row invalid(
            int image, int label, String attack, Judgement.Outcome outcome, float[] original, float[] point) {
        return new Judgement.Row(image, label, -1, Double.NaN, false, attack, outcome, original, point);
    }

    /** Asks the network about the valid ones. */
    private List<Judgement.Row> decide(Target target, List<Judgement.Row> rows) {
        List<Judgement.Row> decided = new ArrayList<>(rows);
        List<Integer> valid = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (!rows.get(i).outcome().invalid()) {
                valid.add(i);
            }
        }
        for (int first = 0; first < valid.size(); first += Target.CAPACITY) {
            List<Integer> some = valid.subList(first, Math.min(valid.size(), first + Target.CAPACITY));
            float[][] originals =
                    some.stream().map(i -> rows.get(i).original()).toList().toArray(float[][]::new);
            target.forward(target.pack(originals, 0, originals.length));
            boolean[] right = new boolean[originals.length];
            for (int e = 0; e < right.length; e++) {
                right[e] = target.prediction(e) == rows.get(some.get(e)).label();
            }
            float[][] points =
                    some.stream().map(i -> rows.get(i).point()).toList().toArray(float[][]::new);
            target.forward(target.pack(points, 0, points.length));
            for (int e = 0; e < points.length; e++) {
                Judgement.Row row = rows.get(some.get(e));
                Judgement.Outcome outcome = !right[e]
                        ? Judgement.Outcome.WRONG_BEFORE
                        : target.fooled(e, row.label()) ? Judgement.Outcome.FOOLS : Judgement.Outcome.RIGHT;
                decided.set(
                        some.get(e),
                        new Judgement.Row(
                                row.image(),
                                row.label(),
                                target.prediction(e),
                                row.distance(),
                                row.moved(),
                                row.attack(),
                                outcome,
                                row.original(),
                                row.point()));
            }
        }
        return decided;
    }
}
