package org.espalier.cli.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.cli.console.Console;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketSplits;
import org.espalier.network.Architecture;

/** Test images and engines for commands that measure tickets. */
final class MeasuredTickets {
    private MeasuredTickets() {}

    /**
     * A ticket and the images to measure.
     *
     * @param images from the start of the split
     */
    record Measured(Ticket ticket, Split split, int images) {
        /** An engine with the ticket's weights. */
        Engine engine() {
            Architecture architecture = ticket.network().mask().architecture();
            Engine engine = Engines.create(architecture);
            engine.load(ticket.network().weights(), ticket.network().mask());
            return engine;
        }

        /** Settings that every measurement has, for its file's name and content. */
        Map<String, Object> settings() {
            Map<String, Object> settings = new LinkedHashMap<>();
            settings.put("network", ticket.digest());
            settings.put("data", ticket.data().name());
            settings.put("split", split.name());
            settings.put("images", images);
            return settings;
        }
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
                Split test = parts.of(ticket).split();
                images.filter(n -> n < 1 || n > test.size()).ifPresent(n -> {
                    throw new UserException("--images is " + n + ", expected a number from 1 to " + test.size()
                            + ", the test images of the data set");
                });
                measured.add(new Measured(ticket, test, images.orElse(Math.min(usual, test.size()))));
            }
        }
        return measured;
    }
}
