package org.espalier.lab.experiment;

import java.util.List;
import java.util.Optional;
import org.espalier.attack.Norm;
import org.espalier.evaluate.certify.BoundMethod;
import org.espalier.setting.Setting;

/**
 * The definition of a benchmark of pruning methods, in the form of Piras et al., "Adversarial pruning: a survey and benchmark of
 * pruning methods for adversarial robustness" (2024). {@link BenchmarkFile} reads it, with the experiments that stand beside
 * these settings in its file.
 *
 * @param name of the benchmark
 * @param description what it is, in one sentence
 * @param updates of a method for one network: the same for all
 * @param sparsities shares of weights to prune
 * @param trials repetitions, each with initial weights and batches of its own
 * @param evaluation what final networks are judged by
 * @param omit methods that are left out
 * @param methods in the order to run them
 */
public record BenchmarkSettings(
        @Setting(
                value = "name of the benchmark, for titles and its directory",
                pattern = Names.PATTERN,
                form = Names.FORM)
        String name,

        @Setting(value = "what it is, in one sentence", preset = "''")
        String description,

        @Setting(
                value =
                        "updates that a method has for one network, from the first draw to the last weights: of weights and of"
                                + " scores, those before and after pruning together",
                min = 1)
        int updates,

        @Setting(
                value = "shares of weights to prune",
                preset = "[0.9, 0.95, 0.99]",
                minItems = 1,
                min = 0,
                max = 1,
                below = true)
        List<Double> sparsities,

        @Setting(value = "trials of each method and sparsity", preset = "3", min = 1)
        int trials,

        @Setting(value = "how final networks are judged", preset = "{}")
        Evaluation evaluation,

        @Setting(value = "methods that are left out, by name; for files that extend another", preset = "[]")
        List<String> omit,

        @Setting(value = "pruning methods", minItems = 1) List<Method> methods) {
    public BenchmarkSettings {
        sparsities = List.copyOf(sparsities);
        omit = List.copyOf(omit);
        methods = List.copyOf(methods);
    }

    /** How final networks are judged. */
    public record Evaluation(
            @Setting(value = "norm of the ball", preset = "linf")
            Norm norm,

            @Setting(value = "radius of the ball, in pixel values 0 to 1", preset = "0.1", min = 0, above = true)
            double epsilon,

            @Setting(
                    value = "suite of attacks: standard, fast, paper, thorough, or a YAML file of one's own",
                    preset = "standard")
            String suite,

            @Setting(value = "test images that the suite attacks, the first ones", preset = "1000", min = 1)
            int images,

            @Setting(
                    value =
                            "whether the attacks of the rules for robustness figures are run too: they cost more than the"
                                    + " suite, and without them figures are not checked",
                    preset = "false")
            boolean rules,

            @Setting(
                    value = "test images of the curve of accuracy against distance, the first ones",
                    preset = "1000",
                    min = 1)
            int curveImages,

            @Setting(value = "steps of the minimum-norm attack (FMN) of that curve", preset = "100", min = 1)
            int curveIterations,

            @Setting(value = "bounds that certify the suite's images in the ball; nothing is certified if not given")
            Optional<BoundMethod> certify,

            @Setting(value = "seed of the attacks", preset = "1")
            long seed) {
        /** Whether this evaluation measures all that another one does, in the same way. It may certify where that one does not. */
        public boolean contains(Evaluation other) {
            return equals(other)
                    || other.certify.isEmpty() && withoutCertificates().equals(other);
        }

        private Evaluation withoutCertificates() {
            return new Evaluation(
                    norm, epsilon, suite, images, rules, curveImages, curveIterations, Optional.empty(), seed);
        }
    }

    /** A pruning method and its record. The settings of its experiment stand beside these. */
    public record Method(
            @Setting(value = "name in tables and directories", pattern = Names.PATTERN, form = Names.FORM)
            String name,

            @Setting(value = "source of the method", preset = "''")
            String source,

            @Setting(value = "when it prunes: before, during or after training; none for the dense network")
            Stage prunes,

            @Setting(
                    value = "objectives before, while and after the mask is found, none where nothing is trained",
                    preset = "{}")
            Objectives objectives,

            @Setting(value = "whether the mask is found at once or in steps", preset = "one-shot")
            Steps steps,

            @Setting(
                    value = "local: each layer has a density of its own; global: all weights are ranked together",
                    preset = "local")
            Reach reach,

            @Setting(value = "what makes a weight worth keeping, in a few words")
            String criterion,

            @Setting(
                    value = "whether it takes out units rather than weights: sparsities then count units",
                    preset = "false")
            boolean structured,

            @Setting(
                    value = "trainings that share the updates: levels of its experiment, the last ones. The dense level"
                            + " before one that prunes initial weights is not among them",
                    preset = "1",
                    min = 1)
            int trainings,

            @Setting(
                    value = "sparsities of this method; those of the benchmark if not given",
                    min = 0,
                    max = 1,
                    below = true)
            Optional<List<Double>> sparsities) {}

    /** Objectives of the parts of a method, by name. */
    public record Objectives(
            @Setting(value = "of the training before the mask is found", preset = "none")
            String before,

            @Setting(value = "of the scores", preset = "none")
            String pruning,

            @Setting(value = "of the training under the mask", preset = "adversarial")
            String after) {}

    /** When a method prunes. */
    public enum Stage {
        NONE,
        BEFORE,
        DURING,
        AFTER
    }

    /** In how many steps. */
    public enum Steps {
        ONE_SHOT,
        ITERATIVE
    }

    /** Which weights are ranked together. */
    public enum Reach {
        LOCAL,
        GLOBAL
    }

    /** Sparsities of a method. */
    public List<Double> sparsities(Method method) {
        return method.sparsities().orElse(sparsities);
    }
}
