package org.espalier.lab.tickets;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.SplitRule;
import org.espalier.data.Splits;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.network.NetworkInput;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Shape;

/**
 * The data set that a ticket classifies.
 *
 * @param name of a known data set, or any name for a directory
 * @param directory with four IDX files; empty for a known data set
 * @param digest required digest of the data, if the ticket's store has it
 * @param validation images of the training files that are for validation
 * @param rule which they are
 * @param seed of rules that draw
 * @param assumed whether nothing names the data set, and the usual one stands for it
 */
public record TicketData(
        String name,
        Optional<Path> directory,
        Optional<String> digest,
        int validation,
        SplitRule rule,
        long seed,
        boolean assumed) {
    /** A known data set or a directory, with the paper's validation images. */
    public static TicketData of(String name, Optional<Path> directory) {
        return new TicketData(name, directory, Optional.empty(), DataSet.PAPER_VALIDATION, SplitRule.FIRST, 1, false);
    }

    /** The usual data set, for a file that may name another one. */
    public static TicketData assumed(String name, Optional<Path> directory) {
        return new TicketData(name, directory, Optional.empty(), DataSet.PAPER_VALIDATION, SplitRule.FIRST, 1, true);
    }

    /** The data set that a file names, in place of an assumed one. */
    TicketData orNamed(Optional<String> named, Optional<String> sha256) {
        return assumed && named.isPresent()
                ? new TicketData(named.get(), directory, sha256, validation, rule, seed, false)
                : this;
    }

    /**
     * Loads it.
     *
     * @throws UserException if it is missing, or is not what the ticket was trained on
     */
    public DataSet load(DataProgress progress) {
        DataSet set = DataSets.load(name, directory, progress);
        digest.filter(expected -> !expected.equals(set.digest())).ifPresent(expected -> {
            throw new UserException("data set " + name + " has SHA-256 " + set.digest() + ", expected " + expected
                    + ", which the ticket was trained on");
        });
        return set;
    }

    /** The splits as the ticket's training had them. */
    public Splits splits(DataSet set) {
        int images = Math.min(validation, set.train().size() - 1);
        return new Experiment.Data(List.of(), images, rule).splits(set, images, seed);
    }

    /**
     * Checks that a network reads these images and can name these classes. It may name others too: data may lack the last
     * ones.
     *
     * @throws UserException if not
     */
    public static void check(StoredNetwork network, DataSet set, Path file) {
        int inputs = network.mask().architecture().inputs();
        Shape input = network.mask().architecture().graph().input();
        Shape image = NetworkInput.of(set);
        int classes = network.mask().architecture().classes();
        if (inputs != set.features()) {
            throw new UserException(file + " has " + inputs + " inputs, expected the " + set.features()
                    + " pixels of an image of data set " + set.name());
        } else if (input.dimensions() > 1 && !input.equals(image)) {
            throw new UserException(file + " reads images of " + input + " (channels x rows x columns), expected "
                    + image + ", the images of data set " + set.name());
        } else if (classes < set.classes()) {
            throw new UserException(file + " has " + classes + " outputs, expected at least " + set.classes()
                    + ", the classes of data set " + set.name());
        }
    }
}
