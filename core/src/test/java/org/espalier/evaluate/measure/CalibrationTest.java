package org.espalier.evaluate.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    @Test
    void tenAtConfidenceNineTenthsWithEightRight() {
        Calibration.Counter counter = new Calibration.Counter();
        for (int i = 0; i < 10; i++) {
            counter.add(0.9, i < 8, 0, 0);
        }
        Calibration found = counter.result();
        assertThat(found.ece()).isCloseTo(0.1, within(1e-12));
        assertThat(found.mce()).isCloseTo(0.1, within(1e-12));
        assertThat(found.bins()).hasSize(1);
        assertThat(found.correct()).isEqualTo(8);
    }

    @Test
    void twoBinsOfTwoImages() {
        Calibration.Counter counter = new Calibration.Counter();
        counter.add(0.95, true, 0, 0);
        counter.add(0.95, false, 0, 0);
        counter.add(0.55, true, 0, 0);
        counter.add(0.55, false, 0, 0);
        assertThat(counter.result().ece()).isCloseTo(0.25, within(1e-12));
        assertThat(counter.result().mce()).isCloseTo(0.45, within(1e-12));
    }

    @Test
    void binsAreOpenBelowAndClosedAbove() {
        Calibration.Counter counter = new Calibration.Counter(4);
        counter.add(0.25, true, 0, 0);
        counter.add(0.5, true, 0, 0);
        counter.add(0.500001, true, 0, 0);
        counter.add(1, true, 0, 0);
        assertThat(counter.result().bins()).extracting(Calibration.Bin::high).containsExactly(0.25, 0.5, 0.75, 1.0);
    }

    @Test
    void likelihoodAndBrierScoreAreMeans() {
        Calibration.Counter counter = new Calibration.Counter();
        counter.add(new double[] {0.7, 0.2, 0.1}, 0, -Math.log(0.7));
        counter.add(new double[] {0.7, 0.2, 0.1}, 1, -Math.log(0.2));
        Calibration found = counter.result();
        assertThat(found.nll()).isCloseTo(-(Math.log(0.7) + Math.log(0.2)) / 2, within(1e-12));
        assertThat(found.brier()).isCloseTo((0.09 + 0.04 + 0.01 + 0.49 + 0.64 + 0.01) / 2, within(1e-12));
        assertThat(found.correct()).isEqualTo(1);
    }

    /** The probability of the true class is too small for a double here; its logarithm is not. */
    @Test
    void theLikelihoodOfASureMistakeIsFinite() {
        Architecture network = new Architecture(List.of(1, 2), false);
        Weights weights = new Weights(network);
        weights.matrix(0)[0] = 2000;
        Engine engine = Engines.create(network);
        engine.load(weights, Mask.dense(network));
        Split split = new Split("test", 1, new byte[] {(byte) 255}, new int[] {1});
        Calibration found = new CalibrationMeter(engine).measure(split, 1, Optional.empty(), Stream.root(1));
        assertThat(found.nll()).isCloseTo(2000, within(1e-9));
        assertThat(found.correct()).isZero();
    }
}
