package org.espalier.prune.criterion;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.espalier.data.Split;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.Pruner;
import org.espalier.prune.PruningContext;
import org.espalier.prune.PruningResources;
import org.espalier.prune.Scope;
import org.espalier.random.Stream;

/** Small networks, data and prunings of them. */
final class Cases {
    static final Stream STREAM = Stream.root(11);
    static final Architecture SMALL = new Architecture(List.of(6, 5, 4, 3), true);

    private Cases() {}

    static Weights weights(Architecture network) {
        Weights weights = InitialWeights.KAIMING_NORMAL.draw(network, STREAM.child("weights"));
        for (int layer = 0; layer < network.layers(); layer++) {
            for (int o = 0; o < weights.biases(layer).length; o++) {
                weights.biases(layer)[o] = STREAM.child("biases").child(layer).uniform(o) - 0.5f;
            }
        }
        return weights;
    }

    /** Random images of random classes. */
    static Split data(int features, int classes, int images) {
        byte[] pixels = new byte[images * features];
        int[] labels = new int[images];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) STREAM.child("pixels").below(256, i);
        }
        for (int i = 0; i < images; i++) {
            labels[i] = STREAM.child("labels").below(classes, i);
        }
        return new Split("train", features, pixels, labels);
    }

    static PruningContext.Origin origin(Weights initial) {
        return new PruningContext.Origin(
                () -> initial, stream -> InitialWeights.KAIMING_NORMAL.draw(initial.architecture(), stream));
    }

    static PruningResources resources(Architecture network, PruningResources.Loss loss) {
        return new PruningResources(
                () -> Engines.create(network), data(network.inputs(), network.classes(), 120), loss);
    }

    static Mask prune(Criterion criterion, Scope scope, Weights weights, double fraction) {
        return prune(criterion, scope, weights, fraction, PruningResources.Loss.NATURAL, STREAM);
    }

    static Mask prune(
            Criterion criterion,
            Scope scope,
            Weights weights,
            double fraction,
            PruningResources.Loss loss,
            Stream stream) {
        Architecture network = weights.architecture();
        return new Pruner(criterion, scope, CountingRule.EXACT)
                .prune(
                        Mask.dense(network),
                        weights,
                        java.util.Collections.nCopies(network.layers(), fraction),
                        stream,
                        Optional.of(resources(network, loss)),
                        Optional.of(origin(weights)));
    }

    /** Runs a check inside a pruning, where a context is there. */
    interface Check {
        void with(PruningContext context);
    }

    /** Asks a check in the place of a criterion with the same needs. */
    static void inside(Criterion criterion, Weights weights, PruningResources.Loss loss, Check check) {
        Criterion probe = new Criterion() {
            @Override
            public String name() {
                return criterion.name();
            }

            @Override
            public java.util.Set<org.espalier.prune.Need> needs() {
                return criterion.needs();
            }

            @Override
            public float[] scores(PruningContext context, int layer) {
                if (layer == 0) {
                    check.with(context);
                }
                return new float[weights.matrix(layer).length];
            }
        };
        prune(probe, Scope.LAYER, weights, 0, loss, STREAM);
    }

    static BitSet[] survivors(Mask mask) {
        BitSet[] survivors = new BitSet[mask.architecture().layers()];
        for (int layer = 0; layer < survivors.length; layer++) {
            survivors[layer] = mask.survivors(layer);
        }
        return survivors;
    }
}
