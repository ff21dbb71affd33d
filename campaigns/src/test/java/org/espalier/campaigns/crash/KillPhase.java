package org.espalier.campaigns.crash;

import java.nio.file.Path;
import java.util.List;

/**
 * A command of which nearly all the time is spent on one kind of work, so that a random moment falls into it.
 *
 * <p>Paths in commands are relative: {@code images} is the data, {@code base} and {@code work} are the search before and
 * after, and the process runs in the folder that holds them.
 */
enum KillPhase {
    TRAINING("", 1, 60, 30, 1, "[original]", run(), true),
    MEASURING("", 1, 12, 1, 1, "[original]", run(), true),
    /** Checkpoints before every update. */
    CHECKPOINT("", 1, 60, 30, 1, "[original, continued]", List.of("checkpoints", "search.yaml", "work"), true),
    /** Many levels of a few updates each, with rewinds and best weights. */
    PUBLISHING(
            "robustness: {suite: suite.yaml, epsilon: 0.1, images: 1, weights: best-validation}\n",
            1,
            6,
            3,
            4,
            "[original, random, rewind-3]",
            run(),
            true),
    /** Many levels: an evaluation writes its files at its end, so that moments fall between the ends of several. */
    ROBUSTNESS(
            "",
            1,
            60,
            30,
            8,
            "[original]",
            List.of("evaluate", "work", "--suite", "suite.yaml", "--epsilon", "0.1", "--all-levels", "--jobs", "2"),
            false),
    CERTIFICATION(
            "",
            1,
            60,
            30,
            2,
            "[original]",
            List.of(
                    "certify",
                    "work",
                    "--all-levels",
                    "--epsilons",
                    "0.02,0.06",
                    "--images",
                    "8",
                    "--method",
                    "exact",
                    "--nodes",
                    "4",
                    "--jobs",
                    "2"),
            false),
    REPORT("", 2, 60, 30, 2, "[original, random]", List.of("report", "work"), false),
    /** The bundled data set, written to a folder and checked against its published digests. */
    DATA("", 1, 6, 3, 0, "[original]", List.of("data", "fetch", "digits", "--directory", "work"), true);

    final String settings;
    final int trials;
    final int iterations;
    final int every;
    final int levels;
    final String strategies;
    final List<String> command;
    /** Whether the command starts from nothing, not from a finished search. */
    final boolean fromNothing;

    KillPhase(
            String settings,
            int trials,
            int iterations,
            int every,
            int levels,
            String strategies,
            List<String> command,
            boolean fromNothing) {
        this.settings = settings;
        this.trials = trials;
        this.iterations = iterations;
        this.every = every;
        this.levels = levels;
        this.strategies = strategies;
        this.command = command;
        this.fromNothing = fromNothing;
    }

    private static List<String> run() {
        return List.of("run", "search.yaml", "--out", "work", "--jobs", "2");
    }

    /** The experiment file. */
    String experiment(Path images) {
        return org.espalier.campaigns.TinyImages.experiment(images, trials, iterations, every, levels, more());
    }

    private String more() {
        return settings + "strategies: " + strategies + "\n";
    }

    String lowerCase() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
