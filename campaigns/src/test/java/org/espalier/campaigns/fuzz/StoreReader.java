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

/**
 * A search of which one file is replaced, and which is read as far as that file goes: a first byte says which file, the rest
 * is its content.
 */
final class StoreReader implements FuzzTarget.Reader {
    /** A file, its sound content, and what reads it. */
    private record Part(Path file, byte[] content, Runnable reading) {}

    private final Path directory;
    private final List<Part> parts = new ArrayList<>();

    StoreReader() {
        try {
            directory = StoredSearch.make();
            List<String> keys = Store.open(directory).trials().getFirst().levels();
            String done = keys.getFirst();
            String begun = keys.getLast();
            Path levels = directory.resolve(Store.LEVELS);
            // A level in work and one that failed have readers of their own.
            Files.delete(levels.resolve(begun).resolve("done.json"));
            add(directory.resolve("index.json"), () -> Store.open(directory).trials());
            add(directory.resolve("experiment.yaml"), () -> Store.open(directory));
            Store store = Store.open(directory);
            add(directory.resolve("provenance.json"), store::provenance);
            add(directory.resolve("timings.jsonl"), store::timings);
            add(levels.resolve(done).resolve("level.json"), () -> level(store.level(done)));
            add(levels.resolve(done).resolve("done.json"), () -> level(store.level(done)));
            add(levels.resolve(begun).resolve("metrics.jsonl"), store.level(begun)::metrics);
            for (String folder : List.of("robustness", "certification")) {
                List<Path> files;
                try (Stream<Path> walked = Files.walk(directory.resolve(folder).resolve(done))) {
                    files = walked.filter(Files::isRegularFile).sorted().toList();
                }
                for (Path file : files) {
                    add(file, () -> evaluations(store, done));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void add(Path file, Runnable reading) throws IOException {
        parts.add(new Part(file, Files.readAllBytes(file), reading));
    }

    @Override
    public void read(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        Part part = parts.get((input[0] & 0xff) % parts.size());
        Files.write(part.file(), Arrays.copyOfRange(input, 1, input.length));
        try {
            part.reading().run();
        } finally {
            Files.write(part.file(), part.content());
        }
    }

    private static void level(StoredLevel level) {
        refused(level::state);
        refused(level::counts);
        refused(level::architecture);
        refused(level::dataDigest);
        refused(level::failure);
        refused(level::metrics);
        refused(() -> level.digest(false));
    }

    private static void evaluations(Store store, String key) {
        StoredEvaluations.of(store, key, StoredCertifications.of(store, key, _ -> {}), _ -> {});
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
        for (int i = 0; i < parts.size(); i++) {
            seeds.add(IdxReader.with(i, parts.get(i).content()));
        }
        return seeds;
    }
}
