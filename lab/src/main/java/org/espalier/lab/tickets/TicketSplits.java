package org.espalier.lab.tickets;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.Split;

/** The data sets of tickets and one split of each. Tickets of the same data share both: a validation split copies its images. */
public final class TicketSplits {
    private final String split;
    private final Function<TicketData, DataSet> source;
    private final Map<TicketData, Part> parts = new HashMap<>();

    /**
     * Splits of one name.
     *
     * @param split test or validation
     */
    public TicketSplits(String split, DataProgress progress) {
        this(split, data -> data.load(progress));
    }

    /**
     * Splits of data sets that are loaded elsewhere.
     *
     * @param split test or validation
     * @param source gives a ticket's data set
     */
    public TicketSplits(String split, Function<TicketData, DataSet> source) {
        this.split = split;
        this.source = source;
    }

    /** A data set and its split. */
    public record Part(DataSet set, Split split) {}

    /**
     * The data of a ticket; loads what no ticket before had.
     *
     * @throws org.espalier.UserException if the data set is missing, is not what the ticket was trained on, or does not fit the
     *     network
     */
    public Part of(Ticket ticket) {
        Part part = parts.computeIfAbsent(ticket.data(), this::load);
        TicketData.check(ticket.network(), part.set(), ticket.file());
        return part;
    }

    private Part load(TicketData data) {
        DataSet set = source.apply(data);
        return new Part(
                set, split.equals("test") ? set.test() : data.splits(set).validation());
    }
}
