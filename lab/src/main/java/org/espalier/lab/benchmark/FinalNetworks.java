package org.espalier.lab.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.distance.Fmn;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.evaluate.suite.Suite;
import org.espalier.lab.certification.CertificationMethod;
import org.espalier.lab.certification.CertificationRequest;
import org.espalier.lab.experiment.BenchmarkSettings;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.robustness.EvaluationRequest;
import org.espalier.lab.robustness.Radius;
import org.espalier.lab.robustness.SuiteChoice;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketChoice;
import org.espalier.lab.tickets.Tickets;

/** The last level of each trial of a benchmark's runs, and what is to be evaluated of it. */
final class FinalNetworks {
    /** Name of the suite with the minimum-norm attack. */
    static final String CURVE = "minimum-norm";

    private final BenchmarkSettings.Evaluation evaluation;
    private final Map<String, DataSet> data;
    private final Map<List<Object>, Split> splits = new HashMap<>(); // each copies its images

    /**
     * Final networks.
     *
     * @param data data sets by name
     */
    FinalNetworks(BenchmarkSettings.Evaluation evaluation, Map<String, DataSet> data) {
        this.evaluation = evaluation;
        this.data = data;
    }

    /**
     * The final network of a trial.
     *
     * @param trial its number, from 1
     * @param levels keys of all its levels
     * @param failure why it diverged, if it did
     * @param suite evaluation by the suite; empty if it is not trained
     * @param curve evaluation by the minimum-norm attack; empty if it is not trained
     * @param certificate of the suite's images; empty if it is not trained, or the benchmark certifies nothing
     */
    record Final(
            int trial,
            List<String> levels,
            Optional<String> failure,
            Optional<EvaluationRequest> suite,
            Optional<EvaluationRequest> curve,
            Optional<CertificationRequest> certificate) {}

    /**
     * The final networks of a run, by trial; none if it was not begun.
     *
     * @throws UserException if its store is damaged
     */
    List<Final> of(BenchmarkRun run) {
        List<Final> found = new ArrayList<>();
        if (!run.begun()) {
            return found;
        }
        Store store = Store.open(run.directory());
        Map<String, Ticket> tickets = new HashMap<>();
        int last = store.trials().stream()
                .mapToInt(trial -> trial.levels().size() - 1)
                .max()
                .orElse(0);
        boolean any = store.trials().stream()
                .anyMatch(trial -> store.level(trial.levels().getLast()).state() == LevelState.DONE);
        if (any) {
            TicketChoice choice = new TicketChoice(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(last),
                    true,
                    WeightChoice.FINAL);
            Tickets.of(store, choice)
                    .forEach(ticket -> tickets.put(ticket.place().orElseThrow().key(), ticket));
        }
        for (StoredTrial trial : store.trials()) {
            if (trial.id().trial() > run.experiment().trials()) {
                continue; // of an earlier, longer benchmark
            }
            Optional<Ticket> ticket =
                    Optional.ofNullable(tickets.get(trial.levels().getLast()));
            found.add(new Final(
                    trial.id().trial(),
                    trial.levels(),
                    failure(store, trial),
                    ticket.map(this::suite),
                    ticket.map(this::curve),
                    ticket.flatMap(this::certificate)));
        }
        return found;
    }

    private static Optional<String> failure(Store store, StoredTrial trial) {
        return store.levels(trial).stream()
                .filter(level -> level.state() == LevelState.FAILED)
                .findFirst()
                .flatMap(StoredLevel::failure)
                .map(failure -> "iteration " + failure.iteration() + ": " + failure.reason());
    }

    private EvaluationRequest suite(Ticket ticket) {
        int classes = ticket.network().mask().architecture().classes();
        return request(
                ticket,
                SuiteChoice.of(evaluation.suite(), evaluation.norm(), classes),
                evaluation.images(),
                evaluation.rules());
    }

    private EvaluationRequest curve(Ticket ticket) {
        return request(
                ticket,
                new Suite(CURVE, List.of(Fmn.of(evaluation.curveIterations())), false),
                evaluation.curveImages(),
                false);
    }

    private Optional<CertificationRequest> certificate(Ticket ticket) {
        return evaluation.certify().map(bounds -> {
            DataSet set = set(ticket.data().name());
            return new CertificationRequest(
                    ticket,
                    set,
                    test(ticket, set),
                    evaluation.images(),
                    evaluation.norm(),
                    (float) evaluation.epsilon(),
                    new CertificationMethod(Optional.of(bounds)),
                    CertificationRequest.USUAL_NODES,
                    Optional.empty());
        });
    }

    private Split test(Ticket ticket, DataSet set) {
        return splits.computeIfAbsent(
                List.of(
                        ticket.data().name(),
                        ticket.data().validation(),
                        ticket.data().rule(),
                        ticket.data().seed()),
                _ -> ticket.data().splits(set).test());
    }

    private EvaluationRequest request(Ticket ticket, Suite suite, int images, boolean rules) {
        DataSet set = set(ticket.data().name());
        Split test = test(ticket, set);
        if (images > test.size()) {
            throw new UserException("evaluation of " + images + " images, expected at most " + test.size()
                    + ", the test images of data set " + set.name());
        }
        return new EvaluationRequest(ticket, set, test, images, suite, threat(evaluation), evaluation.seed(), rules);
    }

    private DataSet set(String name) {
        DataSet set = data.get(name);
        if (set == null) {
            throw new IllegalStateException("data set " + name + " was not loaded");
        }
        return set;
    }

    private static ThreatModel threat(BenchmarkSettings.Evaluation evaluation) {
        return new ThreatModel(evaluation.norm(), (float) evaluation.epsilon());
    }

    /**
     * Checks before anything is trained that evaluation can run.
     *
     * @throws UserException if not
     */
    static void check(BenchmarkSettings.Evaluation evaluation, Experiment experiment, DataSet set) {
        ThreatModel threat = threat(evaluation);
        Radius.check(threat, set.features(), "evaluation.epsilon");
        int most = Math.max(evaluation.images(), evaluation.curveImages());
        if (most > set.test().size()) {
            throw new UserException("evaluation has " + most + " images, expected at most "
                    + set.test().size() + ", the test images of data set " + set.name());
        }
        int classes = experiment.network().outputs().orElse(set.classes());
        SuiteChoice.of(evaluation.suite(), evaluation.norm(), classes)
                .attacks()
                .forEach(attack -> attack.check(threat, classes));
        Fmn.of(evaluation.curveIterations()).check(threat, classes);
    }
}
