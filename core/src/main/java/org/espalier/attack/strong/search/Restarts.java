package org.espalier.attack.strong.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;

/** Several runs of an attack. Each packs and attacks the examples that no earlier run has broken. */
public final class Restarts {
    private Restarts() {}

    /** One run on a chunk. */
    @FunctionalInterface
    public interface Run {
        List<Attempt> run(Examples chunk, int number);
    }

    public static List<Attempt> run(Target target, Examples examples, int runs, Run attack) {
        Attempt[] best = new Attempt[examples.size()];
        int[] left = IntStream.range(0, examples.size()).toArray();
        for (int number = 0; number < runs && left.length > 0; number++) {
            int run = number;
            List<Attempt> attempts = Attempts.inChunks(examples.pick(left), chunk -> attack.run(chunk, run));
            List<Integer> survivors = new ArrayList<>();
            for (int i = 0; i < left.length; i++) {
                Attempt made = attempts.get(i);
                best[left[i]] = number == 0 ? made : better(best[left[i]], made);
                if (!made.success()) {
                    survivors.add(left[i]);
                }
            }
            left = survivors.stream().mapToInt(Integer::intValue).toArray();
        }
        return List.of(best);
    }

    /** The later attempt if it succeeded or its loss is higher, else the earlier; with the passes of both. */
    private static Attempt better(Attempt earlier, Attempt later) {
        Attempt kept = later.success() || later.loss() > earlier.loss() ? later : earlier;
        float[] losses = Arrays.copyOf(earlier.losses(), earlier.losses().length + later.losses().length);
        float before =
                earlier.losses().length == 0 ? Float.NEGATIVE_INFINITY : earlier.losses()[earlier.losses().length - 1];
        for (int i = 0; i < later.losses().length; i++) {
            losses[earlier.losses().length + i] = Math.max(before, later.losses()[i]);
        }
        return new Attempt(
                kept.input(),
                kept.success(),
                kept.distance(),
                kept.loss(),
                earlier.forwards() + later.forwards(),
                earlier.backwards() + later.backwards(),
                earlier.zeroGradient(),
                losses);
    }
}
