package org.espalier.lab.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.engine.KernelMode;
import org.espalier.lab.certification.BoundsConsistency;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.CertificationObserver;
import org.espalier.lab.certification.CertificationRequest;
import org.espalier.lab.certification.CertificationRunner;
import org.espalier.lab.experiment.BenchmarkFile;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.robustness.EvaluationObserver;
import org.espalier.lab.robustness.EvaluationRequest;
import org.espalier.lab.robustness.EvaluationRunner;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunOutcome;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.store.Failure;
import org.espalier.lab.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * Runs a benchmark: trains the experiments one after the other with the ordinary runner, evaluates the final networks of each, and
 * certifies them where the evaluation names bounds. Running again continues.
 */
public final class BenchmarkRunner {
    /** The definition, in the benchmark's directory. */
    public static final String DEFINITION = "benchmark.yaml";

    private final BenchmarkFile file;
    private final BenchmarkPlan plan;
    private final Machine machine;
    private final BenchmarkObserver observer;
    private final Map<List<Experiment.DataSource>, Map<String, DataSet>> data = new HashMap<>();
    private final Map<List<Experiment.DataSource>, FinalNetworks> networks = new HashMap<>();
    private volatile boolean stopping;
    private boolean refused;
    private volatile @Nullable Runnable stop;

    /**
     * How to run; changes no result.
     *
     * @param jobs levels to train, or batches to attack, at once
     * @param kernels which kernels train
     * @param version Espalier's, for provenance
     * @param command arguments of the command line, for provenance
     */
    public record Machine(int jobs, KernelMode kernels, String version, List<String> command) {
        public Machine {
            command = List.copyOf(command);
        }
    }

    /** A benchmark to be run. */
    public BenchmarkRunner(BenchmarkFile file, BenchmarkPlan plan, Machine machine, BenchmarkObserver observer) {
        this.file = file;
        this.plan = plan;
        this.machine = machine;
        this.observer = observer;
    }

    /** Stops after the present step; safe to call from any thread. */
    public void stop() {
        stopping = true;
        Runnable present = stop;
        if (present != null) {
            present.run();
        }
    }

    /**
     * Runs to the end, or until stopped.
     *
     * @return whether all of it is done
     * @throws UserException if the directory holds another benchmark, or an experiment or the data are wrong
     */
    public boolean run(DataProgress progress) {
        // Hours of training come after these checks.
        for (BenchmarkRun run : plan.runs()) {
            Map<String, DataSet> sets = load(run.experiment(), progress);
            new Plan(run.experiment(), sets);
            sets.values().forEach(set -> FinalNetworks.check(plan.settings().evaluation(), run.experiment(), set));
        }
        writeDefinition();
        int number = 0;
        for (BenchmarkRun run : plan.runs()) {
            observer.began(run, ++number, plan.runs().size());
            if (stopping || !train(run, progress) || !evaluate(run)) {
                return false;
            }
            observer.finished(run);
        }
        return true;
    }

    private Map<String, DataSet> load(Experiment experiment, DataProgress progress) {
        return data.computeIfAbsent(experiment.data().sets(), _ -> Runner.load(experiment, progress));
    }

    private FinalNetworks networks(Experiment experiment, DataProgress progress) {
        Map<String, DataSet> sets = load(experiment, progress);
        return networks.computeIfAbsent(
                experiment.data().sets(), _ -> new FinalNetworks(plan.settings().evaluation(), sets));
    }

