package org.espalier.train.method;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.attack.Attack;
import org.espalier.attack.Fgsm;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;
import org.espalier.train.Ramp;
import org.espalier.train.dropout.SquaredError;
import org.espalier.train.dropout.UnitDropout;

/** A small network, images and one objective of each method. */
public final class MethodCases {
    static final Architecture NETWORK = new Architecture(List.of(6, 8, 3), true);
    public static final Stream LEVEL = Stream.root(4).child("level");
    static final Pgd PGD = new Pgd(0.1, 0.05, 3, true, 1, KeptIterate.LAST, LabelChoice.TRUE);

    private MethodCases() {}

    public static ObjectiveContext context(Attack attack, double share) {
        return new ObjectiveContext(Optional.of(attack), share, 0, new Ramp(1, 4, Ramp.Shape.LINEAR));
    }

    static Objective objective(Record settings, Attack attack) {
        return ObjectiveKind.of(settings, context(attack, 0.25));
    }

    static Guard guard(Guard.Action action, int every, double drop) {
        return new Guard(Guard.Images.TRAINING_BATCH, OptionalInt.of(every), drop, 5, action, 4, true);
    }

    static Map<String, Objective> all() {
        Fgsm fgsm = new Fgsm(0.1, LabelChoice.TRUE);
        Map<String, Objective> all = new LinkedHashMap<>();
        all.put("trades", objective(new Trades(6, 0.001), PGD));
        all.put("mart", objective(new Mart(5), PGD));
        all.put("awp", objective(new Awp(0.05, 2, Awp.Losses.ADVERSARIAL, Optional.empty()), fgsm));
        all.put("awp-trades", objective(new Awp(0.05, 0, Awp.Losses.TRADES, Optional.of(6.0)), PGD));
        all.put("free", objective(new Free(3, Optional.empty()), PGD));
        all.put("fast", objective(new Fast(1.25, true, Optional.empty()), fgsm));
        for (Guard.Action action : Guard.Action.values()) {
            // So small a fall comes at once, so that the action is part of the case.
            all.put("fast-" + action, objective(new Fast(1.25, true, Optional.of(guard(action, 2, 0))), fgsm));
        }
        all.put("n-fgsm", objective(new NoiseFgsm(2, 1), fgsm));
        all.put("gaussian", ObjectiveKind.of(new GaussianNoise(0.25), new ObjectiveContext(Optional.empty(), 1, 0)));
        ObjectiveContext clean = new ObjectiveContext(Optional.empty(), 1, 0);
        all.put("dropout", ObjectiveKind.of(new UnitDropout(0.3), clean));
        for (SquaredError.Derivative derivative : SquaredError.Derivative.values()) {
            all.put("squared-error-" + derivative, ObjectiveKind.of(new SquaredError(0.4, derivative), clean));
        }
        all.put("tscnc-style", objective(new SparsityCondition(0.1, 100, 0.05, 2), PGD));
        return all;
    }

    public static Split split(int size) {
        byte[] pixels = new byte[size * 6];
        int[] labels = new int[size];
        Stream stream = Stream.root(9);
        for (int i = 0; i < size; i++) {
            labels[i] = i % 3;
            for (int f = 0; f < 6; f++) {
                pixels[6 * i + f] = (byte) (stream.below(160, 6L * i + f) + (f / 2 == i % 3 ? 95 : 0));
            }
        }
        return new Split("train", 6, pixels, labels);
    }

    static Mask half() {
        byte[][] keeps = new byte[NETWORK.layers()][];
        for (int layer = 0; layer < keeps.length; layer++) {
            keeps[layer] = new byte[NETWORK.weights(layer)];
            for (int i = 0; i < keeps[layer].length; i++) {
                keeps[layer][i] = (byte) (Stream.root(3).child(layer).below(2, i));
            }
        }
        return Mask.of(NETWORK, keeps);
    }

    static Weights start() {
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(NETWORK, Stream.root(5));
        for (int layer = 0; layer < NETWORK.layers(); layer++) {
            for (int o = 0; o < NETWORK.outputs(layer); o++) {
                weights.biases(layer)[o] = Stream.root(6).child(layer).uniform(o) - 0.4f; // no unit on ReLU's corner
            }
        }
        return weights;
    }

    static Engine loaded(Engine engine) {
        engine.load(start(), half());
        return engine;
    }
}
