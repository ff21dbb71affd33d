package org.espalier.lab.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.data.Digests;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Json;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.espalier.ticket.Level;
import org.espalier.train.TrainingState;
import org.espalier.train.mask.MaskState;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Writes one level's directory, in the order begin, measurements and checkpoints, finish or fail. Used by one thread.
 * Its bytes depend on the level alone, not on how often the work was interrupted.
 */
public final class LevelWriter implements AutoCloseable {
    private final Path directory;
    private final String key;
    private byte[] initial = new byte[0];
    private Map<String, Object> determinedBy = Map.of();
    private int number;
    private @Nullable Mask startMask;
    private @Nullable FileChannel metrics;
    private long metricsBytes;

    LevelWriter(Path directory, String key) {
        this.directory = directory;
        this.key = key;
    }

    /**
     * Makes the directory and the files that do not depend on training.
     *
     * @param determinedBy all that determines the level; its canonical JSON's digest is the key
     */
    public void begin(Map<String, Object> determinedBy, Level level) {
        AtomicFiles.makeDirectory(directory);
        try {
            StoreWriter.deleteTemporaries(directory, StoredLevel::wroteWhole);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(directory, e);
        }
        this.determinedBy = determinedBy;
        number = level.number();
        startMask = level.mask();
        initial = Networks.encode(level.start(), level.mask(), key, 0);
        writeIfOther(StoredLevel.INITIAL, initial);
        writeIfOther(StoredLevel.LEVEL, describe(level.mask()));
    }

