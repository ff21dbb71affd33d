package org.espalier.ticket;

import org.espalier.setting.Kind;

/** Everything at level 1: the density that {@link Geometric} reaches at the last level. No later level prunes. */
@Kind("one-shot")
public record OneShot() implements Schedule {
    @Override
    public double fraction(double fraction, int level, int levels) {
        // StrictMath: the fractions enter keys of stored levels.
        return level > 1 ? 0 : levels == 1 ? fraction : 1 - StrictMath.pow(1 - fraction, levels);
    }

    /** Registers the kind. */
    public static final class Definition implements ScheduleKind<OneShot> {
        @Override
        public Class<OneShot> settings() {
            return OneShot.class;
        }

        @Override
        public Schedule create(OneShot settings) {
            return settings;
        }
    }
}
