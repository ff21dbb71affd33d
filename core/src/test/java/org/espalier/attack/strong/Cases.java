package org.espalier.attack.strong;

import java.util.BitSet;
import java.util.List;
import org.espalier.data.ImageShape;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** Random networks and examples for tests. */
public final class Cases {
    private Cases() {}

    /** A random network with random biases if it has any; each weight survives with probability {@code density}. */
    public static Engine engine(List<Integer> widths, boolean biases, double density, int seed) {
        return load(Engines.create(new Architecture(widths, biases)), density, seed);
    }

    /** The same network in float64. */
    static Engine reference(List<Integer> widths, boolean biases, double density, int seed) {
        return load(new ReferenceEngine(new Architecture(widths, biases)), density, seed);
    }

    private static Engine load(Engine engine, double density, int seed) {
        Architecture architecture = engine.architecture();
        Stream stream = Stream.root(seed).child("network");
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, stream.child("weights"));
        BitSet[] kept = new BitSet[architecture.layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            float[] bias = weights.biases(layer);
            for (int o = 0; o < bias.length; o++) {
                bias[o] = 0.4f * stream.child("biases").child(layer).uniform(o) - 0.2f;
            }
            kept[layer] = new BitSet();
            for (int i = 0; i < architecture.weights(layer); i++) {
                kept[layer].set(i, stream.child("mask").child(layer).uniform(i) < density);
            }
        }
        engine.load(weights, Mask.of(architecture, kept));
        return engine;
    }

    /** Inputs in [0, 1], a quarter of them exactly 0 and a few exactly 1, with the classes that the network gives them. */
    public static Examples examples(Engine engine, int count, int seed) {
        int inputs = engine.architecture().inputs();
        Stream stream = Stream.root(seed).child("examples");
        float[][] clean = new float[count][inputs];
        long[] numbers = new long[count];
        for (int e = 0; e < count; e++) {
            for (int f = 0; f < inputs; f++) {
                float value = stream.child(e).uniform(f);
                clean[e][f] = value < 0.25f ? 0f : value > 0.9f ? 1f : value;
            }
            numbers[e] = e;
        }
        return new Examples(clean, classes(engine, clean), numbers);
    }

    public static int[] classes(Engine engine, float[][] inputs) {
        Target target = Cases.target(engine);
        int[] classes = new int[inputs.length];
        for (int first = 0; first < inputs.length; first += Target.CAPACITY) {
            int count = Math.min(Target.CAPACITY, inputs.length - first);
            target.forward(target.pack(inputs, first, count));
            for (int e = 0; e < count; e++) {
                classes[first + e] = target.prediction(e);
            }
        }
        return classes;
    }

    /** An engine's network as a target; inputs are a square image where their number is a square, else one row. */
    public static Target target(Engine engine) {
        int inputs = engine.architecture().inputs();
        int side = (int) Math.round(Math.sqrt(inputs));
        return new Target(engine, side * side == inputs ? new ImageShape(side, side) : new ImageShape(1, inputs));
    }

    /** Whether an input is given another class than its own, or is tied with one. */
    public static boolean fooled(Engine engine, float[] input, int label) {
        Target target = target(engine);
        target.forward(target.pack(new float[][] {input}, 0, 1));
        return target.fooled(0, label);
    }
}
