package org.espalier.lab.tickets;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.TrialId;

/**
 * A network to evaluate, and its origin.
 *
 * @param file file of the network
 * @param digest SHA-256 of that file
 * @param network weights and mask
 * @param data the data set that it classifies
 * @param place the level of a search that it is, if it is one
 * @param results directory that its evaluations are kept in
 * @param elsewhere directory that its certificates are kept in, where it is not the usual one
 */
public record Ticket(
        Path file,
        String digest,
        StoredNetwork network,
        TicketData data,
        Optional<Place> place,
        Path results,
        Optional<Path> elsewhere) {
    /** Directory of a search that evaluations are kept in, by the key of the level. */
    public static final String EVALUATIONS = "robustness";

    /** Directory of a search that certificates are kept in, by the key of the level. */
    public static final String CERTIFICATES = "certification";

    /**
     * A level of a search.
     *
     * @param store the search's directory
     * @param trial the first trial that has the level
     * @param level its number; 0 is the dense network
     * @param key what it is stored under
     * @param weights which of its weights
     */
    public record Place(Path store, TrialId trial, int level, String key, WeightChoice weights) {
        /** The level's name as members of a JSON object: data set, objective, strategy, trial, level. */
        public Map<String, Object> members() {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("dataset", trial.dataset());
            members.put("objective", trial.objective());
            members.put("strategy", trial.strategy());
            members.put("trial", trial.trial());
            members.put("level", level);
            return members;
        }
    }

    /** A ticket whose certificates are kept where they usually are. */
    public Ticket(
            Path file, String digest, StoredNetwork network, TicketData data, Optional<Place> place, Path results) {
        this(file, digest, network, data, place, results, Optional.empty());
    }

    /** Fraction of the weights that survive, in [0, 1]. */
    public double density() {
        return network.mask().density();
    }

    /** The same ticket with its data set's files in another directory; their digest has to be the same. */
    public Ticket withDataIn(Path directory) {
        TicketData there = new TicketData(
                data.name(),
                Optional.of(directory),
                data.digest(),
                data.validation(),
                data.rule(),
                data.seed(),
                data.assumed());
        return new Ticket(file, digest, network, there, place, results, elsewhere);
    }

    /** The same ticket with its evaluations kept in another place: a directory of its own for each level or file. */
    public Ticket keptIn(Path directory) {
        return new Ticket(
                file,
                digest,
                network,
                data,
                place,
                directory.resolve(String.valueOf(results.getFileName())),
                elsewhere);
    }

    /** The same ticket with its certificates kept in another place: a directory of its own for each level or file. */
    public Ticket certificatesKeptIn(Path directory) {
        return new Ticket(
                file,
                digest,
                network,
                data,
                place,
                results,
                Optional.of(directory.resolve(String.valueOf(certificates().getFileName()))));
    }

    /**
     * Directory of its certificates, which does not depend on the directory of its evaluations: in
     * {@code certification/KEY} of its search, or in {@code NAME.certification} beside its file.
     */
    public Path certificates() {
        return elsewhere.orElseGet(() -> measurements(CERTIFICATES));
    }

    /**
     * Directory of its measurements of a kind: {@code KIND/KEY} of its search, or {@code NAME.KIND} beside its file.
     *
     * @param kind name of a directory
     */
    public Path measurements(String kind) {
        return place.map(at -> at.store().resolve(kind).resolve(at.key())).orElseGet(() -> beside(file, kind));
    }

    /** The directory {@code NAME.KIND} beside a file. */
    static Path beside(Path file, String kind) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return file.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + "." + kind);
    }

    /** The ticket in words. */
    public String label() {
        return place.map(at -> at.trial() + ", level " + at.level()).orElseGet(file::toString);
    }
}
