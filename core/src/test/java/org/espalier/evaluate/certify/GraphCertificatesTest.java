package org.espalier.evaluate.certify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.GraphBuilder;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Certificates of networks with convolutions, batch norm, pools, shortcuts and normalisation. */
class GraphCertificatesTest {
    /** Points of a region that bounds are held against: fewer than a panel has lanes. */
    private static final int POINTS = 45;

    /** One random network with an image and the class that it gives the image. */
    private static final class Case {
        final Graph graph;
        final Weights weights;
        final Mask mask;
        final float[] image;
        final int label;
        final Stream stream;

        Case(long seed, int kind, float scale) {
            stream = Stream.root(seed);
            graph = SmallGraphs.graph(kind, stream.child("graph"));
            weights = SmallGraphs.weights(graph, scale, stream.child("weights"));
            mask = SmallNetworks.mask(
                    weights.architecture(), stream.below(2, 0) == 0 ? 1 : 0.3 + 0.7 * stream.uniform(1), stream);
            weights.apply(mask);
            image = SmallNetworks.image(graph.input().elements(), stream.child("image"));
            label = SmallNetworks.best(SmallGraphs.logits(weights, widened(image)));
        }

        /** Lowers the leads to those of the label over each class at an input, in real or in rounded arithmetic. */
        void take(double[] input, boolean rounded, double[] least) {
            take(rounded ? SmallGraphs.roundedLogits(weights, input) : SmallGraphs.logits(weights, input), least);
        }

        /** The same of logits. */
        void take(double[] logits, double[] least) {
            for (int c = 0; c < least.length; c++) {
                if (c != label) {
                    least[c] = Math.min(least[c], logits[label] - logits[c]);
                }
            }
        }

        Verifier verifier() {
            return new Verifier(SmallNetworks.engine(weights, mask));
        }
    }

    private static double[] widened(float[] image) {
        double[] values = new double[image.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = image[i];
        }
        return values;
    }

    @Property(tries = 120)
    void nothingInTheRegionBeatsABound(
            @ForAll long seed,
            @ForAll @IntRange(max = SmallGraphs.KINDS - 1) int kind,
            @ForAll Norm norm,
            @ForAll @FloatRange(max = 0.5f) float epsilon) {
        Case one = new Case(seed, kind, 1);
        ThreatModel threat = new ThreatModel(norm, epsilon);
        double[] least = new double[one.weights.architecture().classes()];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        Engine engine = SmallNetworks.engine(one.weights, one.mask);
        ActivationBuffers buffers = engine.newBuffers(POINTS);
        for (int point = 0; point < POINTS; point++) {
            double[] moved = CertifierTest.point(one.image, threat, point % 3, one.stream.child(point));
            if (norm == Norm.LINF) { // rounding to float32 may leave the other balls
                for (int i = 0; i < moved.length; i++) {
                    moved[i] = (float) moved[i];
                    buffers.input().set(i, point, (float) moved[i]);
                }
                one.take(moved, true, least);
            }
            one.take(moved, false, least);
        }
        if (norm == Norm.LINF) {
            engine.forward(buffers, 0, 1);
            double[] logits = new double[least.length];
            for (int point = 0; point < POINTS; point++) {
                for (int c = 0; c < logits.length; c++) {
                    logits[c] = buffers.logits().get(c, point);
                }
                one.take(logits, least);
            }
        }
        Certifier certifier = new Certifier(one.weights, one.mask);
        double[] ibp =
                certifier.margins(one.image, one.label, threat, BoundMethod.IBP).lower();
        for (BoundMethod method : BoundMethod.values()) {
            double[] bounds =
                    certifier.margins(one.image, one.label, threat, method).lower();
            for (int c = 0; c < bounds.length; c++) {
                assertThat(bounds[c]).as("%s, class %d", method, c).isLessThanOrEqualTo(least[c]);
                assertThat(bounds[c]).as("%s is as tight as intervals", method).isGreaterThanOrEqualTo(ibp[c] - 1e-12);
            }
        }
    }

