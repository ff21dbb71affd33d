package org.espalier.lab.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;

/** A data set of 4 x 4 pixels and 3 classes, and an experiment that trains on it in moments. */
public final class TinyData {
    static final int FEATURES = 16;

    /** A network of convolutions for these images: a residual block with batch norm, and a pool. */
    public static final String CONVOLUTIONS = """
            network={initial: pytorch, layers: [
            {conv2d: {channels: 5, kernel: 3, padding: 1}},
            {batch-norm: {name: start}},
            relu,
            {conv2d: {channels: 5, kernel: 3, padding: 1, bias: false}},
            {batch-norm: {name: branch}},
            {add: [branch, start]},
            relu,
            {max-pool: 2},
            flatten,
            {linear: 7},
            relu,
            linear]}""".replace("\n", "");

    private TinyData() {}

    public static Map<String, DataSet> data() {
        return Map.of("tiny", MadeUpData.of("tiny", 4, split("train", 90), split("test", 40)));
    }

    private static Split split(String name, int size) {
        return MadeUpData.split(name, size, FEATURES, 7, 140, 100, 1000);
    }

    /** Several levels, strategies that share some of them, both attacks, a rewind. */
    public static Experiment experiment(int iterations, String... overrides) {
        String base = """
                name: tiny
                seed: 3
                trials: 2
                data: {sets: [tiny], validation: 30}
                network: {hidden: [8, 5], biases: true}
                training:
                  iterations: %d
                  batch: 7
                attacks:
                  fgsm: {kind: fgsm, epsilon: 0.1}
                  pgd: {kind: pgd, epsilon: 0.1, step: 0.05, steps: 3}
                objectives: [pgd]
                evaluation: {every: %d, attacks: [fgsm, pgd], images: 25}
                pruning: {levels: 2, hidden: 0.3, output: 0.2}
                strategies: [original, random, continued, rewind-%d]
                """.formatted(iterations, Math.max(1, iterations / 4), iterations / 3);
        Path file;
        try {
            file = Files.createTempFile("tiny", ".yaml");
            Files.writeString(file, base);
            Experiment experiment = ExperimentFile.read(file.toString(), List.of(overrides));
            Files.delete(file);
            return experiment;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
