package org.espalier.lab.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.espalier.UserException;
import org.espalier.lab.experiment.BenchmarkFile;
import org.espalier.lab.experiment.BenchmarkSettings;
import org.espalier.lab.experiment.Names;

/**
 * The experiments of a benchmark, or of a part of it.
 *
 * @param directory of the benchmark
 * @param settings of the benchmark
 * @param runs by sparsity, ascending, then in the order of the methods
 */
public record BenchmarkPlan(Path directory, BenchmarkSettings settings, List<BenchmarkRun> runs) {
    public BenchmarkPlan {
        runs = List.copyOf(runs);
    }

    /**
     * Makes the experiments.
     *
     * @param methods names of methods; all if empty
     * @param sparsities sparsities in place of the benchmark's; methods with sparsities of their own keep those that are among
     *     them, and the dense network stays. The benchmark's if empty
     * @param trials at least 1
     * @throws UserException if there is no such method, or an experiment is wrong
     */
    public static BenchmarkPlan of(
            BenchmarkFile file, Path directory, List<String> methods, List<Double> sparsities, int trials) {
        List<String> known =
                file.methods().stream().map(BenchmarkSettings.Method::name).toList();
        for (String name : methods) {
            if (!known.contains(name)) {
                throw new UserException("there is no method " + name + " in benchmark "
                        + file.settings().name() + "; "
                        + Names.nearest(name, known)
                                .map(near -> "did you mean " + near + "?")
                                .orElse("methods are " + String.join(", ", known)));
            }
        }
        List<BenchmarkSettings.Method> chosen = file.methods().stream()
                .filter(method -> methods.isEmpty() || methods.contains(method.name()))
                .toList();
        TreeSet<Double> all = new TreeSet<>();
        chosen.forEach(method -> all.addAll(of(file.settings(), method, sparsities)));
        List<BenchmarkRun> runs = new ArrayList<>();
        for (double sparsity : all) {
            for (BenchmarkSettings.Method method : chosen) {
                if (of(file.settings(), method, sparsities).contains(sparsity)) {
                    runs.add(new BenchmarkRun(
                            method,
                            sparsity,
                            file.experiment(method, sparsity, trials),
                            directory.resolve(BenchmarkFile.id(method, sparsity))));
                }
            }
        }
        return new BenchmarkPlan(directory, file.settings(), runs);
    }

    private static List<Double> of(
            BenchmarkSettings settings, BenchmarkSettings.Method method, List<Double> sparsities) {
        if (sparsities.isEmpty()) {
            return settings.sparsities(method);
        }
        return method.sparsities()
                .map(own -> own.stream()
                        .filter(sparsity ->
                                sparsities.contains(sparsity) || method.prunes() == BenchmarkSettings.Stage.NONE)
                        .toList())
                .orElse(sparsities);
    }
}
