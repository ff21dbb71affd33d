package org.espalier.lab.tickets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.data.Digests;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.StoredTrial;
import org.jspecify.annotations.Nullable;

/** Finds tickets: in a search's directory, a level's directory, or a safetensors file of any origin. */
public final class Tickets {
    private static final String LEVEL = "level.json";

    private Tickets() {}

    /**
     * The tickets at a path.
     *
     * @param given a search's directory, a level's, or a safetensors file
     * @param choice which levels of a search's directory, and which weights of a level
     * @param data the data set of a file that belongs to no search; an assumed one gives way to the one that the file names
     * @throws UserException if there is no such ticket, or it is damaged or not trained yet
     */
    public static List<Ticket> at(Path given, TicketChoice choice, TicketData data) {
        Path path = given.toAbsolutePath().normalize();
        if (Files.isRegularFile(path)) {
            return List.of(file(given, path, choice, data));
        } else if (Files.exists(path.resolve(LEVEL))) {
            return List.of(level(given, store(path), name(path), choice));
        } else if (Files.isDirectory(path)) {
            return of(Store.open(given), choice);
        }
        throw new UserException(
                given + " is missing: expected a ticket's safetensors file, a level's directory or a search's");
    }

    /**
     * Levels of a search; with {@code all}, those that are trained.
     *
     * @throws UserException if there is no such level, or it is damaged or not trained yet
     */
    public static List<Ticket> of(Store store, TicketChoice choice) {
        return choice.of(store).stream()
                .filter(chosen -> !choice.all() || trained(store, chosen))
                .map(chosen -> ticket(store, chosen, choice.weights()))
                .toList();
    }

    private static boolean trained(Store store, TicketChoice.Chosen chosen) {
        return store.level(chosen.key()).state() == LevelState.DONE;
    }

    private static Ticket level(Path given, Store store, String key, TicketChoice choice) {
        return ticket(store, chosen(store, key, given), choice.weights());
    }

    private static Ticket ticket(Store store, TicketChoice.Chosen chosen, WeightChoice weights) {
        StoredLevel level = store.level(chosen.key());
        if (level.state() != LevelState.DONE) {
            throw new UserException(chosen.trial() + ", level " + chosen.level() + " of " + store.directory()
                    + (level.state() == LevelState.FAILED ? " diverged" : " is not trained yet"));
        }
        Path file = level.directory().resolve(StoredLevel.fileOf(weights == WeightChoice.BEST_VALIDATION));
        StoredNetwork network = switch (weights) {
            case FINAL -> level.trained().orElseThrow();
            case BEST_VALIDATION ->
                level.best()
                        .orElseThrow(() -> new UserException(level.directory()
                                + " has no weights of the least validation loss; a search keeps them with"
                                + " --set robustness.weights=best-validation"));
        };
        // A finished level lists the digest that its network was compared with when it was read.
        String digest = level.state() == LevelState.DONE
                ? level.digest(weights == WeightChoice.BEST_VALIDATION).orElseThrow()
                : AtomicFiles.digest(file);
        return ticket(store, chosen, network, file, digest, weights);
    }

    private static Ticket ticket(
            Store store,
            TicketChoice.Chosen chosen,
            StoredNetwork network,
            Path file,
            String digest,
            WeightChoice weights) {
        return new Ticket(
                file,
                digest,
                network,
                data(store, chosen),
                Optional.of(new Ticket.Place(store.directory(), chosen.trial(), chosen.level(), chosen.key(), weights)),
                store.directory().resolve(Ticket.EVALUATIONS).resolve(chosen.key()));
    }

    private static TicketData data(Store store, TicketChoice.Chosen chosen) {
        Experiment.Data data = store.experiment().data();
        Optional<Path> directory = data.sets().stream()
                .filter(set -> set.name().equals(chosen.trial().dataset()))
                .findFirst()
                .flatMap(Experiment.DataSource::directory)
                .map(text -> UserPath.of(text, "data.sets directory"));
        return new TicketData(
                chosen.trial().dataset(),
                directory,
                store.level(chosen.key()).dataDigest(),
                data.validation(),
                data.split(),
                store.experiment().seed(),
                false);
    }

    /** A file: a level's own, which names its level, or any other. */
    private static Ticket file(Path given, Path path, TicketChoice choice, TicketData data) {
        if (!choice.none()) {
            throw new UserException(given + " is one file; options that choose levels of a search do not apply to it");
        }
        byte[] content = AtomicFiles.read(given);
        NetworkFile read = NetworkFile.decode(content, given.toString());
        String digest = Digests.sha256(content); // of the bytes that were read
        Path directory = parent(path);
        if (Files.exists(directory.resolve(LEVEL)) && read.level().equals(Optional.of(name(directory)))) {
            Store store = store(directory);
            TicketChoice.Chosen chosen = chosen(store, name(directory), given);
            StoredLevel level = store.level(chosen.key());
            if (level.state() == LevelState.DONE) {
                level.verify(name(path));
            }
            if (name(path).equals(StoredLevel.fileOf(false))) {
                return ticket(store, chosen, read.network(), given, digest, WeightChoice.FINAL);
            }
            // Other weights of a level have no place in the tables.
            return new Ticket(given, digest, read.network(), data(store, chosen), Optional.empty(), evaluations(path));
        }
        // The name comes from a file of any origin and enters messages and documents.
        Optional<String> named = read.dataSet().filter(text -> text.matches(Names.PATTERN));
        return new Ticket(
                given,
                digest,
                read.network(),
                data.orNamed(named, read.dataDigest()),
                Optional.empty(),
                evaluations(path));
    }

    private static Path evaluations(Path file) {
        return Ticket.beside(file, Ticket.EVALUATIONS);
    }

    private static TicketChoice.Chosen chosen(Store store, String key, Path given) {
        List<TicketChoice.Chosen> chosen = new ArrayList<>();
        for (StoredTrial trial : store.trials()) {
            int number = trial.levels().indexOf(key);
            if (number >= 0) {
                chosen.add(new TicketChoice.Chosen(trial.id(), number, key));
            }
        }
        if (chosen.isEmpty()) {
            throw new UserException(
                    given + " is no level that " + store.directory().resolve("index.json") + " names");
        }
        return chosen.getFirst();
    }

    /** The search that a level's directory belongs to: DIR of DIR/levels/KEY. */
    private static Store store(Path level) {
        return Store.open(parent(parent(level)));
    }

    private static Path parent(Path path) {
        @Nullable Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
