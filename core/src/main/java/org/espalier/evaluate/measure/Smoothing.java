package org.espalier.evaluate.measure;

import java.util.Arrays;
import org.espalier.attack.NoisyInputs;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.random.Stream;

/**
 * Randomised smoothing: certificates in L2 for the classifier that takes the vote of a network's predictions under Gaussian noise.
 * Cohen, Rosenfeld and Kolter, "Certified adversarial robustness via randomized smoothing" (2019), CERTIFY and PREDICT. A
 * certificate holds with probability 1 - alpha over the noise drawn, for the smoothed classifier alone, in L2 alone. Noise is
 * not clipped.
 */
public final class Smoothing {
    private final Engine engine;
    private final ActivationBuffers buffers;
    private final ActivationPanels clean;
    private final Settings settings;
    private final int[] predicted = new int[ActivationPanels.LANES];

    /**
     * Numbers of the method.
     *
     * @param sigma standard deviation of the noise, above 0
     * @param pick draws that pick the class, at least 1
     * @param draws fresh draws that bound its probability, or all draws of a prediction, at least 1
     * @param alpha chance of a wrong certificate or of another class than the smoothed classifier's, in (0, 1)
     */
    public record Settings(double sigma, int pick, int draws, double alpha) {
        public Settings {
            if (!(sigma > 0) || Double.isInfinite(sigma)) {
                throw new IllegalArgumentException("smoothing needs a sigma above 0, got " + sigma);
            }
            if (pick < 1 || draws < 1) {
                throw new IllegalArgumentException(
                        "smoothing needs at least 1 draw of each kind, got " + pick + " and " + draws);
            }
            if (!(alpha > 0 && alpha < 1)) {
                throw new IllegalArgumentException("smoothing needs an alpha above 0 and below 1, got " + alpha);
            }
        }

        /** The largest radius that these numbers can certify: that of a class that every draw hits. */
        public double cap() {
            return radius(draws);
        }

        /** Radius that so many hits certify; 0 where the method abstains. */
        public double radius(int hits) {
            return radius(bound(hits));
        }

        /**
         * The prediction that draws make: a two-sided test of the two classes of most draws against equal chances.
         *
         * @param votes (class) draws of it; at least one in all
         */
        Prediction prediction(int[] votes) {
            int picked = most(votes, -1);
            int second = votes.length < 2 ? 0 : votes[most(votes, picked)];
            double chance = Binomial.twoSidedHalf(votes[picked], votes[picked] + second);
            return new Prediction(picked, votes[picked], second, chance, chance > alpha);
        }

        private double bound(int hits) {
            return Binomial.lower(hits, draws, alpha);
        }

        private double radius(double bound) {
            return bound < 0.5 ? 0 : sigma * Normal.quantile(bound);
        }
    }

    /**
     * A certificate of one image.
     *
     * @param picked class of the vote
     * @param hits draws of this class
     * @param abstains whether the vote is not certain enough
     * @param radius certified radius in L2, in pixel values; 0 if it abstains
     */
    public record Certificate(int picked, int hits, boolean abstains, double radius) {}

    /**
     * A prediction of one image. It has no certified radius.
     *
     * @param picked class of most draws, the lower one of equal ones
     * @param hits draws of this class
     * @param second draws of the class that comes second
     * @param chance p-value: how probable a lead like this is if both classes are equally likely
     * @param abstains whether that is above alpha
     */
    public record Prediction(int picked, int hits, int second, double chance, boolean abstains) {}

    /** Smoothing of an engine's present weights. */
    public Smoothing(Engine engine, Settings settings) {
        this.engine = engine;
        this.settings = settings;
        buffers = engine.newBuffers(ActivationPanels.LANES);
        clean = new ActivationPanels(engine.architecture().inputs(), ActivationPanels.LANES);
    }

    /**
     * Certifies an image of a split. The result depends on weights, image, settings and stream only.
     *
     * @param noise stream; the image draws from the child of its number
     */
    public Certificate certify(Split split, int image, Stream noise) {
        load(split, image);
        Stream own = noise.child(image);
        int picked = most(votes(settings.pick(), own.child("pick")), -1);
        int hits = votes(settings.draws(), own.child("bound"))[picked];
        double bound = settings.bound(hits);
        return new Certificate(picked, hits, bound < 0.5, settings.radius(bound));
    }

    /**
     * Predicts the class of an image of a split, from {@link Settings#draws} draws, or abstains. The result depends on weights,
     * image, settings and stream only.
     *
     * @param noise stream; the image draws from the child of its number
     */
    public Prediction predict(Split split, int image, Stream noise) {
        load(split, image);
        return settings.prediction(votes(settings.draws(), noise.child(image).child("predict")));
    }

    private void load(Split split, int image) {
        int[] order = new int[ActivationPanels.LANES];
        Arrays.fill(order, image);
        engine.ops().loadImages(split, order, 0, ActivationPanels.LANES, clean, 0);
    }

    /** The first class of most votes among those other than one. */
    private static int most(int[] votes, int other) {
        int most = other == 0 ? 1 : 0;
        for (int c = most; c < votes.length; c++) {
            most = c != other && votes[c] > votes[most] ? c : most;
        }
        return most;
    }

    private int[] votes(int draws, Stream noise) {
        int[] votes = new int[engine.architecture().classes()];
        for (int first = 0; first < draws; first += ActivationPanels.LANES) {
            int count = Math.min(ActivationPanels.LANES, draws - first);
            buffers.input().copy(clean, 0, 0, 1);
            NoisyInputs.add(clean, 0, buffers.input(), 0, count, engine.liveInputs(), noise, first, settings.sigma());
            engine.forward(buffers, 0, 1);
            engine.ops().predictions(buffers.logits(), 0, count, predicted, 0);
            for (int i = 0; i < count; i++) {
                votes[predicted[i]]++;
            }
        }
        return votes;
    }
}
