package org.espalier.lab.cluster;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Workers on a shared store, simulated: each takes levels in the order that {@link Worker} takes them, the next one of its own
 * chain first. Durations are given; workers vanish, stall and are slow at random. Nothing is trained.
 */
public final class Simulator {
    /**
     * Chains that share a dense level.
     *
     * @param dense seconds of the dense level
     * @param chains seconds of the levels of each chain, from level 1 on; an array may belong to several chains
     */
    public record Group(double dense, List<double[]> chains) {}

    /**
     * What goes wrong, and when workers notice.
     *
     * @param vanishing probability that the worker of a level vanishes before it is done: a crash or a preemption
     * @param stalling probability that it stalls for twice the lease's term
     * @param slow probability that it is slow
     * @param slowness factor on the time of a slow one
     * @param term seconds that a lease counts
     * @param checkpoint seconds between published checkpoints
     * @param restart seconds until a worker is there again
     */
    public record Conditions(
            double vanishing,
            double stalling,
            double slow,
            double slowness,
            double term,
            double checkpoint,
            double restart) {
        /** Nothing goes wrong. */
        public static final Conditions IDEAL = new Conditions(0, 0, 0, 1, 300, 180, 0);

        /** With usual terms and a share of levels whose worker vanishes. */
        public static Conditions vanishing(double share) {
            return new Conditions(share, 0, 0, 1, 300, 180, 60);
        }
    }

    /**
     * What came out.
     *
     * @param makespan seconds until all levels are done
     * @param work seconds of all levels, each once
     * @param criticalPath seconds of the longest chain, its dense level included
     * @param levels levels, shared ones once
     * @param vanished workers that vanished or stalled
     * @param repeated seconds of work that was done again
     * @param doubled levels that two workers trained to the end
     * @param operations of the shared store per second, mean
     * @param busiest operations of the shared store in the busiest minute, per second, with all workers in training
     * @param workers that took part
     */
    public record Outcome(
            double makespan,
            double work,
            double criticalPath,
            long levels,
            int vanished,
            double repeated,
            int doubled,
            double operations,
            double busiest,
            int workers) {
        /** Seconds that no order of the levels can be faster than. */
        public double ideal() {
            return Math.max(criticalPath, work / workers);
        }

        /** The ideal divided by the makespan, in (0, 1]. */
        public double efficiency() {
            return ideal() / makespan;
        }
    }

    /** Operations of the shared store to take, publish and give back a level. */
    static final int OPERATIONS_OF_LEVEL = 40;
    /** Operations to choose a level that is not the next of the worker's own chain: it lists the leases and looks at some. */
    private static final int OPERATIONS_OF_CHOICE = 6;
    /** Operations of a worker's beat: two for its own file, two for the lease. */
    private static final int OPERATIONS_OF_BEAT = 4;
    /** Longest pause between two renewals of a lease, seconds. */
    private static final double MOST_BEAT = 10;

    private static final double MINUTE = 60;

    private final List<Group> groups;
    private final int workers;
    private final Conditions conditions;
    private final SplittableRandom random;

    /** A level; the dense one is number 0 of chain -1. */
    private record Level(int group, int chain, int number) {}

    private record Event(double time, long order, Kind kind, Level level) {}

