package org.espalier.lab.tickets;

import java.io.Serializable;
import java.nio.file.Path;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.lab.jobs.PartedWork;

/**
 * What another machine needs, beside a ticket and its data, to make parts of an evaluation or a certificate. Both machines make
 * the same parts if the work has the same folder on both: its name ends in a digest of all that determines the result.
 */
public interface PartRecipe extends Serializable {
    /** The split that images are taken from: test or validation. */
    String split();

    /**
     * The work on this machine.
     *
     * @param set the ticket's data set
     * @param split its split of the name {@link #split}
     * @param root directory of the search that the ticket is in on this machine
     * @throws org.espalier.UserException if it cannot be done with this ticket, or a file is missing
     */
    PartedWork work(Ticket ticket, DataSet set, Split split, Path root);
}
