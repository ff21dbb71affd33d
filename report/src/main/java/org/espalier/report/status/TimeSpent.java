package org.espalier.report.status;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.espalier.lab.store.Timing;

/**
 * What the lines of {@code timings.jsonl} add up to, taken in one by one, so that a growing file need not be read again.
 * Not safe for use by several threads at once.
 */
public final class TimeSpent {
    /** A level's rate is that of so many of its last seconds, measuring included. */
    private static final double RATE_SECONDS = 20;

    private final Map<String, Clock> levels = new HashMap<>();
    private double seconds;

    /** One level's times. */
    private static final class Clock {
        private int reached;
        private long process;
        private boolean ended;
        private long iterations; // those whose time is known, over all processes
        private double seconds;
        private final ArrayDeque<Step> recent = new ArrayDeque<>(); // of the present process
    }

    private record Step(int iterations, double seconds) {}

    /** Takes in the next line. */
    public void add(Timing timing) {
        double took = timing.trainingSeconds() + timing.evaluationSeconds();
        if (!Double.isFinite(took)) {
            return;
        }
        seconds += took;
        Clock before = levels.get(timing.level());
        Clock clock = before == null ? new Clock() : before;
        levels.put(timing.level(), clock);
        if (timing.event().equals("started")) {
            clock.recent.clear();
        } else {
            clock.recent.add(new Step(timing.iteration() - clock.reached, took));
            while (clock.recent.size() > 1 && recentSeconds(clock) - clock.recent.getFirst().seconds >= RATE_SECONDS) {
                clock.recent.removeFirst();
            }
        }
        // A level that was begun elsewhere, or went on behind the last line, tells no pace.
        if (before != null && timing.iteration() > clock.reached) {
            clock.iterations += timing.iteration() - clock.reached;
            clock.seconds += took;
        }
        clock.reached = timing.iteration();
        clock.process = timing.process();
        clock.ended = !timing.event().equals("started") && !timing.event().equals("progress");
    }

    /** Time that training and measuring took, added over threads. */
    public Duration total() {
        return duration(seconds);
    }

    /** Updates of a level that are made; 0 if nothing is known of it. */
    public int reached(String level) {
        Clock clock = levels.get(level);
        return clock == null ? 0 : clock.reached;
    }

    /** Whether a process was at work on a level when its last line was written. */
    public boolean inWork(String level, long process) {
        Clock clock = levels.get(level);
        return clock != null && !clock.ended && clock.process == process;
    }

    /** Whether the process that last worked on a level put it aside or ended it, rather than vanished. */
    public boolean endedInOrder(String level) {
        Clock clock = levels.get(level);
        return clock == null || clock.ended;
    }

    /** Seconds that an iteration of a level took, measuring included, if that was timed. */
    public Optional<Pace> pace(String level) {
        Clock clock = levels.get(level);
        return clock == null || clock.iterations == 0
                ? Optional.empty()
                : Optional.of(new Pace(clock.iterations, clock.seconds));
    }

    /** Updates per second of a level's last 20 seconds or so, measuring included. */
    public OptionalDouble rate(String level) {
        Clock clock = levels.get(level);
        if (clock == null || recentSeconds(clock) <= 0) {
            return OptionalDouble.empty();
        }
        int made = clock.recent.stream().mapToInt(Step::iterations).sum();
        return made <= 0 ? OptionalDouble.empty() : OptionalDouble.of(made / recentSeconds(clock));
    }

    private static double recentSeconds(Clock clock) {
        return clock.recent.stream().mapToDouble(Step::seconds).sum();
    }

    static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    /**
     * Iterations and the time they took.
     *
     * @param iterations at least 1
     * @param seconds of one thread
     */
    public record Pace(long iterations, double seconds) {
        Pace plus(Pace other) {
            return new Pace(iterations + other.iterations, seconds + other.seconds);
        }

        /** Updates per second. */
        public double rate() {
            return seconds > 0 ? iterations / seconds : Double.NaN;
        }
    }
}
