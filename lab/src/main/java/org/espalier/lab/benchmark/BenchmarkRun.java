package org.espalier.lab.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.UserException;
import org.espalier.lab.experiment.BenchmarkFile;
import org.espalier.lab.experiment.BenchmarkSettings;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.store.Store;

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

    /**
     * Whether its directory holds a store, or anything else in its place, which cannot be opened as one.
     *
     * @throws UserException if the directory cannot be read
     */
    public boolean begun() {
        if (!Files.isDirectory(directory) || Files.exists(directory.resolve(Store.INDEX))) {
            return Files.exists(directory);
        }
        try {
            return Directories.list(directory).stream()
                    .map(file -> AtomicFiles.withoutTemporary(String.valueOf(file.getFileName())))
                    .anyMatch(name -> !Store.BEFORE_INDEX.contains(name));
        } catch (IOException e) {
            throw new UserException(directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Updates of the method for one network. */
    public int updates() {
        return method.trainings() * experiment.training().iterations();
    }
}
