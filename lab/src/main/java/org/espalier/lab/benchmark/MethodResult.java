package org.espalier.lab.benchmark;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.StoredCertifications;
import org.espalier.lab.robustness.EvaluationRequest;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.network.LiveCounts;
import org.espalier.network.Mask;

/**
 * What was measured of a method at one sparsity.
 *
 * @param run the method and the sparsity
 * @param trials those with a final network, and those that diverged
 */
public record MethodResult(BenchmarkRun run, List<Trial> trials) {
    /**
     * One trial.
     *
     * @param trial its number, from 1
     * @param failure why it diverged; empty if it did not
     * @param network its final network; empty if it diverged
     * @param seconds of training of the method's own levels, on one core; empty if not known
     * @param suite evaluation by the suite; empty if it is not there yet
     * @param curve evaluation by the minimum-norm attack; empty if it is not there yet
     * @param certificate of the suite's images; empty if there is none
     */
    public record Trial(
            int trial,
            Optional<String> failure,
            Optional<Size> network,
            OptionalDouble seconds,
            Optional<StoredEvaluation> suite,
            Optional<StoredEvaluation> curve,
            Optional<Certification> certificate) {}

    /**
     * The size of a final network.
     *
     * @param weights surviving weights
     * @param of all weights
     * @param units hidden units that an input, a bias or a batch norm drives and that reach a logit
     * @param ofUnits all hidden units
     */
    public record Size(long weights, long of, int units, int ofUnits) {
        /** Share of the weights that survive. */
        public double density() {
            return (double) weights / of;
        }

        static Size of(Mask mask) {
            LiveCounts counts = LiveCounts.of(mask);
            return new Size(
                    counts.allWeights(),
                    mask.architecture().weights(),
                    counts.hiddenUnits() + counts.constantHiddenUnits(),
                    counts.denseHiddenUnits());
        }
    }

    public MethodResult {
        trials = List.copyOf(trials);
    }

    static MethodResult of(BenchmarkRun run, FinalNetworks networks, LevelTimes times) {
        List<Trial> trials = new ArrayList<>();
        for (FinalNetworks.Final each : networks.of(run)) {
            if (each.suite().isEmpty() && each.failure().isEmpty()) {
                continue;
            }
            int own = Math.min(run.method().trainings(), each.levels().size());
            trials.add(new Trial(
                    each.trial(),
                    each.failure(),
                    each.suite()
                            .map(request -> Size.of(request.ticket().network().mask())),
                    times.of(each.levels()
                            .subList(each.levels().size() - own, each.levels().size())),
                    each.suite().flatMap(MethodResult::read),
                    each.curve().flatMap(MethodResult::read),
                    each.certificate().flatMap(StoredCertifications::of)));
        }
        return new MethodResult(run, trials);
    }

    private static Optional<StoredEvaluation> read(EvaluationRequest request) {
        return Files.exists(request.directory().resolve("summary.json"))
                ? Optional.of(StoredEvaluations.read(request))
                : Optional.empty();
    }
}
