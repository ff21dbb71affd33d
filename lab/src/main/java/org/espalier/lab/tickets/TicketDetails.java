package org.espalier.lab.tickets;

import java.util.List;
import org.espalier.data.DataDetails;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.store.Store;

/** Names of the classes and features that a ticket was trained on. */
public final class TicketDetails {
    private TicketDetails() {}

    /**
     * Those of its data set on this machine, if its digest is the one that the ticket names. Where it is not here, or another data
     * set has its name, the names of classes are those that its search or its file has, and features are not known.
     *
     * @throws org.espalier.UserException if the files that hold the names are damaged
     */
    public static DataDetails of(Ticket ticket) {
        TicketData data = ticket.data();
        DataDetails here = DataSets.standard().details(data.name(), data.directory(), data.digest());
        if (!here.classNames().isEmpty()) {
            return here;
        }
        List<String> stored = ticket.place()
                .map(place -> Store.open(place.store()).classNames(data.name()))
                .orElseGet(() -> NetworkFile.classNames(ticket.file()));
        return stored.size() == ticket.network().mask().architecture().classes() ? DataDetails.ofClasses(stored) : here;
    }

    /** The same of a data set that a search trained on. */
    public static List<String> classNames(Store store, TicketData data) {
        List<String> stored = store.classNames(data.name());
        return stored.isEmpty()
                ? DataSets.standard()
                        .details(data.name(), data.directory(), data.digest())
                        .classNames()
                : stored;
    }

    /** Whether a data set of the ticket's name is on this machine, and is another one. */
    public static boolean another(Ticket ticket) {
        TicketData data = ticket.data();
        DataSets sets = DataSets.standard();
        return !sets.details(data.name(), data.directory()).equals(DataDetails.NONE)
                && sets.details(data.name(), data.directory(), data.digest()).equals(DataDetails.NONE);
    }
}
