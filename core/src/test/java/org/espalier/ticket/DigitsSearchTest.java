package org.espalier.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.attack.Attack;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.DataProgress;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.EvaluationSchedule;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Measurement;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Weights;
import org.espalier.prune.Pruner;
import org.espalier.train.Objective;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The whole core at work on real digits, small. */
class DigitsSearchTest {
    private static final Architecture NETWORK = Architecture.of(784, List.of(32), 10, false);
    private static final Trial TRIAL = Trial.of(1, 1);
    private static final Attack PGD = new Pgd(0.1f, 0.03f, 5, true, 1, KeptIterate.LAST, LabelChoice.TRUE);
    private static final int ITERATIONS = 120;

    private static Split training;
    private static Split test;

    @BeforeAll
    static void load() {
        Split all = DataSets.load("digits", Optional.empty(), DataProgress.NONE).train();
        training = part(all, "train", 0, 2000);
        test = part(all, "test", 2000, 2500);
    }

    @Test
    void aSearchLearnsDigitsAndItsTicketsKeepTheAccuracy() {
        List<Measurement> measured = search(new Objective.Natural(), new Restart.Original(), 3);
        assertThat(measured).hasSize(4 * 2 * 2); // levels, moments, natural and attacked
        for (int level = 0; level < 4; level++) {
            Measurement natural = measured.get(level * 4 + 2);
            Measurement attacked = measured.get(level * 4 + 3);
            assertThat(natural.iteration()).isEqualTo(ITERATIONS);
            assertThat(natural.accuracy()).isGreaterThan(0.8);
            assertThat(attacked.accuracy()).isLessThan(natural.accuracy() - 0.3);
            assertThat(attacked.loss()).isGreaterThan(natural.loss());
        }
    }

    @Test
    void adversarialTrainingWithstandsTheAttackThatBreaksNaturalTraining() {
        Measurement natural =
                search(new Objective.Natural(), new Restart.Original(), 0).getLast();
        Measurement robust = search(new Objective.Adversarial(0.5, PGD), new Restart.Original(), 0)
                .getLast();
        assertThat(robust.accuracy()).isGreaterThan(natural.accuracy() + 0.2);
    }

    @Test
    void theSnapshotIsTheWeightsAtThatIterationAndLeavesTrainingAsItIs() {
        TicketSearch search = ticketSearch(new Restart.Rewind(7), 1);
        TrainingRunner runner = runner(new Objective.Natural(), TrainingRunner.Observer.none());
        LevelOutcome with = runner.run(search.first(), search.snapshotIteration());
        LevelOutcome without = runner.run(search.first(), OptionalInt.empty());
        assertThat(with.trained()).isEqualTo(without.trained());
        assertThat(without.snapshot()).isNull();

        Engine engine = Engines.create(NETWORK);
        engine.load(search.first().start(), search.first().mask());
        Trainer trainer = new Trainer(engine, training, settings(new Objective.Natural()), TRIAL.level(0));
        trainer.runUntil(7);
        Weights rewound = engine.weights();
        assertThat(with.snapshot())
                .isEqualTo(rewound)
                .isNotEqualTo(search.first().start());
        Level next = search.next(search.first(), with.trained(), with);
        rewound.apply(next.mask());
        assertThat(next.start()).isEqualTo(rewound);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> runner.run(search.first(), OptionalInt.of(ITERATIONS + 1)))
                .withMessageContaining("to rewind to");
    }

    private static List<Measurement> search(Objective objective, Restart restart, int levels) {
        LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put("pgd", PGD);
        TrainingRunner.Observer observer =
                TrainingRunner.Observer.measuring(TRIAL, new EvaluationSettings(attacks), test);
        return ticketSearch(restart, levels).run(runner(objective, observer)).stream()
                .flatMap(level -> level.measurements().stream())
                .toList();
    }

    private static TicketSearch ticketSearch(Restart restart, int levels) {
        return new TicketSearch(
                NETWORK,
                InitialWeights.GLOROT_UNIFORM,
                TRIAL,
                restart,
                new PruningSchedule(List.of(0.2, 0.1), levels),
                Pruner.PAPER);
    }

    private static TrainingRunner runner(Objective objective, TrainingRunner.Observer observer) {
        return new TrainingRunner(
                Engines.create(NETWORK),
                TRIAL,
                training,
                settings(objective),
                ITERATIONS,
                new EvaluationSchedule.Every(ITERATIONS),
                observer);
    }

    private static TrainingSettings settings(Objective objective) {
        return new TrainingSettings(objective, new OptimizerSettings.Adam(3e-3), 60, 0, 0, 0);
    }

    private static Split part(Split all, String name, int from, int to) {
        return all.part(name, from, to);
    }
}
