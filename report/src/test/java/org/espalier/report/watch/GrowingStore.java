package org.espalier.report.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.lab.file.Json;
import org.espalier.lab.store.Store;

/** A store that a test writes by hand, as a search would: one data set, two strategies that share level 0. */
final class GrowingStore {
    static final int LEVELS = 3;
    static final int ITERATIONS = 1000;

    final Path directory;

    GrowingStore(Path directory) {
        this.directory = directory;
    }

    /** The key of a level; of trial 1, strategy 0 is original, 1 random. */
    static String key(int strategy, int level) {
        return String.format("%064x", level == 0 ? 0 : 16 * (strategy + 1) + level);
    }

    /** Writes what a search writes first. */
    GrowingStore begin() {
        return begin("digits");
    }

    GrowingStore begin(String dataset) {
        return begin(dataset, 1);
    }

    /** As many trials, of both strategies each; all share level 0. */
    GrowingStore begin(String dataset, int trials) {
        write(Store.EXPERIMENT, """
                name: growing
                trials: %d
                data: {sets: [%s]}
                training: {iterations: %d}
                attacks:
                  fgsm: {kind: fgsm, epsilon: 0.3}
                  pgd: {kind: pgd, epsilon: 0.3}
                objectives: [fgsm]
                evaluation: {every: 100}
                pruning: {levels: 2}
                strategies: [original, random]
                """.formatted(trials, dataset, ITERATIONS));
        String chains = IntStream.range(0, 2 * trials)
                .mapToObj(chain -> Json.write(Map.of(
                        "dataset",
                        dataset,
                        "objective",
                        "fgsm",
                        "strategy",
                        chain % 2 == 0 ? "original" : "random",
                        "trial",
                        chain / 2 + 1,
                        "levels",
                        IntStream.range(0, LEVELS)
                                .mapToObj(level -> key(chain, level))
                                .toList())))
                .collect(Collectors.joining(",\n"));
        write(Store.INDEX, "{\"format\":1,\"trials\":[\n" + chains + "\n]}\n");
        return this;
    }

    Path level(String key) {
        return directory.resolve(Store.LEVELS).resolve(key);
    }

    /** Begins a level: its directory and description. */
    void beginLevel(String key, int number) {
        write(
                Store.LEVELS + "/" + key + "/level.json",
                "{\"format\":1,\"key\":\"" + key + "\",\"level\":" + number + ",\"weights\":[100],\"surviving\":["
                        + (100 >> number) + "],\"density\":" + 1.0 / (1 << number) + ",\"determined-by\":{}}\n");
    }

    /** Adds validation measurements: natural, FGSM and PGD of 1,000 images. */
    void measure(String key, int iteration, double natural, double fgsm, double pgd) {
        append(
                Store.LEVELS + "/" + key + "/metrics.jsonl",
                line(iteration, "validation", "none", natural)
                        + line(iteration, "validation", "fgsm", fgsm)
                        + line(iteration, "validation", "pgd", pgd)
                        + line(iteration, "test", "none", natural));
    }

    private static String line(int iteration, String split, String attack, double accuracy) {
        return String.format(
                Locale.ROOT,
                "{\"iteration\":%d,\"split\":\"%s\",\"attack\":\"%s\",\"correct\":%d,\"examples\":1000,\"accuracy\":%s,\"loss\":%s}%n",
                iteration,
                split,
                attack,
                Math.round(1000 * accuracy),
                accuracy,
                1 - accuracy);
    }

    void time(Instant time, long process, String key, String event, int iteration, double seconds) {
        append(
                Store.TIMINGS,
                "{\"time\":\"" + time + "\",\"pid\":" + process + ",\"level\":\"" + key + "\",\"event\":\"" + event
                        + "\",\"iteration\":" + iteration + ",\"of\":" + ITERATIONS + ",\"training-seconds\":" + seconds
                        + ",\"evaluation-seconds\":0.0}\n");
    }

    /** Lets a worker hold a level for five minutes, by a lease as {@code espalier work} writes it. */
    void hold(String key) {
        write(lease(key), "{\"worker\":\"there-7-1\",\"host\":\"there\",\"pid\":7,\"term-seconds\":300}\n");
    }

    /** Lets the worker give the level back. */
    void release(String key) {
        directory.resolve(lease(key)).toFile().delete();
    }

    /** Lets the worker's lease on a level run out. */
    void expire(String key) {
        directory.resolve(lease(key)).toFile().setLastModified(System.currentTimeMillis() - 301_000);
    }

    private static String lease(String key) {
        return "cluster/leases/" + key + ".json";
    }

    void finish(String key) {
        write(Store.LEVELS + "/" + key + "/done.json", "{\"format\":1,\"iterations\":1000,\"files\":{}}\n");
    }

    void fail(String key, int iteration, String reason) {
        write(
                Store.LEVELS + "/" + key + "/failed.json",
                "{\"format\":1,\"iteration\":" + iteration + ",\"reason\":\"" + reason + "\"}\n");
    }

    void write(String name, String content) {
        put(name, content, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }

    void append(String name, String content) {
        put(name, content, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void put(String name, String content, StandardOpenOption... options) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Cuts a file back to its first lines, as resuming does. */
    void cut(String name, int lines) {
        try {
            List<String> all = Files.readAllLines(directory.resolve(name));
            write(name, all.stream().limit(lines).map(line -> line + "\n").collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
