package org.espalier.engine.layer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link Crossover} of kinds of layers on the machine at hand, once per kind and process: times the same work with
 * sparse kernels at some densities and with dense ones, in turn, so that what disturbs the machine disturbs both.
 *
 * <p>Both kernels give the same bits, so a wrong crossover costs time and nothing else; near the right one it costs little, and
 * where measuring fails the default stands.
 *
 * @param <K> a kind of layers, with equals and hashCode
 */
public final class CrossoverTimer<K> {
    private static final System.Logger LOG = System.getLogger(CrossoverTimer.class.getName());

    /** Kernels count as compiled when this many rounds in a row are no faster than the best before them. */
    private static final int STEADY = 5;

    private static final double FASTER = 0.95;

    /**
     * Compiling takes a second or two, once in a process, and is no loss: training needs it too. On a busy machine it
     * takes longer than this; then the default stands for a while, and a later level finds the kernels compiled.
     */
    private static final long PATIENCE_NANOS = 2_500_000_000L;

    private static final long PAUSE_NANOS = 60_000_000_000L;

    /** Attempts at one kind before the default stands for good. */
    private static final int ATTEMPTS = 4;

    private final LongSupplier nanoTime;
    private final Settings settings;
    private final Function<K, Runnable[]> probes;
    private final Function<K, String> name;
    private final @Nullable K warmUp;
    private final Map<K, Crossover> found = new ConcurrentHashMap<>();
    private final Map<K, Integer> failures = new HashMap<>(); // guarded by this
    private boolean pausing; // guarded by this
    private long pausedAt; // guarded by this

    /**
     * How to measure.
     *
     * @param densities at which sparse kernels are timed, ascending
     * @param rounds that are measured, after the kernels are compiled; an even number
     * @param inPlace what sparse kernels take beside a whole network over what they take alone
     * @param fallback what is believed when measuring fails
     */
    public record Settings(double[] densities, int rounds, double inPlace, Crossover fallback) {}

    /**
     * A timer.
     *
     * @param nanoTime the clock
     * @param probes of a kind: its work with sparse kernels at each density, then with dense ones
     * @param name of a kind, for messages
     * @param warmUp a small kind with which the kernels are compiled first; null for none
     */
    public CrossoverTimer(
            LongSupplier nanoTime,
            Settings settings,
            Function<K, Runnable[]> probes,
            Function<K, String> name,
            @Nullable K warmUp) {
        this.nanoTime = nanoTime;
        this.settings = settings;
        this.probes = probes;
        this.name = name;
        this.warmUp = warmUp;
    }

    /** What has been found, in words, by kind. */
    public List<String> describe() {
        return found.entrySet().stream()
                .map(entry -> name.apply(entry.getKey()) + ": " + entry.getValue())
                .sorted()
                .toList();
    }

    /** The crossover of a kind if it is known, else what is believed without a measurement. */
    public Crossover known(K kind) {
        return found.getOrDefault(kind, settings.fallback());
    }

    /** The crossover of a kind, measured if it is not known yet. */
    public Crossover of(K kind) {
        Crossover known = found.get(kind);
        return known != null ? known : measured(kind);
    }

    /** One at a time: two measurements would disturb each other. */
    private synchronized Crossover measured(K kind) {
        Crossover known = found.get(kind);
        if (known != null) {
            return known;
        }
        if (pausing && nanoTime.getAsLong() - pausedAt < PAUSE_NANOS) {
            return settings.fallback();
        }
        Crossover crossover = measure(kind);
        pausing = !crossover.measured();
        pausedAt = nanoTime.getAsLong();
        if (crossover.measured() || failures.merge(kind, 1, Integer::sum) == ATTEMPTS) {
            found.put(kind, crossover);
        }
        return crossover;
    }

    private Crossover measure(K kind) {
        long start = nanoTime.getAsLong();
        Crossover crossover = settings.fallback();
        K small = warmUp;
        if (small == null || compiled(probes.apply(small), start)) {
            Runnable[] work = probes.apply(kind);
            if (compiled(work, start)) {
                Crossover compared = compare(work);
                crossover = compared.measured() ? compared : crossover;
            }
        }
        LOG.log(
                System.Logger.Level.DEBUG,
                "layers of {0}: {1}, found in {2} ms",
                name.apply(kind),
                crossover,
                Long.toString((nanoTime.getAsLong() - start) / 1_000_000));
        return crossover;
    }

    /** Runs the probes until they get no faster; false if that takes too long. */
    private boolean compiled(Runnable[] work, long start) {
        long[] best = new long[work.length];
        Arrays.fill(best, Long.MAX_VALUE);
        int steady = 0;
        while (steady < STEADY) {
            boolean faster = false;
            for (int i = 0; i < work.length; i++) {
                long time = time(work[i]);
                faster |= time < FASTER * best[i];
                best[i] = Math.min(best[i], time);
            }
            steady = faster ? 0 : steady + 1;
            if (nanoTime.getAsLong() - start > PATIENCE_NANOS) {
                return false;
            }
        }
        return true;
    }

    /** The least time of each probe, over even rounds and over odd ones. */
    private Crossover compare(Runnable[] work) {
        int densities = settings.densities().length;
        double[][] sparse = new double[2][densities];
        double[] dense = {Double.MAX_VALUE, Double.MAX_VALUE};
        Arrays.fill(sparse[0], Double.MAX_VALUE);
        Arrays.fill(sparse[1], Double.MAX_VALUE);
        for (int round = 0; round < settings.rounds(); round++) {
            int half = round % 2;
            for (int i = 0; i < densities; i++) {
                sparse[half][i] = Math.min(sparse[half][i], settings.inPlace() * time(work[i]));
            }
            dense[half] = Math.min(dense[half], time(work[densities]));
        }
        return Crossover.of(settings.densities(), sparse, dense);
    }

    private long time(Runnable work) {
        long from = nanoTime.getAsLong();
        work.run();
        return nanoTime.getAsLong() - from;
    }
}
