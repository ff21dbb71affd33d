package org.espalier.train.rate;

import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * One triangle: from 0 in a straight line to the optimizer's rate at fraction {@code peak} of the updates, and in a straight line
 * to 0 at the last one. Update t, counted from 0, has the rate at t + 1, as in the code of Wong, Rice and Kolter, "Fast is better
 * than free: revisiting adversarial training" (2020): the first update has a rate above 0, the last has 0.
 *
 * @param peak in (0, 1)
 */
@Kind("cyclic")
public record CyclicRate(
        @Setting(
                value = "fraction of training.iterations at which the rate is the optimizer's",
                preset = "0.4",
                min = 0,
                above = true,
                max = 1,
                below = true)
        double peak)
        implements RateSchedule {
    /** Checks the fraction. */
    public CyclicRate {
        if (!(peak > 0 && peak < 1)) {
            throw new IllegalArgumentException(
                    "the peak of the learning rate must be above 0 and below 1, got " + peak);
        }
    }

    @Override
    public double factor(int update, int iterations) {
        double top = peak * iterations;
        double at = Math.min(update + 1L, iterations);
        return at <= top ? at / top : (iterations - at) / (iterations - top);
    }

    /** Registers the kind. */
    public static final class Definition implements RateScheduleKind<CyclicRate> {
        @Override
        public Class<CyclicRate> settings() {
            return CyclicRate.class;
        }

        @Override
        public RateSchedule create(CyclicRate settings) {
            return settings;
        }
    }
}
