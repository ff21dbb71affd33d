package org.espalier.attack;

import java.util.List;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** A network with a unit for each of its 20 inputs. A unit is on where its input is above 0.28; five of them change the class. */
public final class SleepingUnits {
    public static final int INPUTS = 20;

    private SleepingUnits() {}

    public static Engine engine() {
        Architecture shape = new Architecture(List.of(INPUTS, INPUTS, 2), true);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(shape, Stream.root(1));
        for (int i = 0; i < INPUTS; i++) {
            for (int j = 0; j < INPUTS; j++) {
                weights.matrix(0)[i * INPUTS + j] = i == j ? 1 : 0;
            }
            weights.biases(0)[i] = -0.28f;
            weights.matrix(1)[i] = 0;
            weights.matrix(1)[INPUTS + i] = 1;
        }
        weights.biases(1)[0] = 0.09f;
        weights.biases(1)[1] = 0;
        Engine engine = Engines.create(shape);
        engine.load(weights, Mask.dense(shape));
        return engine;
    }
}
