package org.espalier.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.attack.Fgsm;
import org.espalier.attack.LabelChoice;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.network.Weights;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;
import org.espalier.train.TrainingState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every method: bits, resuming, pruned weights. */
class MethodTest {
    private static final int UPDATES = 12; // of batches of 60, 60 and 10 images

    static Stream<String> methods() {
        return MethodCases.all().keySet().stream();
    }

    private static Trainer trainer(String method, KernelMode kernels) {
        return trainer(method, MethodCases.loaded(Engines.create(MethodCases.NETWORK, kernels)));
    }

    private static Trainer trainer(String method, Engine engine) {
        Objective objective = Objects.requireNonNull(MethodCases.all().get(method));
        return new Trainer(
                engine,
                MethodCases.split(130),
                new TrainingSettings(objective, new OptimizerSettings.Adam(1e-2), 60, 0.1, 1e-3, 1e-3),
                MethodCases.LEVEL);
    }

    private static void assertSame(TrainingState found, TrainingState expected) {
        assertThat(found.iteration()).isEqualTo(expected.iteration());
        assertThat(found.weights()).isEqualTo(expected.weights());
        assertThat(found.firstMoment()).isEqualTo(expected.firstMoment());
        assertThat(found.secondMoment()).isEqualTo(expected.secondMoment());
        assertThat(found.objective().keySet()).isEqualTo(expected.objective().keySet());
        expected.objective()
                .forEach((name, values) ->
                        assertThat(found.objective().get(name)).containsExactly(values));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void resumingAtAnyIterationGivesTheSameBits(String method) {
        Trainer whole = trainer(method, KernelMode.AUTO);
        Trainer checked = trainer(method, KernelMode.AUTO);
        whole.runUntil(UPDATES);
        for (int iteration = 0; iteration < UPDATES; iteration++) {
            checked.runUntil(iteration);
            Trainer resumed = trainer(method, KernelMode.AUTO);
            resumed.resume(checked.state());
            resumed.runUntil(UPDATES);
            assertSame(resumed.state(), whole.state());
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void denseAndSparseKernelsGiveTheSameBits(String method) {
        Trainer dense = trainer(method, KernelMode.DENSE);
        Trainer sparse = trainer(method, KernelMode.SPARSE);
        dense.runUntil(UPDATES);
        sparse.runUntil(UPDATES);
        assertSame(sparse.state(), dense.state());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void prunedWeightsStayExactlyZeroAndSoDoTheirMoments(String method) {
        Trainer trainer = trainer(method, KernelMode.AUTO);
        trainer.runUntil(UPDATES);
        TrainingState state = trainer.state();
        Weights start = MethodCases.start();
        int moved = 0;
        for (int layer = 0; layer < MethodCases.NETWORK.layers(); layer++) {
            for (int i = 0; i < MethodCases.NETWORK.weights(layer); i++) {
                if (MethodCases.half().keeps(layer, i)) {
                    moved += state.weights().matrix(layer)[i] != start.matrix(layer)[i] ? 1 : 0;
                } else {
                    assertThat(Float.floatToRawIntBits(state.weights().matrix(layer)[i]))
                            .isZero();
                    assertThat(state.firstMoment().matrix(layer)[i]).isZero();
                    assertThat(state.secondMoment().matrix(layer)[i]).isZero();
                }
            }
        }
        // The guard of that case stops at its second measurement and goes back to the start.
        assertThat(moved > 0).isEqualTo(!method.equals("fast-STOP"));
    }

    @Test
    void methodsRefuseWhatTheyCannotUse() {
        ObjectiveContext none = new ObjectiveContext(Optional.empty(), 1, 0);
        for (Record settings :
                new Record[] {new Trades(1, 0.001), new Mart(5), new Free(8, Optional.empty()), new NoiseFgsm(2, 1)}) {
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> ObjectiveKind.of(settings, none))
                    .withMessageContaining("has no attack, expected one");
        }
        ObjectiveContext fgsm = MethodCases.context(new Fgsm(0.1, LabelChoice.TRUE), 0.5);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> ObjectiveKind.of(new Trades(1, 0.001), fgsm))
                .withMessage("method trades has an attack of kind fgsm, expected one of kind pgd");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> ObjectiveKind.of(new GaussianNoise(0.25), fgsm))
                .withMessage("method gaussian has an attack, expected none");
    }
}
