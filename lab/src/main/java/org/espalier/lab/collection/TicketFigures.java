package org.espalier.lab.collection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.lab.exchange.LabelledCheck;
import org.espalier.lab.file.Directories;
import org.espalier.lab.robustness.EvaluationObserver;
import org.espalier.lab.robustness.EvaluationRequest;
import org.espalier.lab.robustness.EvaluationRunner;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.lab.robustness.SuiteChoice;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketData;

/** Measures the figures of a kept ticket: all test images without attack, and the suite {@code fast} on the first ones. */
public final class TicketFigures {
    private static final String SUITE = "fast";
    private static final int IMAGES = 256;
    private static final long SEED = 1;

    private TicketFigures() {}

    /**
     * Measures them. The same ticket has the same figures on every machine.
     *
     * @param ticket the network
     * @param set its data set
     * @param epsilon radius of the L-infinity ball of the suite
     * @param jobs batches at once; changes no figure
     */
    public static KeptTicket.Figures of(Ticket ticket, DataSet set, float epsilon, int jobs) {
        TicketData.check(ticket.network(), set, ticket.file());
        Split test = ticket.data().splits(set).test();
        LabelledCheck clean = LabelledCheck.of(ticket.network(), test);
        Path scratch = scratch();
        try {
            var request = new EvaluationRequest(
                    ticket.keptIn(scratch),
                    set,
                    test,
                    Math.min(IMAGES, test.size()),
                    SuiteChoice.of(
                            SUITE,
                            Norm.LINF,
                            ticket.network().mask().architecture().classes()),
                    new ThreatModel(Norm.LINF, epsilon),
                    SEED,
                    false);
            new EvaluationRunner(List.of(request), jobs, EvaluationObserver.NONE).run();
            StoredEvaluation stored = StoredEvaluations.read(request);
            return new KeptTicket.Figures(
                    new Proportion(clean.correct(), clean.images()), epsilon, stored.clean(), stored.robust());
        } finally {
            Directories.discard(scratch);
        }
    }

    private static Path scratch() {
        try {
            return Files.createTempDirectory("espalier-tickets");
        } catch (IOException e) {
            throw new UserException("no temporary folder can be made: " + e.getMessage(), e);
        }
    }
}
