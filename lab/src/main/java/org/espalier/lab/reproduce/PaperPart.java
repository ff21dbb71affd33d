package org.espalier.lab.reproduce;

import java.util.List;

/**
 * A part of the grid of "The Search for Sparse, Robust Neural Networks" (Cosentino, Zaiter, Pei, Zhu, 2019): chains of 21
 * levels that differ in the trial only.
 *
 * @param setting whose settings
 * @param dataset one of {@link #DATASETS}
 * @param training one of {@link #TRAININGS}
 * @param strategy one of {@link #STRATEGIES}, as the paper names them
 */
public record PaperPart(Setting setting, String dataset, String training, String strategy) {
    /** Data sets of the paper. */
    public static final List<String> DATASETS = List.of("digits", "fashion");

    /** The attack that is trained against, or natural training; the most instructive first. */
    public static final List<String> TRAININGS = List.of("pgd", "fgsm", "natural");

    /** What survivors restart from, as the paper names it. */
    public static final List<String> STRATEGIES = List.of("original", "continued", "random");

    /** Trials of the paper. */
    public static final int TRIALS = 5;

    /** Whose settings a part has. */
    public enum Setting {
        /** What the published code does, from which the published figures come. */
        AS_PUBLISHED("as-published", "as-published"),
        /** What the text of the paper says. */
        AS_DESCRIBED("as-described", "paper");

        private final String word;
        private final String preset;

        Setting(String word, String preset) {
            this.word = word;
            this.preset = preset;
        }

        /** Its name in names of parts. */
        public String word() {
            return word;
        }

        /** The preset that has these settings. */
        String preset() {
            return preset;
        }
    }

    public PaperPart {
        if (!DATASETS.contains(dataset) || !TRAININGS.contains(training) || !STRATEGIES.contains(strategy)) {
            throw new IllegalArgumentException(
                    "the paper has no " + dataset + ", " + training + " training, " + strategy);
        }
    }

    /** Names the part, as {@code as-published-digits-pgd-original}. */
    public String name() {
        return store() + "-" + strategy;
    }

    /** Names the store that the part lies in, together with the other strategies. */
    public String store() {
        return setting.word() + "-" + dataset + "-" + training;
    }

    /** The strategy as experiments name it: what the published code does for "original" has a name of its own. */
    public String restart() {
        return setting == Setting.AS_PUBLISHED && strategy.equals("original") ? "as-published" : strategy;
    }

    /**
     * The attacks that the networks are measured with. The paper measures each network with the attack of its training, and
     * naturally trained ones with both.
     */
    public List<String> attacks() {
        return training.equals("natural") ? List.of("fgsm", "pgd") : List.of(training);
    }
}