    private byte[] describe(Mask mask) {
        List<Object> weights = new ArrayList<>();
        List<Object> surviving = new ArrayList<>();
        for (Parameter parameter : mask.graph().prunable()) {
            weights.add(parameter.size());
            surviving.add(mask.count(parameter.name()));
        }
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("format", Store.FORMAT);
        file.put("key", key);
        file.put("level", number);
        file.put("weights", weights);
        file.put("surviving", surviving);
        file.put("density", mask.density());
        file.put("network", NetworkDescription.write(mask.architecture()));
        // Canonical, so that the key can be checked with sha256sum and the bytes do not depend on a map's order.
        String described = Json.write(file);
        return (described.substring(0, described.length() - 1) + ",\"determined-by\":" + Json.canonical(determinedBy)
                        + "}\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] text(Map<String, Object> file) {
        return (Json.write(file) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private void writeIfOther(String name, byte[] content) {
        Path file = directory.resolve(name);
        if (!Files.exists(file) || !Arrays.equals(AtomicFiles.read(file), content)) {
            AtomicFiles.write(file, content);
        }
    }

    /**
     * The point to continue from, if the level was interrupted and its files are sound. Opens the metrics for
     * appending.
     *
     * @param start the level's start, for its shape
     * @param warnings receives one sentence if work must be repeated
     */
    public Optional<Checkpoint> resume(Weights start, Consumer<String> warnings) {
        Path file = directory.resolve(StoredLevel.CHECKPOINT);
        Optional<Checkpoint> checkpoint = Optional.empty();
        if (Files.exists(file)) {
            try {
                checkpoint = Optional.of(Networks.readCheckpoint(file, start.architecture(), key));
            } catch (UserException e) {
                warnings.accept(e.getMessage() + "; this level is trained again from its start");
            }
        }
        Path lines = directory.resolve(StoredLevel.METRICS);
        try {
            FileChannel channel = FileChannel.open(lines, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            metrics = channel;
            if (checkpoint.isPresent() && channel.size() < checkpoint.get().metricsBytes()) {
                warnings.accept(lines + " is truncated: its checkpoint expects "
                        + checkpoint.get().metricsBytes() + " bytes, found " + channel.size()
                        + "; this level is trained again from its start");
                checkpoint = Optional.empty();
            }
            metricsBytes = checkpoint.map(Checkpoint::metricsBytes).orElse(0L);
            channel.truncate(metricsBytes);
            channel.position(metricsBytes);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(lines, e);
        }
        return checkpoint;
    }

    /** Measurements that the metrics file holds now. */
    public List<Measurement> measured() {
        Path file = directory.resolve(StoredLevel.METRICS);
        return MetricsLines.parse(AtomicFiles.read(file), file.toString());
    }

    /** Adds measurements. */
    public void measured(List<Measurement> measurements) {
        StringBuilder lines = new StringBuilder();
        measurements.forEach(measurement -> lines.append(MetricsLines.line(measurement)));
        ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                metricsBytes += metrics().write(bytes);
            }
        } catch (IOException e) {
            throw AtomicFiles.unwritable(directory.resolve(StoredLevel.METRICS), e);
        }
    }

    /**
     * Writes a checkpoint.
     *
     * @param maskState what a rule that changes the mask carries
     */
    public void checkpoint(TrainingState state, Mask mask, MaskState maskState) {
        flush();
        AtomicFiles.write(
                directory.resolve(StoredLevel.CHECKPOINT), Networks.encode(state, mask, maskState, key, metricsBytes));
    }

    /** Whether weights for a rewind to this iteration are kept. */
    public boolean hasRewind(int iteration) {
        return Files.exists(directory.resolve(StoredLevel.rewindFile(iteration)));
    }

    /** Keeps weights for a rewind. */
    public void rewind(int iteration, Weights weights, Mask mask) {
        AtomicFiles.write(
                directory.resolve(StoredLevel.rewindFile(iteration)), Networks.encode(weights, mask, key, iteration));
    }

    /** Adds a rewind's weights to the digests of a level that was finished without them. */
    public void listRewind(int iteration) {
        Path file = directory.resolve(StoredLevel.DONE);
        JsonNode done = Json.parse(AtomicFiles.read(file), file.toString());
        Map<String, Object> digests = new TreeMap<>(Json.texts(done, "files", file.toString()));
        String name = StoredLevel.rewindFile(iteration);
        if (!digests.containsKey(name)) {
            digests.put(name, Digests.sha256(AtomicFiles.read(directory.resolve(name))));
            AtomicFiles.write(file, done(Json.whole(done, "iterations", file.toString()), digests));
        }
    }

    private static byte[] done(int iterations, Map<String, Object> digests) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("format", Store.FORMAT);
        file.put("iterations", iterations);
        file.put("files", digests);
        return text(file);
    }

    /** Keeps the weights of the least validation objective so far. */
    public void best(Weights weights, Mask mask, int iteration) {
        AtomicFiles.write(directory.resolve(StoredLevel.BEST), Networks.encode(weights, mask, key, iteration));
    }

    /** Keeps the weights of the highest validation accuracy so far, for {@link #finishKept}. */
    public void keep(Weights weights, Mask mask, int iteration) {
        AtomicFiles.write(directory.resolve(StoredLevel.KEPT), Networks.encode(weights, mask, key, iteration));
    }

    /**
     * Finishes the level with the weights of the last {@link #keep}.
     *
     * @param iterations updates made
     * @param keptBest whether {@link #best} was called
     * @throws UserException if the kept weights are damaged
     */
    public void finishKept(Architecture architecture, int iterations, List<Integer> rewinds, boolean keptBest) {
        Path file = directory.resolve(StoredLevel.KEPT);
        byte[] network = AtomicFiles.read(file);
        Mask mask = Networks.read(file, network, architecture, key).mask();
        finish(network, mask, iterations, rewinds, keptBest);
    }

    /**
     * Finishes the level: from here on it is {@link LevelState#DONE}.
     *
     * @param keptBest whether {@link #best} was called
     */
    public void finish(Weights trained, Mask mask, int iterations, List<Integer> rewinds, boolean keptBest) {
        finish(Networks.encode(trained, mask, key, iterations), mask, iterations, rewinds, keptBest);
    }

    private void finish(byte[] network, Mask mask, int iterations, List<Integer> rewinds, boolean keptBest) {
        flush();
        if (startMask == null || !startMask.equals(mask)) {
            // The mask changed in training: the level's counts are those of the network that it gives.
            writeIfOther(StoredLevel.LEVEL, describe(mask));
        }
        AtomicFiles.write(directory.resolve(StoredLevel.TRAINED), network);
        Map<String, Object> digests = new TreeMap<>();
        digests.put(StoredLevel.INITIAL, Digests.sha256(initial));
        digests.put(StoredLevel.TRAINED, Digests.sha256(network));
        digests.put(StoredLevel.METRICS, Digests.sha256(AtomicFiles.read(directory.resolve(StoredLevel.METRICS))));
        if (keptBest) {
            digests.put(StoredLevel.BEST, AtomicFiles.digest(directory.resolve(StoredLevel.BEST)));
        }
        for (int rewind : rewinds) {
            String name = StoredLevel.rewindFile(rewind);
            digests.put(name, Digests.sha256(AtomicFiles.read(directory.resolve(name))));
        }
        AtomicFiles.write(directory.resolve(StoredLevel.DONE), done(iterations, digests));
        deleteCheckpoint();
    }

    /** Ends the level where its training diverged. */
    public void fail(Failure failure) {
        flush();
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("format", Store.FORMAT);
        file.put("iteration", failure.iteration());
        file.put("reason", failure.reason());
        AtomicFiles.write(directory.resolve(StoredLevel.FAILED), text(file));
        deleteCheckpoint();
    }

    /** Removes files of a crash after the last step, once that step is on the disk. */
    public void deleteCheckpoint() {
        AtomicFiles.flushDirectory(directory);
        for (String name : List.of(StoredLevel.CHECKPOINT, StoredLevel.KEPT)) {
            AtomicFiles.delete(directory.resolve(name));
        }
    }

    private void flush() {
        try {
            metrics().force(true);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(directory.resolve(StoredLevel.METRICS), e);
        }
    }

    private FileChannel metrics() {
        if (metrics == null) {
            throw new IllegalStateException("resume comes first");
        }
        return metrics;
    }

    @Override
    public void close() {
        if (metrics != null) {
            try {
                metrics.close();
            } catch (IOException e) {
                // All results are flushed already.
            }
        }
    }
}
