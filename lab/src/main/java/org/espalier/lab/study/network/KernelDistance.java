package org.espalier.lab.study.network;

import java.util.Arrays;
import java.util.List;
import org.espalier.attack.Attack;
import org.espalier.attack.Attacker;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.scores.TangentKernel;

/** How far the tangent kernel of a sparse network is from that of a dense one, in float64. */
final class KernelDistance {
    private final int points;
    private final TangentKernel dense;
    private final TangentKernel sparse;
    private final double[][] inputs;

    /**
     * Of networks from a dense one.
     *
     * @param inputs (point, input)
     */
    KernelDistance(Architecture architecture, Weights weights, double[][] inputs) {
        this.inputs = inputs;
        points = inputs.length;
        dense = new TangentKernel(architecture, points);
        sparse = new TangentKernel(architecture, points);
        dense.forward(weights, inputs);
    }

    /**
     * Distances |K_s - K_t| / |K_t|, in Frobenius norms over all pairs of points and classes. K_t is the kernel of the dense network.
     *
     * @param weights pruned ones are 0
     * @return with K_s over surviving weights and all biases, and with K_s over all weights, pruned ones included
     */
    double[] of(Weights weights, Mask mask) {
        sparse.forward(weights, inputs);
        TangentKernel.Kept kept = new TangentKernel.Kept(mask);
        int classes = mask.architecture().classes();
        double[] wanted = new double[classes * classes];
        double[] surviving = new double[wanted.length];
        double[] all = new double[wanted.length];
        double size = 0;
        double[] squares = new double[2];
        for (int x = 0; x < points; x++) {
            for (int y = x; y < points; y++) {
                dense.of(x, y, wanted);
                sparse.of(x, y, kept, surviving);
                sparse.of(x, y, all);
                int times = x == y ? 1 : 2; // K(y, x) is K(x, y) transposed
                for (int i = 0; i < wanted.length; i++) {
                    size += times * wanted[i] * wanted[i];
                    squares[0] += times * (surviving[i] - wanted[i]) * (surviving[i] - wanted[i]);
                    squares[1] += times * (all[i] - wanted[i]) * (all[i] - wanted[i]);
                }
            }
        }
        return new double[] {Math.sqrt(squares[0] / size), Math.sqrt(squares[1] / size)};
    }

    /**
     * Images of a split, and what an attack makes of them on a network.
     *
     * @param engine with the network
     * @return clean and attacked ones, each (image, input)
     */
    static List<double[][]> points(Engine engine, Split split, Attack attack, Stream noise) {
        int count = split.size();
        int panels = ActivationPanels.panelsFor(count);
        int inputs = engine.architecture().inputs();
        ActivationBuffers buffers = engine.newBuffers(2 * panels * ActivationPanels.LANES);
        int[] order = new int[count];
        Arrays.setAll(order, i -> i);
        engine.ops().loadImages(split, order, 0, count, buffers.input(), 0);
        Attacker attacker = attack.bind(engine, buffers);
        attacker.perturbLoaded(split.labels(), 0, count, noise, 0);
        attacker.fillUnreadInputs(count, noise, 0);
        double[][][] points = new double[2][count][inputs];
        for (int half = 0; half < 2; half++) {
            for (int e = 0; e < count; e++) {
                for (int i = 0; i < inputs; i++) {
                    points[half][e][i] = buffers.input().get(i, half * panels * ActivationPanels.LANES + e);
                }
            }
        }
        return List.of(points[0], points[1]);
    }
}
