package org.espalier.ticket.schedule;

import org.espalier.setting.Kind;
import org.espalier.ticket.Schedule;
import org.espalier.ticket.ScheduleKind;

/**
 * Densities {@code d + (0.5 - d) 0.5^i} with i = level - 1, and d at the last level: half of what is above d goes at each level. Verdenius
 * et al., "Pruning via iterative ranking of sensitivity statistics" (2020), as in their code, where it stands in sparsities. A
 * layer that keeps half or more is done at level 1.
 */
@Kind("snip-it")
public record SnipItSteps() implements Cumulative {
    @Override
    public double kept(double last, int level, int levels) {
        return level == levels || last >= 0.5 ? last : last + (0.5 - last) * StrictMath.pow(0.5, level - 1);
    }

    /** Registers the kind. */
    public static final class Definition implements ScheduleKind<SnipItSteps> {
        @Override
        public Class<SnipItSteps> settings() {
            return SnipItSteps.class;
        }

        @Override
        public Schedule create(SnipItSteps settings) {
            return settings;
        }
    }
}
