package org.espalier.train.method;

import java.util.OptionalInt;
import org.espalier.setting.Setting;

/**
 * The guard against catastrophic overfitting of Wong, Rice and Kolter's code: accuracy under a short PGD attack, measured at intervals; a
 * fall from one measurement to the next by more than {@code drop} is a collapse, and the weights of the measurement before
 * it are taken again. The published guard stops, and measures the first batch of the epoch just trained; {@code training-batch} here
 * is the batch of the next update.
 */
public record Guard(
        @Setting(
                value = "images to measure: validation: the first 1000 validation images, or training-batch: the batch"
                        + " of the update",
                preset = "validation")
        Images images,

        @Setting(value = "updates between measurements; an epoch if not given", min = 1)
        OptionalInt every,

        @Setting(value = "fall in accuracy that counts as a collapse", preset = "0.2", min = 0, max = 1, below = true)
        double drop,

        @Setting(value = "steps of the attack that measures; each is a quarter of epsilon", preset = "5", min = 1)
        int steps,

        @Setting(
                value = "after a collapse, from the weights before it: stop: train no further; rollback: train on;"
                        + " switch-to-pgd: train on against pgd",
                preset = "stop")
        Action action,

        @Setting(value = "steps of the pgd to switch to; each is a quarter of epsilon", preset = "10", min = 1)
        int switchSteps,

        @Setting(
                value =
                        "whether what the last update leaves is measured too, so that no collapse of the last interval is kept",
                preset = "true")
        boolean atEnd) {
    /** Images that a guard measures. */
    public enum Images {
        VALIDATION,
        TRAINING_BATCH
    }

    /** What follows a collapse. */
    public enum Action {
        STOP,
        ROLLBACK,
        SWITCH_TO_PGD
    }
}
