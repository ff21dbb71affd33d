package org.espalier.lab.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.UserException;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.Json;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import tools.jackson.databind.JsonNode;

/** One level's directory, read-only. A level without stored files is {@link LevelState#WAITING}. */
public final class StoredLevel {
    public static final String LEVEL = "level.json";
    public static final String INITIAL = "initial.safetensors";
    public static final String TRAINED = "trained.safetensors";
    static final String BEST = "best.safetensors";
    static final String KEPT = "kept.safetensors";
    public static final String METRICS = "metrics.jsonl";
    public static final String DONE = "done.json";
    public static final String FAILED = "failed.json";
    public static final String CHECKPOINT = "checkpoint.safetensors";

    private final Path directory;
    private final String key;

    StoredLevel(Path directory, String key) {
        this.directory = directory;
        this.key = key;
    }

    /** The level's key. */
    public String key() {
        return key;
    }

    /** Directory of its files. */
    public Path directory() {
        return directory;
    }

    /** Whether a level has a file of this name that is written whole. */
    public static boolean wroteWhole(String name) {
        return name.matches("rewind-[0-9]+\\.safetensors")
                || List.of(LEVEL, INITIAL, TRAINED, BEST, KEPT, DONE, FAILED, CHECKPOINT)
                        .contains(name);
    }

    /** Name of the file with the weights after an iteration, kept for a rewind. */
    public static String rewindFile(int iteration) {
        return "rewind-" + iteration + ".safetensors";
    }

    /** Its state. */
    public LevelState state() {
        if (Files.exists(directory.resolve(DONE))) {
            return LevelState.DONE;
        } else if (Files.exists(directory.resolve(FAILED))) {
            return LevelState.FAILED;
        }
        return Files.exists(directory.resolve(LEVEL)) ? LevelState.BEGUN : LevelState.WAITING;
    }

    /**
     * The level's number and weight counts.
     *
     * @param number 0 is the dense level
     * @param weights (layer) weights of the dense network
     * @param surviving (layer) weights that this level's mask keeps
     */
    public record Counts(int number, List<Integer> weights, List<Integer> surviving) {
        /** Fraction of all weights that survive, in [0, 1]. */
        public double density() {
            return (double) total(surviving) / total(weights);
        }

        private static long total(List<Integer> counts) {
            return counts.stream().mapToLong(Integer::longValue).sum();
        }
    }

    /** Number and weight counts; empty while waiting. */
    public Optional<Counts> counts() {
        return levelFile().map(file -> {
            String source = directory.resolve(LEVEL).toString();
            return new Counts(
                    Json.whole(file, "level", source),
                    NetworkDescription.counts(file, "weights", source),
                    NetworkDescription.counts(file, "surviving", source));
        });
    }

    /** Density of the level's mask; empty while waiting. */
    public Optional<Double> density() {
        return counts().map(Counts::density);
    }

    /** The network's shape; empty while waiting. */
    public Optional<Architecture> architecture() {
        return levelFile()
                .map(file ->
                        NetworkDescription.read(file, directory.resolve(LEVEL).toString()));
    }

    private Optional<JsonNode> levelFile() {
        Path file = directory.resolve(LEVEL);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode level = Json.parse(AtomicFiles.read(file), file.toString());
        if (!Json.string(level, "key", file.toString()).equals(key)) {
            throw new UserException(
                    file + " belongs to level " + Json.string(level, "key", file.toString()) + ", expected " + key);
        }
        return Optional.of(level);
    }

    /**
     * All measurements so far, in order. The digest of a finished level is checked. A line that is still being written
     * is skipped.
     *
     * @throws UserException if the file is damaged
     */
    public List<Measurement> metrics() {
        Path file = directory.resolve(METRICS);
        if (!Files.exists(file)) {
            if (state() == LevelState.DONE) {
                throw new UserException(file + " is missing");
            }
            return List.of();
        }
        byte[] content = AtomicFiles.read(file);
        if (state() == LevelState.DONE) {
            checkDigest(METRICS, content);
        }
        return MetricsLines.parse(content, file.toString());
    }

    /** The mask and the weights that training starts from; empty while waiting. */
    public Optional<StoredNetwork> initial() {
        return network(INITIAL);
    }

    /** The mask and the weights that training gives, after the last update unless others were to be kept; empty until done. */
    public Optional<StoredNetwork> trained() {
        return state() == LevelState.DONE ? network(TRAINED) : Optional.empty();
    }

    /** The mask and the weights of the least validation loss, if the search keeps them. */
    public Optional<StoredNetwork> best() {
        return state() == LevelState.DONE && Files.exists(directory.resolve(BEST)) ? network(BEST) : Optional.empty();
    }

    /** Name of the file with a finished level's weights: the last ones, or those of the least validation loss. */
    public static String fileOf(boolean best) {
        return best ? BEST : TRAINED;
    }

