package org.espalier.train.rate;

import java.util.List;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * The rate multiplied by {@code factor} at each milestone: {@code factor^m} after {@code m} milestones. A milestone at fraction f
 * of n updates takes effect at update round(f n), counted from 0; with several at one update each of them counts.
 *
 * @param milestones fractions of the updates, each in (0, 1)
 * @param factor in (0, 1]
 */
@Kind("step")
public record StepRate(
        @Setting(
                value = "fractions of training.iterations at which the rate is multiplied by the factor",
                preset = "[0.5, 0.75]",
                min = 0,
                above = true,
                max = 1,
                below = true,
                minItems = 1)
        List<Double> milestones,

        @Setting(value = "factor of the rate at each milestone", preset = "0.1", min = 0, above = true, max = 1)
        double factor)
        implements RateSchedule {
    /** Copies the list. */
    public StepRate {
        milestones = List.copyOf(milestones);
        for (double milestone : milestones) {
            if (!(milestone > 0 && milestone < 1)) {
                throw new IllegalArgumentException(
                        "a milestone of the learning rate must be above 0 and below 1, got " + milestone);
            }
        }
        if (!(factor > 0 && factor <= 1)) {
            throw new IllegalArgumentException(
                    "a milestone's factor of the learning rate must be above 0 and at most 1, got " + factor);
        }
    }

    @Override
    public double factor(int update, int iterations) {
        double product = 1;
        for (int i = 0; i < milestones.size(); i++) { // an iterator would be garbage
            if (update >= Math.round(milestones.get(i) * iterations)) {
                product *= factor;
            }
        }
        return product;
    }

    /** Registers the kind. */
    public static final class Definition implements RateScheduleKind<StepRate> {
        @Override
        public Class<StepRate> settings() {
            return StepRate.class;
        }

        @Override
        public RateSchedule create(StepRate settings) {
            return settings;
        }
    }
}
