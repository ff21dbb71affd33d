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
        Objective objective = MethodCases.objective(
                new Fast(2, false, Optional.of(MethodCases.guard(action, 1, 0.2))), new Fgsm(0.1, LabelChoice.TRUE));
        return new Trainer(
                engine,
                MethodCases.split(130),
                new TrainingSettings(objective, new OptimizerSettings.Momentum(3, 0.5), 60, 0, 0, 0),
                MethodCases.LEVEL);
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

    @Test
    void itNeedsTheImagesThatItMeasures() {
        Guard guard = new Guard(Guard.Images.VALIDATION, OptionalInt.empty(), 0.2, 5, Guard.Action.STOP, 10);
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
