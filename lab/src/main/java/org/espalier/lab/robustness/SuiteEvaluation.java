package org.espalier.lab.robustness;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.rules.Assessment;
import org.espalier.evaluate.rules.Batch;
import org.espalier.evaluate.rules.Step;
import org.espalier.evaluate.suite.Suite;
import org.espalier.lab.jobs.JobQueue;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** Evaluates a network in memory: a suite of attacks and the rules, with the results of {@code espalier evaluate}, unstored. */
public final class SuiteEvaluation {
    /** Seed of {@code espalier evaluate}. */
    private static final long SEED = 1;

    private SuiteEvaluation() {}

    /**
     * Attacks all images of a split, in batches of 256 on as many threads as there are processors.
     *
     * @param mask the weights that survive; the others count as zero
     * @param suite its figures are the worst case over its attacks
     * @throws UserException if an attack does not support the threat model or the network, or this thread is
     * interrupted
     * @throws IllegalArgumentException if the images do not fit the network
     */
    public static Assessment run(Weights weights, Mask mask, Split split, Suite suite, ThreatModel threat) {
        int classes = mask.architecture().classes();
        suite.check(threat, classes);
        return run(
                () -> {
                    Engine engine = Engines.create(mask.architecture());
                    engine.load(weights, mask);
                    return engine;
                },
                classes,
                split,
                EvaluationSteps.of(suite, threat),
                EvaluationDirectory.BATCH_IMAGES,
                Runtime.getRuntime().availableProcessors());
    }

    /**
     * Runs steps on all images of a split, with engines from the caller.
     *
     * @param engines makes an engine that holds the network, one per thread
     * @param classes the network's classes
     * @param batch images that a thread takes at once
     * @param jobs threads, at least 1
     * @throws UserException as above
     */
    public static Assessment run(
            Supplier<Engine> engines, int classes, Split split, List<Step> steps, int batch, int jobs) {
        if (split.size() == 0) {
            throw new UserException("split " + split.name() + " has no images, expected at least 1 to evaluate");
        }
        List<Integer> firsts = IntStream.iterate(0, first -> first < split.size(), first -> first + batch)
                .boxed()
                .toList();
        Map<Integer, Batch> results = new TreeMap<>();
        JobQueue.independent(firsts, () -> false).run(jobs, () -> {
            Target target = new Target(engines.get(), split.shape());
            return (first, _) -> {
                Batch result = Batch.run(
                        target,
                        Examples.of(split, first, Math.min(batch, split.size() - first)),
                        steps,
                        Stream.root(SEED).child("robustness"));
                synchronized (results) {
                    results.put(first, result);
                }
                return JobQueue.End.DONE;
            };
        });
        if (results.size() < firsts.size()) {
            // The queue stops without an exception only when this thread is interrupted.
            throw new UserException("the evaluation was interrupted");
        }
        return new Assessment(
                steps, results.values().stream().reduce(Batch::then).orElseThrow(), classes, Optional.empty());
    }
}