    private enum Kind {
        DONE,
        VANISHED,
        OPEN_AGAIN,
        WORKER_BACK
    }

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingDouble(Event::time).thenComparingLong(Event::order));
    private final PriorityQueue<Level> ready = new PriorityQueue<>(
            Comparator.comparingInt(Level::group).thenComparingInt(Level::chain).thenComparingInt(Level::number));
    private final ArrayDeque<Level> own = new ArrayDeque<>(); // that the level which is done makes ready
    private final double[][] left; // (group) seconds left of a level that was interrupted, by chain + 1; 0 if none
    private long order;
    private int idle;
    private double now;
    private double repeated;
    private double operations;
    private long openMinute;
    private double inMinute; // operations in the minute that is open
    private double busiest; // operations a second, those of workers in training aside
    private long settled; // levels that a worker which starts looks at
    private int vanished;
    private int doubled;

    private Simulator(List<Group> groups, int workers, Conditions conditions, long seed) {
        this.groups = groups;
        this.workers = workers;
        this.conditions = conditions;
        this.random = new SplittableRandom(seed);
        this.left = new double[groups.size()][];
        this.idle = workers;
    }

    /**
     * Simulates a search.
     *
     * @param groups in the order of the plan
     * @param workers at least 1, one level at a time each
     */
    public static Outcome run(List<Group> groups, int workers, Conditions conditions, long seed) {
        if (workers < 1) {
            throw new IllegalArgumentException("a search needs at least 1 worker, got " + workers);
        }
        return new Simulator(groups, workers, conditions, seed).run();
    }

    private Outcome run() {
        double work = 0;
        double path = 0;
        long levels = 0;
        for (int g = 0; g < groups.size(); g++) {
            Group group = groups.get(g);
            left[g] = new double[group.chains().size() + 1];
            ready.add(new Level(g, -1, 0));
            work += group.dense();
            levels++;
            double longest = 0;
            for (double[] chain : group.chains()) {
                double sum = 0;
                for (double seconds : chain) {
                    sum += seconds;
                }
                longest = Math.max(longest, sum);
                work += sum;
                levels += chain.length;
            }
            path = Math.max(path, group.dense() + longest);
        }
        double end = 0;
        // Each worker lists the levels and writes its own file.
        ask(3.0 * workers);
        startReady();
        while (!events.isEmpty()) {
            Event event = events.remove();
            now = event.time();
            switch (event.kind()) {
                case DONE -> {
                    end = now;
                    done(event.level());
                }
                case VANISHED -> vanish(event.level());
                case OPEN_AGAIN -> ready.add(event.level());
                case WORKER_BACK -> {
                    idle++;
                    ask(3 + 2.0 * settled);
                }
            }
            startReady();
        }
        busiest = Math.max(busiest, inMinute / MINUTE) + workers * steady();
        return new Outcome(end, work, path, levels, vanished, repeated, doubled, operations / end, busiest, workers);
    }

    private void startReady() {
        while (idle > 0 && !ready.isEmpty()) {
            idle--;
            ask(OPERATIONS_OF_CHOICE);
            start(ready.remove());
        }
    }

    /** Counts operations at this time. Events come in the order of time, so one minute is open at a time. */
    private void ask(double count) {
        operations += count;
        long minute = (long) (now / MINUTE);
        if (minute != openMinute) {
            busiest = Math.max(busiest, inMinute / MINUTE);
            openMinute = minute;
            inMinute = 0;
        }
        inMinute += count;
    }

    /** Operations of a worker that trains, a second: beats and checkpoints. */
    private double steady() {
        return OPERATIONS_OF_BEAT / Math.min(MOST_BEAT, conditions.term() / 4) + 1 / conditions.checkpoint();
    }

    private double seconds(Level level) {
        double rest = left[level.group()][level.chain() + 1];
        if (rest > 0) {
            return rest;
        }
        Group group = groups.get(level.group());
        return level.chain() < 0 ? group.dense() : group.chains().get(level.chain())[level.number() - 1];
    }

    private void start(Level level) {
        double seconds = seconds(level);
        if (random.nextDouble() < conditions.slow()) {
            seconds *= conditions.slowness();
        }
        left[level.group()][level.chain() + 1] = seconds;
        boolean gone = random.nextDouble() < conditions.vanishing() + conditions.stalling();
        double beat = Math.min(MOST_BEAT, conditions.term() / 4);
        double worked = gone ? seconds * random.nextDouble() : seconds;
        ask(OPERATIONS_OF_LEVEL);
        operations += worked * steady();
        events.add(new Event(now + worked, order++, gone ? Kind.VANISHED : Kind.DONE, level));
        if (gone) {
            double kept = Math.floor(worked / conditions.checkpoint()) * conditions.checkpoint();
            repeated += worked - kept;
            left[level.group()][level.chain() + 1] = seconds - kept;
            // A stalled worker finds at its next beat that the level was taken; it has finished it if so little was
            // left.
            if (random.nextDouble() * (conditions.vanishing() + conditions.stalling()) < conditions.stalling()
                    && seconds - worked <= beat) {
                doubled++;
            }
        }
    }

    private void vanish(Level level) {
        vanished++;
        events.add(new Event(now + conditions.term(), order++, Kind.OPEN_AGAIN, level));
        events.add(new Event(now + conditions.restart(), order++, Kind.WORKER_BACK, level));
    }

    private void done(Level level) {
        left[level.group()][level.chain() + 1] = 0;
        settled++;
        List<double[]> chains = groups.get(level.group()).chains();
        if (level.chain() >= 0) {
            if (level.number() < chains.get(level.chain()).length) {
                own.add(new Level(level.group(), level.chain(), level.number() + 1));
            }
        } else {
            for (int chain = 0; chain < chains.size(); chain++) {
                if (chains.get(chain).length > 0) {
                    own.add(new Level(level.group(), chain, 1));
                }
            }
        }
        // This worker goes on with the first, the others are for all.
        if (own.isEmpty()) {
            idle++;
        } else {
            start(own.remove());
            ready.addAll(own);
            own.clear();
        }
    }
}
