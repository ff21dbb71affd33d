package org.espalier.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.fixtures.MaskTrainings.NETWORK;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.espalier.dynamic.Distribution;
import org.espalier.dynamic.FlyingBird;
import org.espalier.dynamic.FlyingBirdPlus;
import org.espalier.dynamic.Growth;
import org.espalier.dynamic.RandomNodes;
import org.espalier.dynamic.Rigl;
import org.espalier.dynamic.Snfs;
import org.espalier.dynamic.SparseEvolution;
import org.espalier.dynamic.early.EarlyBird;
import org.espalier.dynamic.early.EarlyRestart;
import org.espalier.dynamic.early.EarlySearch;
import org.espalier.dynamic.early.MaskedParts;
import org.espalier.dynamic.early.RobustBird;
import org.espalier.dynamic.phases.InverseInheritance;
import org.espalier.dynamic.phases.MixedPruningInTraining;
import org.espalier.dynamic.phases.PruningInTraining;
import org.espalier.dynamic.phases.TicketChoice;
import org.espalier.dynamic.phases.UnitsInTraining;
import org.espalier.engine.Engine;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingState;
import org.espalier.train.mask.MaskRule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every rule that changes the mask obeys. */
class AllRulesTest {
    private static final int ITERATIONS = 24;

    static Stream<MaskRule> rules() {
        return Stream.of(
                new Rigl(0.3, Distribution.ERK, 5, 0.3, 0.75),
                new Rigl(0.1, Distribution.UNIFORM, 5, 0.3, 0.75), // with inputs that no weight reads
                new SparseEvolution(0.3, Distribution.UNIFORM, OptionalInt.empty(), 0.3, true, 0.1),
                new Snfs(0.3, Distribution.ERK, 5, 0.3, 0.75, 0.9),
                new FlyingBird(0.3, Distribution.IGQ, Growth.GRADIENT, 0.5, 0.005, 4, 6),
                new FlyingBirdPlus(
                        0.3, Distribution.UNIFORM, Growth.RANDOM, 0.3, 0.1, 4, 4, 0.5, 0.4, 1.05, 50, 0.1, 0.05, 2),
                new EarlyBird(
                        0.3,
                        0.2,
                        Optional.empty(),
                        3,
                        OptionalInt.of(3),
                        0.6,
                        EarlySearch.OBJECTIVE,
                        EarlyRestart.ORIGINAL,
                        MaskedParts.WEIGHTS,
                        0),
                new RobustBird(
                        0.3,
                        1,
                        Optional.of(0.001),
                        3,
                        OptionalInt.of(3),
                        0.6,
                        EarlySearch.NATURAL,
                        EarlyRestart.CONTINUED,
                        MaskedParts.WEIGHTS,
                        0),
                new EdgePopup(0.3, Distribution.UNIFORM, 0.7, 0.1, 0.9, 1e-4, FineTuning.REDRAWN, true),
                new EdgePopup(0.3, Distribution.ERK, 1, 0.1, 0.9, 1e-4, FineTuning.INHERITED, false),
                new Hydra(0.3, Distribution.UNIFORM, 0.4, 0.3, 0.1, 0.9, 1e-4, 0.1),
                new Harp(0.3, 0.1, 0.4, 0.1, 0.3, 0.5, 0.1, 0.9, 5e-4, 0.1),
                new Movement(0.3, Distribution.UNIFORM, 0.01, 0.1, 0.2),
                new MovementThreshold(0.5, 0.05, 20, 1, 0.1, 0.2),
                new RandomNodes(0.4, 3, 30),
                new PruningInTraining(0.3, 3, 0.05, 0.1, 20, 2),
                new UnitsInTraining(0.3, 3, 0.05, 0.1, 20, 2),
                new MixedPruningInTraining(0.3, 3, 0.05, 0.1, 20, 2),
                new InverseInheritance(0.3, Distribution.UNIFORM, TicketChoice.LARGEST, 0.3, 0.3, 0.5),
                new InverseInheritance(0.3, Distribution.ERK, TicketChoice.RANDOM, 0.3, 0.3, 0),
                new NeuralTangentTransfer(0.3, Distribution.ERK, 0.5, 0.001, 1e-4, 0.01, 5),
                new TangentTransfer(0.3, Distribution.ERK, 0.5, 2, 0.01, 0.001, 1e-4, 0.01, 5),
                new AdversarialTangents(0.3, Distribution.UNIFORM, 0.5, 1, 0.01, 0.001, 1e-4, 0.01, 0.3, 0.1, 2, 5));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void trainingGoesOnToTheSameBitsFromAnyUpdate(MaskRule rule) {
        Trainer whole = MaskTrainings.trainer(MaskTrainings.engine(rule, KernelMode.AUTO), rule, ITERATIONS);
        whole.runUntil(ITERATIONS);
        TrainingState expected = whole.state();
        Trainer going = MaskTrainings.trainer(MaskTrainings.engine(rule, KernelMode.AUTO), rule, ITERATIONS);
        for (int stop = 1; stop < ITERATIONS; stop++) {
            going.runUntil(stop);
            Trainer next = MaskTrainings.trainer(MaskTrainings.engine(rule, KernelMode.AUTO), rule, ITERATIONS);
            next.resume(going.state(), going.mask(), going.maskState());
            assertThat(next.mask()).as("update %d", stop).isEqualTo(going.mask());
            assertThat(next.maskState()).as("update %d", stop).isEqualTo(going.maskState());
            going = next;
        }
        going.runUntil(ITERATIONS);
        assertThat(going.state()).isEqualTo(expected);
        assertThat(going.mask()).isEqualTo(whole.mask());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void kernelsChangeNoBit(MaskRule rule) {
        Trainer sparse = MaskTrainings.trainer(MaskTrainings.engine(rule, KernelMode.SPARSE), rule, ITERATIONS);
        Trainer dense = MaskTrainings.trainer(MaskTrainings.engine(rule, KernelMode.DENSE), rule, ITERATIONS);
        sparse.runUntil(ITERATIONS);
        dense.runUntil(ITERATIONS);
        assertThat(sparse.state()).isEqualTo(dense.state());
        assertThat(sparse.mask()).isEqualTo(dense.mask());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void prunedWeightsAndTheirMomentsAreZeroAfterEveryUpdate(MaskRule rule) {
        Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, rule, ITERATIONS);
        boolean changed = false;
        for (int update = 0; update < ITERATIONS; update++) {
            Mask before = trainer.mask();
            trainer.step();
            Mask mask = trainer.mask();
            changed |= !mask.equals(before);
            for (Weights each : new Weights[] {engine.weights(), engine.moment(0), engine.moment(1)}) {
                Weights kept = each.copy();
                kept.apply(mask);
                assertThat(kept).as("update %d", update).isEqualTo(each);
            }
            if (rule.constantDensity()) {
                assertThat(mask.count()).isEqualTo(before.count());
            }
        }
        assertThat(changed).isTrue();
        if (rule instanceof InverseInheritance) {
            assertThat(trainer.mask().count()).isEqualTo(NETWORK.weights()); // the dense network that inherits
            return;
        }
        if (rule instanceof MovementThreshold) {
            assertThat(trainer.mask().count()).isBetween(3, NETWORK.weights() - 1); // training finds the density
            return;
        }
        assertThat(trainer.mask().count())
                .isBetween((int) (0.09 * NETWORK.weights()), (int) Math.ceil(0.31 * NETWORK.weights()));
    }
}
