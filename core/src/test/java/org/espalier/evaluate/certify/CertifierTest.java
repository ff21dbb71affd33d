package org.espalier.evaluate.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertifierTest {
    @ParameterizedTest
    @EnumSource(BoundMethod.class)
    void aLinearModelsMarginsAreExact(BoundMethod method) {
        Architecture shape = new Architecture(List.of(3, 2), true);
        Weights weights = new Weights(shape);
        System.arraycopy(new float[] {1, -2, 0.5f, -1, 1, 0}, 0, weights.matrix(0), 0, 6);
        weights.biases(0)[0] = 0.25f;
        Certifier certifier = new Certifier(weights, Mask.dense(shape));
        float[] image = {0.5f, 0.25f, 0.5f}; // margin 2 x0 - 3 x1 + 0.5 x2 + 0.25 = 0.75, far from the box's walls
        for (Norm norm : Norm.values()) {
            double dual = switch (norm) {
                case LINF -> 5.5;
                case L2 -> Math.sqrt(4 + 9 + 0.25);
                case L1 -> 3;
            };
            assertThat(certifier.margins(image, 0, new ThreatModel(norm, 0.125f), method)
                            .lower()[1])
                    .isCloseTo(0.75 - 0.125 * dual, within(2e-6))
                    .isLessThanOrEqualTo(0.75 - 0.125 * dual);
        }
        // The box: x0 can fall to 0, x1 rise to 1, x2 fall to 0, no further.
        assertThat(certifier.margins(image, 0, new ThreatModel(Norm.LINF, 0.9f), method)
                        .lower()[1])
                .isCloseTo(-2.75, within(2e-6));
    }

    @Test
    void aSplitIsCertifiedImageByImage() {
        Architecture shape = new Architecture(List.of(2, 2), false);
        Weights weights = new Weights(shape);
        System.arraycopy(new float[] {1, 0, 0, 1}, 0, weights.matrix(0), 0, 4); // the brighter pixel's class
        float[][] images = {{1, 0}, {0.6f, 0.5f}, {0, 1}, {0, 1}};
        Split split = Split.of("mine", new ImageShape(1, 2), images, new int[] {0, 0, 1, 0});
        Outcomes certified = new Certifier(weights, Mask.dense(shape))
                .certify(split, new ThreatModel(Norm.LINF, 0.1f), BoundMethod.CROWN);
        // The second could become a tie and more, the last is classified wrong.
        assertThat(certified).isEqualTo(Outcomes.of(true, false, true, false));
    }

    @Property(tries = 150)
    void nothingInTheRegionBeatsABound(
            @ForAll long seed,
            @ForAll boolean biases,
            @ForAll Norm norm,
            @ForAll @FloatRange(max = 0.7f) float epsilon) {
        Stream stream = Stream.root(seed);
        Architecture shape = SmallNetworks.shape(stream.child("shape"), biases);
        Weights weights = SmallNetworks.weights(shape, 1.5f, stream);
        Mask mask = SmallNetworks.mask(shape, 0.3 + 0.7 * stream.uniform(0), stream);
        weights.apply(mask);
        float[] image = SmallNetworks.image(shape.inputs(), stream.child("image"));
        int label = SmallNetworks.best(SmallNetworks.logits(weights, widened(image)));
        Certifier certifier = new Certifier(weights, mask);
        ThreatModel threat = new ThreatModel(norm, epsilon);
        double[] least = leastMargins(weights, mask, image, label, threat, stream.child("points"));
        double[] ibp = certifier.margins(image, label, threat, BoundMethod.IBP).lower();
        for (BoundMethod method : BoundMethod.values()) {
            double[] bounds = certifier.margins(image, label, threat, method).lower();
            for (int c = 0; c < bounds.length; c++) {
                assertThat(bounds[c]).as("%s, class %d", method, c).isLessThanOrEqualTo(least[c]);
                assertThat(bounds[c]).as("%s is as tight as intervals", method).isGreaterThanOrEqualTo(ibp[c] - 1e-12);
            }
        }
    }

    /** The least margins that random and extreme points reach, in float64 and in the float32 engine. */
    private static double[] leastMargins(
            Weights weights, Mask mask, float[] image, int label, ThreatModel threat, Stream stream) {
        int points = 192;
        Engine engine = SmallNetworks.engine(weights, mask);
        ActivationBuffers buffers = engine.newBuffers(points);
        double[] least = new double[weights.architecture().classes()];
        java.util.Arrays.fill(least, Double.POSITIVE_INFINITY);
        for (int point = 0; point < points; point++) {
            double[] moved = point(image, threat, point % 3, stream.child(point));
            for (int i = 0; i < moved.length; i++) {
                buffers.input().set(i, point, (float) moved[i]);
                moved[i] = threat.norm() == Norm.LINF ? (float) moved[i] : moved[i];
            }
            take(SmallNetworks.logits(weights, moved), label, least);
        }
        if (threat.norm() == Norm.LINF) { // rounding to float32 may leave the other balls
            engine.forward(buffers, 0, buffers.panels());
            double[] logits = new double[least.length];
            for (int point = 0; point < points; point++) {
                for (int c = 0; c < logits.length; c++) {
                    logits[c] = buffers.logits().get(c, point);
                }
                take(logits, label, least);
            }
        }
        return least;
    }

    private static void take(double[] logits, int label, double[] least) {
        for (int c = 0; c < least.length; c++) {
            if (c != label) {
                least[c] = Math.min(least[c], logits[label] - logits[c]);
            }
        }
    }

    /** A point of the ball and the box: inside, at the ball's rim, or moved along few pixels. */
    static double[] point(float[] image, ThreatModel threat, int kind, Stream stream) {
        double[] step = new double[image.length];
        double size = 0;
        for (int i = 0; i < step.length; i++) {
            double u = 2 * stream.uniform(i) - 1;
            step[i] = kind == 0 ? u : kind == 1 ? Math.signum(u) : stream.below(3, i) == 0 ? u : 0;
            size = switch (threat.norm()) {
                case LINF -> Math.max(size, Math.abs(step[i]));
                case L2 -> Math.sqrt(size * size + step[i] * step[i]);
                case L1 -> size + Math.abs(step[i]);
            };
        }
        double radius = threat.epsilon() * (threat.norm() == Norm.LINF ? 1 : 1 - 1e-9);
        double[] moved = new double[step.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = Math.clamp(image[i] + (size == 0 ? 0 : step[i] * radius / size), 0, 1);
        }
        return moved;
    }

    @Property(tries = 60)
    void aMaskBoundsAsTheNetworkThatHasZerosInstead(@ForAll long seed, @ForAll boolean biases) {
        Stream stream = Stream.root(seed);
        Architecture shape = SmallNetworks.shape(stream.child("shape"), biases);
        Weights weights = SmallNetworks.weights(shape, 1, stream);
        Mask mask = SmallNetworks.mask(shape, 0.4, stream);
        Weights zeroed = weights.copy();
        zeroed.apply(mask);
        float[] image = SmallNetworks.image(shape.inputs(), stream.child("image"));
        ThreatModel threat = new ThreatModel(Norm.LINF, 0.1f);
        Certifier masked = new Certifier(weights, mask);
        Certifier dense = new Certifier(zeroed, Mask.dense(shape));
        for (BoundMethod method : BoundMethod.values()) {
            assertThat(masked.margins(image, 0, threat, method).lower())
                    .isEqualTo(dense.margins(image, 0, threat, method).lower());
        }
    }

    @Test
    void onlyWhatCanMatterIsKept() {
        Architecture shape = new Architecture(List.of(4, 3, 2), false);
        Weights weights = SmallNetworks.weights(shape, 1, Stream.root(1));
        // Unit 0 reads pixels 0 and 1; unit 1 reads nothing; unit 2 reads pixel 3, and nobody reads unit 2.
        Mask mask = Mask.of(shape, new byte[][] {{1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, {1, 1, 0, 1, 0, 0}});
        Certifier certifier = new Certifier(weights, mask);
        assertThat(certifier.livePixels()).isEqualTo(2);
        assertThat(certifier.hiddenUnits()).isEqualTo(1);
        assertThat(certifier.liveWeights()).isEqualTo(4);
    }

    @Test
    void linearBoundsSeeWhatIntervalsForget() {
        // Both hidden units carry x; logit 0 is their difference plus 0.1, logit 1 is 0.
        Architecture shape = new Architecture(List.of(1, 2, 2), true);
        Weights weights = new Weights(shape);
        weights.matrix(0)[0] = 1;
        weights.matrix(0)[1] = 1;
        weights.matrix(1)[0] = 1;
        weights.matrix(1)[1] = -1;
        weights.biases(1)[0] = 0.1f;
        Certifier certifier = new Certifier(weights, Mask.dense(shape));
        ThreatModel threat = new ThreatModel(Norm.LINF, 0.25f);
        assertThat(certifier
                        .margins(new float[] {0.5f}, 0, threat, BoundMethod.IBP)
                        .worst())
                .isCloseTo(-0.4, within(1e-6));
        assertThat(certifier
                        .margins(new float[] {0.5f}, 0, threat, BoundMethod.CROWN_IBP)
                        .worst())
                .isCloseTo(0.1, within(1e-6));
    }

    @ParameterizedTest
    @EnumSource(BoundMethod.class)
    void whatFloat32GetsWrongIsNotCertified(BoundMethod method) {
        Architecture shape = new Architecture(List.of(3, 2), false);
        Weights weights = new Weights(shape);
        System.arraycopy(new float[] {0x1p24f, 1, -0x1p24f, 0, 0.5f, 0}, 0, weights.matrix(0), 0, 6);
        float[] image = {1, 1, 1};
        assertThat(SmallNetworks.lead(SmallNetworks.logits(weights, widened(image)), 0))
                .as("the real network's margin")
                .isEqualTo(0.5);
        Engine engine = SmallNetworks.engine(weights, Mask.dense(shape));
        assertThat(new Counterexamples(engine).predict(image)).isEqualTo(1);
        assertThat(new Certifier(weights, Mask.dense(shape))
                        .margins(image, 0, new ThreatModel(Norm.LINF, 0), method)
                        .certified())
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(BoundMethod.class)
    void whatMayOverflowIsNotCertified(BoundMethod method) {
        Architecture shape = new Architecture(List.of(2, 2, 2), false);
        Weights weights = SmallNetworks.weights(shape, 3e38f, Stream.root(2));
        Margins margins = new Certifier(weights, Mask.dense(shape))
                .margins(new float[] {1, 1}, 0, new ThreatModel(Norm.LINF, 0.1f), method);
        assertThat(margins.certified()).isFalse();
        assertThat(margins.worst()).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void refusesWhatDoesNotFit() {
        Architecture shape = new Architecture(List.of(2, 2), false);
        Weights weights = SmallNetworks.weights(shape, 1, Stream.root(3));
        Certifier certifier = new Certifier(weights, Mask.dense(shape));
        ThreatModel threat = new ThreatModel(Norm.LINF, 0.1f);
        assertThatThrownBy(() -> certifier.margins(new float[3], 0, threat, BoundMethod.IBP))
                .hasMessage("a network 2-2 takes 2 inputs, got 3");
        assertThatThrownBy(() -> certifier.margins(new float[] {0, 1.5f}, 0, threat, BoundMethod.IBP))
                .hasMessage("inputs to be certified lie in [0, 1], got 1.5");
        assertThatThrownBy(() -> certifier.margins(new float[2], 2, threat, BoundMethod.IBP))
                .hasMessage("label 2 is none of 2 classes");
        weights.matrix(0)[1] = Float.NaN;
        assertThatThrownBy(() -> new Certifier(weights, Mask.dense(shape))).hasMessageContaining("layer 0 holds NaN");
    }

    private static double[] widened(float[] image) {
        double[] values = new double[image.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = image[i];
        }
        return values;
    }
}
