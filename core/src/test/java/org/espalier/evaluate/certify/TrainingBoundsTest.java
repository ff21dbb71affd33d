package org.espalier.evaluate.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Engine;
import org.espalier.engine.ops.PanelOps;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

/** The bounds that training minimises against those that certify, and against what inputs really reach. */
class TrainingBoundsTest {
    @Property(tries = 100)
    void theyAreTheCertifiersAndNothingInTheBallBeatsThem(
            @ForAll long seed, @ForAll boolean biases, @ForAll @FloatRange(max = 0.4f) float epsilon) {
        Stream stream = Stream.root(seed);
        Architecture shape = SmallNetworks.shape(stream.child("shape"), biases);
        Weights weights = SmallNetworks.weights(shape, 1.5f, stream);
        Mask mask = SmallNetworks.mask(shape, 0.3 + 0.7 * stream.uniform(0), stream);
        weights.apply(mask);
        float[] image = SmallNetworks.image(shape.inputs(), stream.child("image"));
        int label = stream.below(shape.classes(), 1);
        Certifier certifier = new Certifier(weights, mask);
        ThreatModel threat = new ThreatModel(Norm.LINF, epsilon);
        double[] ibp = certifier.margins(image, label, threat, BoundMethod.IBP).lower();
        double[] crown =
                certifier.margins(image, label, threat, BoundMethod.CROWN_IBP).lower();
        Engine engine = SmallNetworks.engine(weights, mask);
        float[] intervals = worst(engine, image, label, epsilon, 0);
        float[] linear = worst(engine, image, label, epsilon, 1);
        float[] mixed = worst(engine, image, label, epsilon, 0.25f);
        double[] most = mostLeads(weights, image, label, epsilon, stream.child("points"));
        for (int c = 0; c < shape.classes(); c++) {
            if (c == label) {
                assertThat(new float[] {intervals[c], linear[c], mixed[c]}).containsOnly(0f);
                continue;
            }
            double size = 1e-5 * Math.max(1, Math.abs(ibp[c]));
            // The certifier takes off what float32 may err by, unit after unit.
            double slack = 5e-4 * Math.max(1, Math.abs(ibp[c]));
            assertThat((double) -intervals[c]).isBetween(ibp[c] - size, ibp[c] + slack);
            // It keeps the tighter of both, and the linear one alone has no need to be it.
            assertThat((double) Math.max(-intervals[c], -linear[c])).isBetween(crown[c] - size, crown[c] + slack);
            assertThat((double) mixed[c]).isCloseTo(0.75 * intervals[c] + 0.25 * linear[c], within(size));
            assertThat(intervals[c]).isGreaterThanOrEqualTo((float) (most[c] - size));
            assertThat(linear[c]).isGreaterThanOrEqualTo((float) (most[c] - size));
        }
    }

    @Test
    void aLinearModelsWorstCaseIsExact() {
        Architecture shape = new Architecture(List.of(3, 2), true);
        Weights weights = new Weights(shape);
        System.arraycopy(new float[] {1, -2, 0.5f, -1, 1, 0}, 0, weights.matrix(0), 0, 6);
        weights.biases(0)[0] = 0.25f;
        Engine engine = SmallNetworks.engine(weights, Mask.dense(shape));
        float[] image = {0.5f, 0.25f, 0.1f}; // class 1 leads by -2 x0 + 3 x1 - 0.5 x2 - 0.25, and x2 can only fall to 0
        double exact = -2 * (0.5 - 0.125) + 3 * (0.25 + 0.125) - 0.5 * 0 - 0.25;
        for (float share : new float[] {0, 0.5f, 1}) {
            BoundBuffers buffers = bounds(engine, image, 0, 0.125f, share);
            assertThat((double) buffers.marginBounds().get(1, 0)).isCloseTo(exact, within(1e-6));
            double[] loss = new double[1];
            PanelOps.CHOSEN.crossEntropy(buffers.marginBounds(), 0, new int[] {0}, 0, 1, 0, loss, 0);
            // The cross-entropy rises with the other class's lead, so this is the worst loss of the box.
            assertThat(loss[0]).isCloseTo(Math.log1p(Math.exp(exact)), within(1e-6));
        }
    }

    private static float[] worst(Engine engine, float[] image, int label, float epsilon, float share) {
        BoundBuffers buffers = bounds(engine, image, label, epsilon, share);
        float[] worst = new float[engine.architecture().classes()];
        for (int c = 0; c < worst.length; c++) {
            worst[c] = buffers.marginBounds().get(c, 0);
        }
        return worst;
    }

    private static BoundBuffers bounds(Engine engine, float[] image, int label, float epsilon, float share) {
        BoundBuffers buffers = BoundEngine.of(engine).newBoundBuffers(1, share > 0);
        for (int i = 0; i < image.length; i++) {
            buffers.natural().input().set(i, 0, image[i]);
        }
        BoundEngine.of(engine).boundMargins(buffers, epsilon, share, new int[] {label}, 0, 1);
        return buffers;
    }

    /** The most that any class leads the label by at random points, corners, and after gradient steps from each. */
    private static double[] mostLeads(Weights weights, float[] image, int label, float epsilon, Stream stream) {
        double[] most = new double[weights.architecture().classes()];
        java.util.Arrays.fill(most, Double.NEGATIVE_INFINITY);
        for (int point = 0; point < 100; point++) {
            double[] x = new double[image.length];
            for (int i = 0; i < x.length; i++) {
                double u = 2 * stream.child(point).uniform(i) - 1;
                x[i] = clip(image[i] + epsilon * (point % 2 == 0 ? u : Math.signum(u)), image[i], epsilon);
            }
            int rival = (label + 1 + point % (most.length - 1)) % most.length;
            for (int step = 0; step < 5; step++) {
                double[] logits = SmallNetworks.logits(weights, x);
                for (int c = 0; c < most.length; c++) {
                    most[c] = Math.max(most[c], logits[c] - logits[label]);
                }
                double lead = logits[rival] - logits[label];
                double[] next = x.clone();
                for (int i = 0; i < x.length; i++) {
                    double[] moved = x.clone();
                    moved[i] += 1e-6;
                    double[] there = SmallNetworks.logits(weights, moved);
                    double slope = there[rival] - there[label] - lead;
                    next[i] = clip(x[i] + epsilon / 2 * Math.signum(slope), image[i], epsilon);
                }
                x = next;
            }
        }
        return most;
    }

    private static double clip(double x, double centre, double epsilon) {
        return Math.clamp(Math.clamp(x, centre - epsilon, centre + epsilon), 0, 1);
    }
}
