package org.espalier.campaigns.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.campaigns.disk.StoredSearch;
import org.espalier.lab.certification.StoredCertifications;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredTrial;

/** A whole search of which one file is replaced: a first byte says which, the rest is its content. */
final class StoreReader implements FuzzTarget.Reader {
    private final Path directory;
    private final List<Path> files = new ArrayList<>();
    private final List<byte[]> contents = new ArrayList<>();
    private final String begun;

    StoreReader() {
        try {
            directory = StoredSearch.make();
            begun = Store.open(directory).trials().getFirst().levels().getLast();
            Path level = directory.resolve(Store.LEVELS).resolve(begun);
            // A level in work and one that failed have readers of their own.
            Files.delete(level.resolve("done.json"));
            String done = Store.open(directory).trials().getFirst().levels().getFirst();
            List<Path> wanted = new ArrayList<>(List.of(
                    directory.resolve("index.json"),
                    directory.resolve("experiment.yaml"),
                    directory.resolve("provenance.json"),
                    directory.resolve("timings.jsonl"),
                    directory.resolve(Store.LEVELS).resolve(done).resolve("level.json"),
                    directory.resolve(Store.LEVELS).resolve(done).resolve("done.json"),
                    level.resolve("metrics.jsonl")));
            for (String folder : List.of("robustness", "certification")) {
                try (Stream<Path> walked = Files.walk(directory.resolve(folder).resolve(done))) {
                    walked.filter(Files::isRegularFile).forEach(wanted::add);
                }
            }
            for (Path file : wanted) {
                files.add(file);
                contents.add(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void read(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        int which = (input[0] & 0xff) % files.size();
        Files.write(files.get(which), Arrays.copyOfRange(input, 1, input.length));
        try {
            readAll();
        } finally {
            Files.write(files.get(which), contents.get(which));
        }
    }

    private void readAll() {
        Store store = Store.open(directory);
        refused(store::provenance);
        refused(store::timings);
        refused(store::running);
        for (StoredTrial trial : store.trials()) {
            for (String key : trial.levels()) {
                StoredLevel level = store.level(key);
                refused(level::state);
                refused(level::counts);
                refused(level::architecture);
                refused(level::metrics);
                refused(level::dataDigest);
                refused(level::failure);
                refused(() -> level.digest(false));
                refused(level::verify);
                StoredEvaluations.of(store, key, StoredCertifications.of(store, key, _ -> {}), _ -> {});
            }
        }
    }

    /** Reads a part: a part that is refused must not keep the others from being read. */
    private static void refused(Runnable reading) {
        try {
            reading.run();
        } catch (UserException e) {
            if (e.getMessage() == null) {
                throw new AssertionError("an exception without a message", e);
            }
        }
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            seeds.add(IdxReader.with(i, contents.get(i)));
        }
        return seeds;
    }
}
