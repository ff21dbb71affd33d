package org.espalier.lab.benchmark;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.espalier.lab.store.Store;

/** Training times of levels, in seconds of one core. A level that was copied has its time in the store that trained it. */
final class LevelTimes {
    private final Map<String, Double> seconds = new HashMap<>();

    private LevelTimes() {}

    static LevelTimes of(List<BenchmarkRun> runs) {
        LevelTimes times = new LevelTimes();
        for (BenchmarkRun run : runs) {
            if (run.begun()) {
                Map<String, Double> own = new HashMap<>();
                Store.open(run.directory()).timings().forEach(timing -> {
                    if (Double.isFinite(timing.trainingSeconds())) {
                        own.merge(timing.level(), timing.trainingSeconds(), Double::sum);
                    }
                });
                own.forEach((level, time) -> times.seconds.merge(level, time, Math::max));
            }
        }
        return times;
    }

    /** Time of some levels together; empty if one of them has none. */
    OptionalDouble of(Iterable<String> levels) {
        double sum = 0;
        for (String level : levels) {
            Double time = seconds.get(level);
            if (time == null) {
                return OptionalDouble.empty();
            }
            sum += time;
        }
        return OptionalDouble.of(sum);
    }
}
