package org.espalier.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.UserException;
import org.espalier.attack.Fgsm;
import org.espalier.attack.LabelChoice;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Weights;
import org.espalier.train.Objective;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A learning rate far too large makes accuracy collapse; the guard measures at every update. */
class GuardTest {
    private final Engine engine = MethodCases.loaded(Engines.create(MethodCases.NETWORK));

    private Trainer trainer(Guard.Action action) {
        return trainer(engine, MethodCases.guard(action, 1, 0.2));
    }

    private static Trainer trainer(Engine engine, Guard guard) {
        Objective objective =
                MethodCases.objective(new Fast(2, false, Optional.of(guard)), new Fgsm(0.1, LabelChoice.TRUE));
        return new Trainer(
                engine,
                MethodCases.split(130),
                new TrainingSettings(objective, new OptimizerSettings.Momentum(3, 0.5), 60, 0, 0, 0),
                MethodCases.LEVEL);
    }

    private static Engine fresh() {
        return MethodCases.loaded(Engines.create(MethodCases.NETWORK));
    }

    /** The number of updates after which a guard that measures after each sees the first collapse. */
    private static int collapse() {
        Trainer trainer = trainer(fresh(), MethodCases.guard(Guard.Action.STOP, 1, 0.2));
        while (trainer.news().isEmpty()) {
            trainer.step();
        }
        return trainer.iteration() - 1;
    }

    @ParameterizedTest
    @EnumSource(Guard.Action.class)
    void aCollapseBringsTheWeightsOfTheMeasurementBeforeItBack(Guard.Action action) {
        Trainer trainer = trainer(action);
        List<Weights> before = new ArrayList<>(); // (iteration)
        Optional<String> news = Optional.empty();
        while (news.isEmpty()) {
            assertThat(trainer.iteration()).isLessThan(100);
            before.add(engine.weights());
            trainer.step();
            news = trainer.news();
        }
        int collapsed = trainer.iteration() - 1;
        assertThat(collapsed).isPositive();
        assertThat(news.get()).contains("collapse at iteration " + collapsed).contains("accuracy under pgd fell from");
        assertThat(trainer.news()).isEmpty();
        if (action == Guard.Action.STOP) {
            assertThat(engine.weights()).isEqualTo(before.get(collapsed - 1));
            trainer.runUntil(collapsed + 20);
            assertThat(trainer.iteration()).isEqualTo(collapsed + 20);
            assertThat(engine.weights()).isEqualTo(before.get(collapsed - 1));
        } else {
            assertThat(engine.weights()).isNotEqualTo(before.get(collapsed - 1));
            assertThat(engine.weights()).isNotEqualTo(before.get(collapsed));
        }
    }

    /** Training ends with the update that collapses, before the next measurement would come. */
    @ParameterizedTest
    @EnumSource(Guard.Action.class)
    void aCollapseInTheLastIntervalIsSeenAtTheEnd(Guard.Action action) {
        int last = collapse();
        assertThat(last).isGreaterThan(1);
        Trainer trainer = trainer(engine, MethodCases.guard(action, last - 1, 0.2));
        trainer.runUntil(last - 1);
        Weights before = engine.weights();
        trainer.step();
        assertThat(trainer.news()).isEmpty();
        assertThat(engine.weights()).isNotEqualTo(before);
        trainer.end();
        assertThat(trainer.news().orElseThrow()).contains("collapse at iteration " + last);
        assertThat(engine.weights()).isEqualTo(before);
        trainer.end(); // as after a resumed end
        assertThat(engine.weights()).isEqualTo(before);
    }

    @Test
    void withoutTheMeasurementAtTheEndTheCollapseIsKept() {
        int last = collapse();
        Trainer trainer = trainer(
                engine,
                new Guard(Guard.Images.TRAINING_BATCH, OptionalInt.of(last - 1), 0.2, 5, Guard.Action.STOP, 10, false));
        trainer.runUntil(last);
        Weights after = engine.weights();
        trainer.end();
        assertThat(trainer.news()).isEmpty();
        assertThat(engine.weights()).isEqualTo(after);
    }

    @Test
    void itNeedsTheImagesThatItMeasures() {
        Guard guard = new Guard(Guard.Images.VALIDATION, OptionalInt.empty(), 0.2, 5, Guard.Action.STOP, 10, true);
        Objective objective =
                MethodCases.objective(new Fast(1.25, true, Optional.of(guard)), new Fgsm(0.1, LabelChoice.TRUE));
        TrainingSettings settings = new TrainingSettings(objective, new OptimizerSettings.Adam(1e-2), 60, 0, 0, 0);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> new Trainer(engine, MethodCases.split(130), settings, MethodCases.LEVEL))
                .withMessageContaining("measures validation images, expected some or images: training-batch");
        Trainer trainer = new Trainer(
                engine, MethodCases.split(130), Optional.of(MethodCases.split(70)), settings, MethodCases.LEVEL);
        trainer.runUntil(4);
        assertThat(Objects.requireNonNull(trainer.state().objective().get("guard.state"))[3])
                .isEqualTo(70);
    }
}
