package org.espalier.ticket.schedule;

import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.ticket.Schedule;
import org.espalier.ticket.ScheduleKind;

/**
 * Density {@code d + (1 - d) (1 - t / T)^3}, t counting levels after a warm-up, T those between warm-up and cool-down: Zhu and Gupta,
 * "To prune, or not to prune" (2017), equation 1. Levels of the warm-up and of the cool-down prune nothing.
 */
@Kind("cubic")
public record Cubic(
        @Setting(value = "levels before the first that prunes", preset = "0", min = 0, max = 1000)
        int warmUp,

        @Setting(value = "levels after the last that prunes", preset = "0", min = 0, max = 1000)
        int coolDown)
        implements Cumulative {
    @Override
    public double kept(double last, int level, int levels) {
        int length = levels - warmUp - coolDown;
        if (length < 1) {
            throw new IllegalArgumentException("schedule cubic has " + warmUp + " levels of warm-up and " + coolDown
                    + " of cool-down, expected fewer together than pruning.levels, " + levels);
        }
        int step = Math.clamp(level - warmUp, 0, length);
        double rest = 1 - (double) step / length;
        return step == length ? last : last + (1 - last) * rest * rest * rest;
    }

    /** Registers the kind. */
    public static final class Definition implements ScheduleKind<Cubic> {
        @Override
        public Class<Cubic> settings() {
            return Cubic.class;
        }

        @Override
        public Schedule create(Cubic settings) {
            return settings;
        }
    }
}
