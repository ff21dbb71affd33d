package org.espalier.campaigns.fuzz;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.espalier.campaigns.TinyImages;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;

/** Experiments in YAML. One that is taken must read equal when it is written. */
final class ExperimentReader implements FuzzTarget.Reader {
    @Override
    public void read(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        if (text.contains("/dev") || text.contains("/proc")) {
            return; // "extends" reads files, and these are none
        }
        Experiment experiment = ExperimentFile.parse(text, "input");
        if (!ExperimentFile.parse(ExperimentFile.write(experiment), "written").equals(experiment)) {
            throw new AssertionError("an experiment that was written reads as another");
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                TinyImages.experiment(Path.of("images"), 1, 10, 5, 1, "strategies: [original, rewind-5]\n")
                        .getBytes(StandardCharsets.UTF_8),
                """
                extends: quick-mlp
                trials: 2
                attacks: {pgd: &a {kind: pgd, epsilon: 0.3, step: 0.01, steps: 40}, other: *a}
                """.getBytes(StandardCharsets.UTF_8),
                "objectives: [natural]\nrobustness: {suite: standard, norm: l2, epsilon: 1.5}\n"
                        .getBytes(StandardCharsets.UTF_8));
    }
}
