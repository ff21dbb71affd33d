package org.espalier.cli.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.attack.Attack;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.cli.console.Console;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketSplits;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/** Test images and engines for commands that measure tickets. */
final class MeasuredTickets {
    /** Steps of {@link #pgd}. */
    static final int STEPS = 10;

    private MeasuredTickets() {}

    /**
     * A ticket and the images to measure.
     *
     * @param set the data set of the split
     * @param images from the start of the split
     */
    record Measured(Ticket ticket, DataSet set, Split split, int images) {
        /** An engine with the ticket's weights. */
        Engine engine() {
            return engine(ticket.network().weights());
        }

        /** An engine with other weights under the ticket's mask. */
        Engine engine(Weights weights) {
            Mask mask = ticket.network().mask();
            Engine engine = Engines.create(mask.architecture());
            engine.load(weights, mask);
            return engine;
        }

        /** Settings that every measurement has, for its file's name and content. */
        Map<String, Object> settings() {
            Map<String, Object> settings = new LinkedHashMap<>();
            settings.put("network", ticket.digest());
            settings.put("data", set.name());
            settings.put("data-sha256", set.digest());
            settings.put("split", split.name());
            settings.put("images", images);
            return settings;
        }
    }

    /** PGD from one random start, with {@value #STEPS} steps of a fourth of the radius, in an L-infinity ball. */
    static Attack pgd(double radius) {
        return new Pgd(radius, radius / 4, STEPS, true, 1, KeptIterate.LAST, LabelChoice.TRUE);
    }

    /**
     * Loads the test images of tickets.
     *
     * @param images wanted; the usual number, or all if fewer, if empty
     * @throws UserException if there are not so many
     */
    static List<Measured> of(List<Ticket> tickets, Optional<Integer> images, int usual, Console console) {
        List<Measured> measured = new ArrayList<>();
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            TicketSplits parts = new TicketSplits("test", lines);
            for (Ticket ticket : tickets) {
                TicketSplits.Part part = parts.of(ticket);
                Split test = part.split();
                images.filter(n -> n < 1 || n > test.size()).ifPresent(n -> {
                    throw new UserException("--images is " + n + ", expected a number from 1 to " + test.size()
                            + ", the test images of the data set");
                });
                measured.add(new Measured(ticket, part.set(), test, images.orElse(Math.min(usual, test.size()))));
            }
        }
        return measured;
    }
}
