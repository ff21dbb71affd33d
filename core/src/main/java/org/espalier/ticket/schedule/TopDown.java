package org.espalier.ticket.schedule;

import java.util.List;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.ticket.Schedule;
import org.espalier.ticket.ScheduleKind;

/**
 * Several prunings of one fraction at a level, more at later ones: Chen et al., "Long live the lottery: the existence of winning
 * tickets in lifelong learning" (2021), top-down pruning, with 1, 1, 2, 3 and 5 prunings of 20 %.
 */
@Kind("top-down")
public record TopDown(
        @Setting(
                value = "prunings at each level, as many numbers as pruning.levels",
                preset = "[1, 1, 2, 3, 5]",
                minItems = 1,
                min = 0,
                max = 1000)
        List<Integer> prunings)
        implements Cumulative {
    public TopDown {
        prunings = List.copyOf(prunings);
        if (prunings.stream().allMatch(count -> count == 0)) {
            throw new IllegalArgumentException("prunings are all 0, expected at least one above");
        }
    }

    @Override
    public double kept(double last, int level, int levels) {
        if (prunings.size() != levels) {
            throw new IllegalArgumentException("schedule top-down has prunings for " + prunings.size()
                    + " levels, expected as many as pruning.levels, " + levels);
        }
        int all = prunings.stream().mapToInt(Integer::intValue).sum();
        int done =
                prunings.subList(0, level).stream().mapToInt(Integer::intValue).sum();
        return done == all ? last : StrictMath.pow(last, (double) done / all);
    }

    /** Registers the kind. */
    public static final class Definition implements ScheduleKind<TopDown> {
        @Override
        public Class<TopDown> settings() {
            return TopDown.class;
        }

        @Override
        public Schedule create(TopDown settings) {
            return settings;
        }
    }
}