    /** At one point all that bounds cover is rounding: of numbers of like size it is small, of unlike ones it is not. */
    @Property(tries = 120)
    void roundingIsCovered(
            @ForAll long seed, @ForAll @IntRange(max = SmallGraphs.KINDS - 1) int kind, @ForAll boolean wide) {
        Case one = new Case(seed, kind, 1);
        for (Parameter parameter : one.graph.parameters()) {
            if (wide && parameter.role() == Parameter.Role.RUNNING_MEAN) {
                // The mean takes most digits away, and what is left is scaled up.
                float[] values = one.weights.values(parameter.name());
                for (int i = 0; i < values.length; i++) {
                    values[i] = 1e6f * (i % 2 == 0 ? 1 : -1);
                }
            }
        }
        double[] input = widened(one.image);
        double[] least = new double[one.weights.architecture().classes()];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        one.take(input, false, least);
        double[] real = least.clone();
        one.take(input, true, least);
        double[] bounds = new Certifier(one.weights, one.mask)
                .margins(one.image, one.label, new ThreatModel(Norm.LINF, 0), BoundMethod.CROWN)
                .lower();
        for (int c = 0; c < bounds.length; c++) {
            assertThat(bounds[c]).isLessThanOrEqualTo(least[c]);
            if (!wide && c != one.label) {
                assertThat(bounds[c]).isGreaterThan(real[c] - 1e-3);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(BoundMethod.class)
    void whatFloat32GetsWrongBehindABatchNormIsNotCertified(BoundMethod method) {
        // The convolution gives 2^24 + 1/2, which float32 rounds to 2^24; the norm takes 2^24 away and scales by 2^10.
        Graph graph = new GraphBuilder(Shape.of(1, 1, 2))
                .add("conv", new Operation.Conv2d(1, 1, 1, 1, 0, true))
                .norm("norm")
                .linear("out", 2)
                .build();
        Weights weights = new Weights(new Architecture(graph));
        weights.matrix(0)[0] = 0.5f;
        weights.biases(0)[0] = 0x1p24f;
        weights.values("norm.running_mean")[0] = 0x1p24f;
        weights.values("norm.running_var")[0] = 1;
        weights.values("norm.weight")[0] = 1024;
        weights.values("out.weight")[0] = 1;
        weights.biases(1)[1] = 10;
        float[] image = {1, 1};
        assertThat(SmallNetworks.lead(SmallGraphs.logits(weights, widened(image)), 0))
                .isGreaterThan(500);
        assertThat(SmallNetworks.lead(SmallGraphs.roundedLogits(weights, widened(image)), 0))
                .isNegative();
        Mask mask = Mask.dense(weights.architecture());
        assertThat(new Certifier(weights, mask)
                        .margins(image, 0, new ThreatModel(Norm.LINF, 0), method)
                        .certified())
                .isFalse();
    }

    /** Certified at most exact at most attacked. */
    @Property(tries = 50)
    void exactVerdictsLieBetweenBoundsAndAttacks(
            @ForAll long seed,
            @ForAll @IntRange(max = SmallGraphs.KINDS - 1) int kind,
            @ForAll @FloatRange(min = 0.01f, max = 0.2f) float epsilon) {
        Case one = new Case(seed, kind, 0.6f);
        ThreatModel threat = new ThreatModel(Norm.LINF, epsilon);
        Verifier verifier = one.verifier();
        int label = verifier.counterexamples().predict(one.image);
        Verification exact = verifier.verify(one.image, label, threat, ExactSettings.nodes(200), () -> false);
        for (BoundMethod method : BoundMethod.values()) {
            if (verifier.certifier().margins(one.image, label, threat, method).certified()) {
                assertThat(exact.decision()).as("certified by %s", method).isEqualTo(Decision.VERIFIED);
            }
        }
        boolean broken = false;
        for (int point = 0; point < 60; point++) {
            double[] moved = CertifierTest.point(one.image, threat, point % 3, one.stream.child(point));
            float[] candidate = new float[moved.length];
            for (int i = 0; i < moved.length; i++) {
                candidate[i] = (float) moved[i];
            }
            broken |= verifier.counterexamples()
                    .judge(one.image, label, threat, candidate)
                    .isPresent();
        }
        if (broken) {
            assertThat(exact.decision()).isNotEqualTo(Decision.VERIFIED);
        }
        exact.counterexample().ifPresent(found -> {
            assertThat(Counterexamples.within(one.image, found, epsilon)).isTrue();
            assertThat(verifier.counterexamples().predict(found)).isNotEqualTo(label);
        });
        if (exact.decision() == Decision.VERIFIED) {
            assertThat(exact.lower()).isPositive();
        }
    }

    @Test
    void aMaskOverAConvolutionBoundsAsZerosDo() {
        for (int kind = 0; kind < SmallGraphs.KINDS; kind++) {
            Case one = new Case(11, kind, 1);
            Weights unpruned = SmallGraphs.weights(one.graph, 1, Stream.root(12));
            Weights zeroed = unpruned.copy();
            zeroed.apply(one.mask);
            Certifier masked = new Certifier(unpruned, one.mask);
            Certifier dense = new Certifier(zeroed, Mask.dense(unpruned.architecture()));
            for (BoundMethod method : BoundMethod.values()) {
                ThreatModel threat = new ThreatModel(Norm.LINF, 0.1f);
                assertThat(masked.margins(one.image, 0, threat, method).lower())
                        .isEqualTo(dense.margins(one.image, 0, threat, method).lower());
            }
        }
    }
}