    private void writeDefinition() {
        checkDefinition();
        if (!isWritten()) {
            AtomicFiles.makeDirectory(plan.directory());
            AtomicFiles.write(plan.directory().resolve(DEFINITION), file.write().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Whether the directory has this very definition. */
    private boolean isWritten() {
        Path there = plan.directory().resolve(DEFINITION);
        return Files.exists(there) && new String(AtomicFiles.read(there), StandardCharsets.UTF_8).equals(file.write());
    }

    /** Refuses a directory with the definition of another benchmark. */
    private void checkDefinition() {
        Path there = plan.directory().resolve(DEFINITION);
        if (Files.exists(there) && !isWritten() && !file.contains(BenchmarkFile.read(there.toString()))) {
            throw new UserException(
                    plan.directory() + " holds another benchmark: its " + DEFINITION
                            + " differs in more than further methods, sparsities and certificates; choose another directory with --out");
        }
    }

    private RunRequest request(Experiment experiment, Path directory) {
        return new RunRequest(
                experiment,
                directory,
                machine.jobs(),
                machine.kernels(),
                RunRequest.USUAL_CHECKPOINT,
                machine.version(),
                machine.command());
    }

    private boolean train(BenchmarkRun run, DataProgress progress) {
        Map<String, DataSet> sets = load(run.experiment(), progress);
        Plan levels = new Plan(run.experiment(), sets);
        SharedLevels.copy(levels.tasks(), stores(), run.directory());
        Runner runner = new Runner(request(run.experiment(), run.directory()), new RunObserver() {
            @Override
            public void failed(LevelInWork level, Failure failure) {
                observer.said(
                        run,
                        level.trial() + ", level " + level.number() + " diverged at iteration " + failure.iteration()
                                + ": " + failure.reason());
            }

            @Override
            public void warned(String sentence) {
                observer.said(run, sentence);
            }
        });
        stop = runner::stop;
        if (stopping) {
            return false;
        }
        RunOutcome outcome = runner.run(sets);
        observer.trained(run, outcome.trained());
        return !outcome.stopped();
    }

    /** Directories of stores in the benchmark's directory, in the order of their names. */
    private List<Path> stores() {
        try {
            return Directories.list(plan.directory()).stream()
                    .filter(each -> Files.isDirectory(each.resolve(Store.LEVELS)))
                    .toList();
        } catch (IOException e) {
            throw new UserException(plan.directory() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private boolean evaluate(BenchmarkRun run) {
        List<EvaluationRequest> requests = new ArrayList<>();
        List<CertificationRequest> certificates = new ArrayList<>();
        for (FinalNetworks.Final each :
                networks(run.experiment(), DataProgress.NONE).of(run)) {
            each.suite().ifPresent(requests::add);
            each.curve().ifPresent(requests::add);
            each.certificate().ifPresent(certificates::add);
        }
        EvaluationRunner runner = new EvaluationRunner(requests, machine.jobs(), EvaluationObserver.NONE);
        stop = runner::stop;
        return !stopping && runner.run() && certify(run, certificates);
    }

    private boolean certify(BenchmarkRun run, List<CertificationRequest> requests) {
        CertificationRunner runner = new CertificationRunner(machine.jobs(), CertificationObserver.NONE);
        stop = runner::stop;
        for (CertificationRequest request : requests) {
            if (stopping) {
                return false;
            }
            try {
                Optional<Certification> certification = runner.run(request);
                if (certification.isEmpty()) {
                    return false;
                }
                BoundsConsistency.violations(List.of(certification.get())).forEach(violation -> refuse(run, violation));
            } catch (UserException e) {
                refuse(run, String.valueOf(e.getMessage())); // such as a network too large for bounds: others go on
            }
        }
        return true;
    }

    private void refuse(BenchmarkRun run, String sentence) {
        refused = true;
        observer.said(run, "no certificate: " + sentence);
    }

    /** Whether a network has no certificate although the benchmark asks for one; the observer has heard why. */
    public boolean refused() {
        return refused;
    }

    /**
     * Refuses to read results where there are none.
     *
     * @throws UserException if no experiment was begun, or the directory holds another benchmark
     */
    public void requireResults() {
        checkDefinition();
        if (plan.runs().stream().noneMatch(BenchmarkRun::begun)) {
            throw new UserException(
                    plan.directory() + " holds no results of this benchmark; run it without --report first");
        }
    }

    /** Refuses a store of another experiment. It may have more or fewer trials. */
    private void check(BenchmarkRun run, DataProgress progress) {
        Store store = Store.open(run.directory());
        int trials = Math.max(run.experiment().trials(), store.experiment().trials());
        Experiment experiment = file.experiment(run.method(), run.sparsity(), trials);
        Runner.check(store, request(experiment, run.directory()), load(experiment, progress));
    }

    /**
     * What was measured so far.
     *
     * @throws UserException if the directory holds another benchmark, or a store is damaged or holds another experiment
     */
    public List<MethodResult> results(DataProgress progress) {
        checkDefinition();
        plan.runs().stream().filter(BenchmarkRun::begun).forEach(run -> check(run, progress));
        List<MethodResult> results = new ArrayList<>();
        LevelTimes times = LevelTimes.of(plan.runs());
        for (BenchmarkRun run : plan.runs()) {
            results.add(MethodResult.of(run, networks(run.experiment(), progress), times));
        }
        return results;
    }
}
