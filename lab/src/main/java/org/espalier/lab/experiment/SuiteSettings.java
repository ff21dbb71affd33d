package org.espalier.lab.experiment;

import java.util.List;
import org.espalier.attack.KeptIterate;

/**
 * A suite of attacks of one's own. The records here are the settings of a suite file; docs/guides/robustness.md describes them.
 *
 * @param name the suite's name, for tables and directories
 * @param survivorsOnly whether each attack sees only what those before it left
 * @param attacks the attacks, in order
 */
public record SuiteSettings(
        @Setting(value = "name of the suite", preset = "own", pattern = Names.PATTERN, form = Names.FORM)
        String name,

        @Setting(value = "whether each attack sees only the images that those before it left", preset = "true")
        boolean survivorsOnly,

        @Setting(value = "attacks, in order", minItems = 1, preset = "[]")
        List<AttackKind> attacks) {
    /** An attack and its settings; the threat model is the evaluation's. */
    public sealed interface AttackKind {
        /** One signed step from the clean image. */
        @Kind("fgsm")
        record Fgsm() implements AttackKind {}

        /** Projected gradient steps of one size. */
        @Kind("pgd")
        record Pgd(
                @Setting(value = "steps of one restart", preset = "40", min = 1, max = 100_000)
                int iterations,

                @Setting(value = "size of a step, as a multiple of epsilon", preset = "0.0625", min = 0, above = true)
                double step,

                @Setting(value = "momentum (MI-FGSM), 0 for none", preset = "0", min = 0, max = 1)
                double momentum,

                @Setting(value = "whether to start from noise in the ball", preset = "true")
                boolean randomStart,

                @Setting(value = "independent runs, each on what is left", preset = "1", min = 1, max = 10_000)
                int restarts,

                @Setting(value = "which iterate of a run counts", preset = "best")
                KeptIterate keep)
                implements AttackKind {}

        /** Auto-PGD. */
        @Kind("apgd")
        record Apgd(
                @Setting(value = "what is climbed", preset = "ce")
                ApgdLoss loss,

                @Setting(value = "gradient steps of one run", preset = "100", min = 1, max = 100_000)
                int iterations,

                @Setting(value = "independent runs, each on what is left", preset = "1", min = 1, max = 10_000)
                int restarts,

                @Setting(value = "target classes, of a targeted loss", preset = "9", min = 1, max = 1_000_000)
                int targets)
                implements AttackKind {}

        /** FAB-T. */
        @Kind("fab")
        record Fab(
                @Setting(value = "steps of one run", preset = "100", min = 1, max = 100_000)
                int iterations,

                @Setting(value = "independent runs", preset = "1", min = 1, max = 10_000)
                int restarts,

                @Setting(value = "target classes", preset = "9", min = 1, max = 1_000_000)
                int targets,

                @Setting(
                        value =
                                "whether an image is done once it is broken within epsilon; false finds least distances",
                        preset = "true")
                boolean stopAtRadius)
                implements AttackKind {}

        /** Square. */
        @Kind("square")
        record Square(
                @Setting(value = "queries for each image", preset = "5000", min = 1, max = 10_000_000)
                int queries,

                @Setting(
                        value = "share of the image that the first squares cover",
                        preset = "0.8",
                        min = 0,
                        above = true,
                        max = 1)
                double pInit,

                @Setting(value = "independent runs, each on what is left", preset = "1", min = 1, max = 10_000)
                int restarts)
                implements AttackKind {}

        /** Carlini and Wagner's L2 attack. */
        @Kind("cw")
        record CarliniWagner(
                @Setting(value = "searches for the trade-off constant", preset = "9", min = 1, max = 100)
                int searches,

                @Setting(value = "steps of each search", preset = "1000", min = 1, max = 100_000)
                int iterations)
                implements AttackKind {}

        /** DeepFool. */
        @Kind("deepfool")
        record DeepFool(
                @Setting(value = "steps", preset = "50", min = 1, max = 100_000)
                int iterations) implements AttackKind {}

        /** FMN. */
        @Kind("fmn")
        record Fmn(
                @Setting(value = "steps", preset = "200", min = 1, max = 100_000)
                int iterations) implements AttackKind {}

        /** HopSkipJump. */
        @Kind("hopskipjump")
        record HopSkipJump(
                @Setting(value = "steps along the boundary", preset = "20", min = 1, max = 10_000)
                int iterations) implements AttackKind {}

        /** Uniform noise in the ball. */
        @Kind("noise")
        record Noise(
                @Setting(value = "draws for each image", preset = "100", min = 1, max = 1_000_000)
                int draws) implements AttackKind {}

        /** Examples made on another network with PGD. */
        @Kind("transfer")
        record Transfer(
                @Setting("safetensors file of the other network, relative to the working directory")
                String from,

                @Setting(value = "PGD steps on it", preset = "40", min = 1, max = 100_000)
                int iterations)
                implements AttackKind {}
    }

    /** What Auto-PGD climbs. */
    public enum ApgdLoss {
        CE,
        DLR,
        TARGETED_DLR,
        MARGIN
    }

    /**
     * Reads a suite file.
     *
     * @throws org.espalier.UserException naming file, line, setting, what was found and what was expected
     */
    public static SuiteSettings read(java.nio.file.Path file) {
        return Binder.bind(
                SuiteSettings.class, Yaml.parse(ExperimentFile.text(file, file.toString()), file.toString(), true));
    }
}
