package org.espalier.ticket;

import java.util.Objects;
import java.util.OptionalInt;
import org.espalier.network.Weights;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** The weights that survivors restart from at the next level. {@link RestartKind} makes one of a strategy's name. */
public interface Restart {
    /** The level-0 initial weights: Frankle and Carbin, "The lottery ticket hypothesis" (2019). */
    @Kind("original")
    record Original() implements Restart {
        @Override
        public String name() {
            return "original";
        }

        @Override
        public Weights start(RestartContext context) {
            return context.initial();
        }
    }

    /**
     * The dense level's weights after {@code iteration} updates: Frankle, Dziugaite, Roy and Carbin, "Linear mode
     * connectivity and the lottery ticket hypothesis" (2020). Iteration 0 is {@link Original}.
     *
     * @param iteration updates, at least 0
     */
    @Kind("rewind")
    record Rewind(
            @Setting(value = "updates of level 0", min = 0) int iteration) implements Restart {
        public Rewind {
            if (iteration < 0) {
                throw new IllegalArgumentException("a rewind's iteration must be at least 0, got " + iteration);
            }
        }

        @Override
        public String name() {
            return "rewind-" + iteration;
        }

        @Override
        public OptionalInt snapshot() {
            return OptionalInt.of(iteration);
        }

        @Override
        public Weights start(RestartContext context) {
            return Objects.requireNonNull(
                            context.dense().snapshot(),
                            () -> "rewinding needs the dense level's weights at iteration " + iteration)
                    .copy();
        }
    }

    /** A fresh draw from the initial distribution. */
    @Kind("random")
    record Random() implements Restart {
        @Override
        public String name() {
            return "random";
        }

        @Override
        public Weights start(RestartContext context) {
            return context.trial().randomRestart(context.architecture(), context.distribution(), context.level());
        }
    }

    /** The trained weights of the level before. */
    @Kind("continued")
    record Continued() implements Restart {
        @Override
        public String name() {
            return "continued";
        }

        @Override
        public Weights start(RestartContext context) {
            return context.trained().copy();
        }
    }

    /**
     * The weights after the dense level's whole training, which is what the paper's published code restarts from under
     * the name "original".
     */
    @Kind("as-published")
    record AsPublished() implements Restart {
        @Override
        public String name() {
            return "as-published";
        }

        @Override
        public Weights start(RestartContext context) {
            return context.dense().trained().copy();
        }
    }

    /** Registers {@link Original}. */
    final class OriginalDefinition implements RestartKind<Original> {
        @Override
        public Class<Original> settings() {
            return Original.class;
        }

        @Override
        public Original parse(String name) {
            return new Original();
        }

        @Override
        public Restart create(Original settings) {
            return settings;
        }
    }

    /** Registers {@link Random}. */
    final class RandomDefinition implements RestartKind<Random> {
        @Override
        public Class<Random> settings() {
            return Random.class;
        }

        @Override
        public Random parse(String name) {
            return new Random();
        }

        @Override
        public Restart create(Random settings) {
            return settings;
        }
    }

    /** Registers {@link Continued}. */
    final class ContinuedDefinition implements RestartKind<Continued> {
        @Override
        public Class<Continued> settings() {
            return Continued.class;
        }

        @Override
        public Continued parse(String name) {
            return new Continued();
        }

        @Override
        public Restart create(Continued settings) {
            return settings;
        }
    }

    /** Registers {@link AsPublished}. */
    final class AsPublishedDefinition implements RestartKind<AsPublished> {
        @Override
        public Class<AsPublished> settings() {
            return AsPublished.class;
        }

        @Override
        public AsPublished parse(String name) {
            return new AsPublished();
        }

        @Override
        public Restart create(AsPublished settings) {
            return settings;
        }
    }

    /** Registers {@link Rewind} as {@code rewind-K}. */
    final class RewindDefinition implements RestartKind<Rewind> {
        @Override
        public Class<Rewind> settings() {
            return Rewind.class;
        }

        @Override
        public String pattern() {
            return "rewind-[1-9][0-9]{0,8}";
        }

        @Override
        public String form() {
            return "rewind-K";
        }

        @Override
        public Rewind parse(String name) {
            return new Rewind(Integer.parseInt(name.substring("rewind-".length())));
        }

        @Override
        public Restart create(Rewind settings) {
            return settings;
        }
    }

    /** The dense level alone. */
    @Kind("none")
    record None() {}

    /** Registers {@link None}. */
    final class NoneDefinition implements RestartKind<None> {
        @Override
        public Class<None> settings() {
            return None.class;
        }

        @Override
        public None parse(String name) {
            return new None();
        }

        @Override
        public Restart create(None settings) {
            return new Original();
        }

        @Override
        public boolean prunes() {
            return false;
        }
    }

    /** Name in files and tables. */
    String name();

    /** Updates after which the dense level must keep a snapshot of its weights; empty if none is needed. */
    default OptionalInt snapshot() {
        return OptionalInt.empty();
    }

    /**
     * The iteration at which a level above 0 takes the learning rate's schedule up: that of {@link #snapshot}, as if the level
     * went on from there, or else 0.
     */
    default int rateFrom() {
        return snapshot().orElse(0);
    }

    /** The weights to start from. The caller owns them and sets pruned weights to zero. */
    Weights start(RestartContext context);
}
