package org.espalier.ticket.restart;

import org.espalier.network.Weights;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.ticket.Restart;
import org.espalier.ticket.RestartContext;
import org.espalier.ticket.RestartKind;

/**
 * Learning-rate rewinding: the trained weights of the level before, with the learning rate's schedule taken up at iteration k. Renda,
 * Frankle and Carbin, "Comparing rewinding and fine-tuning in neural network pruning" (2020). At iteration 0 that is {@link
 * org.espalier.ticket.Restart.Continued}.
 *
 * @param iteration of the schedule, at least 1
 */
@Kind("rate-rewind")
public record RateRewind(
        @Setting(value = "iteration of the learning rate's schedule", min = 1)
        int iteration) implements Restart {
    private static final String PREFIX = "rate-rewind-";

    @Override
    public String name() {
        return PREFIX + iteration;
    }

    @Override
    public int rateFrom() {
        return iteration;
    }

    @Override
    public Weights start(RestartContext context) {
        return context.trained().copy();
    }

    /** Registers the kind as {@code rate-rewind-K}. */
    public static final class Definition implements RestartKind<RateRewind> {
        @Override
        public Class<RateRewind> settings() {
            return RateRewind.class;
        }

        @Override
        public String pattern() {
            return PREFIX + "[1-9][0-9]{0,8}";
        }

        @Override
        public String form() {
            return PREFIX + "K";
        }

        @Override
        public RateRewind parse(String name) {
            return new RateRewind(Integer.parseInt(name.substring(PREFIX.length())));
        }

        @Override
        public Restart create(RateRewind settings) {
            return settings;
        }
    }
}
