package org.espalier.lab.benchmark;

import java.nio.file.Path;
import org.espalier.lab.experiment.BenchmarkFile;
import org.espalier.lab.experiment.BenchmarkSettings;
import org.espalier.lab.experiment.Experiment;

/**
 * A method of a benchmark at one sparsity: an ordinary experiment with a store of its own.
 *
 * @param method the method
 * @param sparsity share of weights, or of units, to prune
 * @param experiment all trials
 * @param directory of the store
 */
public record BenchmarkRun(BenchmarkSettings.Method method, double sparsity, Experiment experiment, Path directory) {
    /** Its name, which is also that of the directory: {@code snip-s95}. */
    public String id() {
        return BenchmarkFile.id(method, sparsity);
    }

    /** Updates of the method for one network. */
    public int updates() {
        return method.trainings() * experiment.training().iterations();
    }
}