    /** Digest of the data set that the level is trained on; empty while waiting, or if the level does not record it. */
    public Optional<String> dataDigest() {
        String source = directory.resolve(LEVEL).toString();
        return levelFile()
                .map(file -> Json.object(file, "determined-by", source))
                .filter(inputs -> inputs.has("data"))
                .map(inputs -> Json.string(Json.object(inputs, "data", source), "digest", source));
    }

    /** The weights after so many updates, if kept for a rewind. */
    public Optional<StoredNetwork> rewind(int iteration) {
        return network(rewindFile(iteration));
    }

    private Optional<StoredNetwork> network(String name) {
        Path file = directory.resolve(name);
        if (!Files.exists(file) && state() != LevelState.DONE || name.startsWith("rewind-") && !Files.exists(file)) {
            return Optional.empty();
        }
        Architecture architecture =
                architecture().orElseThrow(() -> new UserException(directory.resolve(LEVEL) + " is missing"));
        byte[] content = AtomicFiles.read(file);
        if (state() == LevelState.DONE) {
            String digest = digests().get(name);
            if (digest != null) {
                AtomicFiles.check(file, content, digest);
            } else if (!name.startsWith("rewind-")) {
                throw new UserException(directory.resolve(DONE) + " is damaged: files has no " + name);
            }
        }
        Networks.Stored stored = Networks.read(file, content, architecture, key);
        return Optional.of(new StoredNetwork(stored.weights(), stored.mask()));
    }

    /**
     * SHA-256 of a finished level's weights, as {@code done.json} has it; empty if the level has none.
     *
     * @param best whether those of the least validation objective, else the last
     * @throws UserException if the file is damaged or missing
     */
    public Optional<String> digest(boolean best) {
        return Optional.ofNullable(digests().get(fileOf(best)));
    }

    /** Why training ended early, if it did. */
    public Optional<Failure> failure() {
        Path file = directory.resolve(FAILED);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode failure = Json.parse(AtomicFiles.read(file), file.toString());
        return Optional.of(new Failure(
                Json.whole(failure, "iteration", file.toString()), Json.string(failure, "reason", file.toString())));
    }

    /** Iteration of the level's last measurement; empty if there is none yet. */
    public OptionalInt lastMeasured() {
        List<Measurement> metrics = metrics();
        return metrics.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(metrics.getLast().iteration());
    }

    /**
     * Checks every file of a finished level against the digest it was finished with.
     *
     * @throws UserException naming the first file that is missing or differs
     */
    public void verify() {
        digests().keySet().forEach(name -> checkDigest(name, AtomicFiles.read(directory.resolve(name))));
    }

    /**
     * The fault of a finished level's files, as a sentence with the remedy; empty if there is none, or if the level is
     * not finished.
     */
    public Optional<String> damage() {
        if (state() != LevelState.DONE) {
            return Optional.empty();
        }
        try {
            verify();
            verifyCounts();
            return Optional.empty();
        } catch (UserException e) {
            return Optional.of(e.getMessage() + "; remove " + directory + " to have the level computed again");
        }
    }

    /**
     * Checks a finished level's counts, which no digest covers, against the mask after training. Where a rule changes the mask in
     * training, a worker that was taken over may leave the counts of the start.
     *
     * @throws UserException if they differ
     */
    public void verifyCounts() {
        Mask mask = trained().orElseThrow().mask();
        List<Integer> surviving = mask.graph().prunable().stream()
                .map(parameter -> mask.count(parameter.name()))
                .toList();
        if (counts().filter(counts -> counts.surviving().equals(surviving)).isEmpty()) {
            throw new UserException(directory.resolve(LEVEL) + " is damaged: its counts are not those of the network");
        }
    }

    /**
     * Checks one file of a finished level against the digest that the level was finished with, if it lists that file.
     *
     * @throws UserException if it differs
     */
    public void verify(String name) {
        if (digests().containsKey(name)) {
            checkDigest(name, AtomicFiles.read(directory.resolve(name)));
        }
    }

    private void checkDigest(String name, byte[] content) {
        String expected = digests().get(name);
        if (expected == null) {
            throw new UserException(directory.resolve(DONE) + " is damaged: files has no " + name);
        }
        AtomicFiles.check(directory.resolve(name), content, expected);
    }

    /**
     * SHA-256 of a finished level's files by name, as {@code done.json} has them.
     *
     * @throws UserException if it is missing or damaged
     */
    public Map<String, String> digests() {
        Path file = directory.resolve(DONE);
        String source = file.toString();
        Map<String, String> digests = Json.texts(Json.parse(AtomicFiles.read(file), source), "files", source);
        digests.forEach((name, digest) -> {
            if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || !digest.matches("[0-9a-f]{64}")) {
                throw new UserException(source + " is damaged: files holds " + name + ": " + digest);
            }
        });
        return digests;
    }

    /** Bytes on disk, for reports. */
    public long bytes() {
        long total = 0;
        try {
            for (Path file : Directories.list(directory)) {
                total += Files.size(file);
            }
        } catch (IOException e) {
            return 0;
        }
        return total;
    }

    @Override
    public String toString() {
        return key.substring(0, Math.min(12, key.length()));
    }
}
