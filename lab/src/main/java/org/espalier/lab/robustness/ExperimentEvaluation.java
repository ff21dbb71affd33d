package org.espalier.lab.robustness;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.attack.ThreatModel;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.store.Store;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketChoice;
import org.espalier.lab.tickets.TicketData;
import org.espalier.lab.tickets.Tickets;

/** The robustness evaluation of an experiment: all its trained levels, by its setting {@code robustness}. */
public final class ExperimentEvaluation {
    private ExperimentEvaluation() {}

    /**
     * Checks, before a search begins, that its evaluation can run when it ends: the suite exists, and its attacks
     * support the norm and the number of classes. Does nothing if the experiment has no evaluation.
     *
     * @throws UserException if not, or if data are missing
     */
    public static void check(Experiment experiment, DataProgress progress) {
        experiment.robustness().ifPresent(settings -> {
            for (Experiment.DataSource source : experiment.data().sets()) {
                DataSet set = DataSets.load(
                        source.name(),
                        source.directory().map(text -> UserPath.of(text, "data.sets directory")),
                        progress);
                int outputs = experiment.network().outputs().orElse(set.classes());
                try {
                    ThreatModel threat = threat(settings);
                    Radius.check(threat, set.features(), "epsilon");
                    EvaluationSteps.of(SuiteChoice.of(settings.suite(), settings.norm(), outputs), threat)
                            .forEach(step -> step.attack().check(step.threat(), outputs));
                } catch (UserException e) {
                    throw new UserException("robustness: " + e.getMessage(), e);
                }
            }
        });
    }

    private static ThreatModel threat(Experiment.Robustness settings) {
        return new ThreatModel(settings.norm(), (float) settings.epsilon());
    }

    /**
     * One request for each trained level; none if the experiment has no evaluation.
     *
     * @throws UserException if data are missing, or there is no such suite
     */
    public static List<EvaluationRequest> of(Store store, DataProgress progress) {
        List<EvaluationRequest> requests = new ArrayList<>();
        Experiment experiment = store.experiment();
        if (experiment.robustness().isEmpty()) {
            return requests;
        }
        Experiment.Robustness settings = experiment.robustness().get();
        Map<String, DataSet> sets = new LinkedHashMap<>();
        ThreatModel threat = threat(settings);
        for (Ticket ticket : Tickets.of(store, TicketChoice.everything(settings.weights()))) {
            DataSet set = sets.computeIfAbsent(
                    ticket.data().name(), _ -> ticket.data().load(progress));
            TicketData.check(ticket.network(), set, ticket.file());
            Split test = ticket.data().splits(set).test();
            requests.add(new EvaluationRequest(
                    ticket,
                    set,
                    test,
                    Math.min(settings.images(), test.size()),
                    SuiteChoice.of(
                            settings.suite(),
                            settings.norm(),
                            ticket.network().mask().architecture().classes()),
                    threat,
                    experiment.seed()));
        }
        return requests;
    }
}
