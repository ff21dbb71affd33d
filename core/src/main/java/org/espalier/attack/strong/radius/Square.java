package org.espalier.attack.strong.radius;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.search.BatchedSearches;
import org.espalier.attack.strong.search.Settings;
import org.espalier.random.Stream;

/**
 * Square, a random search that reads logits only. Andriushchenko, Croce, Flammarion and Hein, "Square attack: a
 * query-efficient black-box adversarial attack via random search" (ECCV 2020), algorithms 1 to 3; for L1 as Croce and
 * Hein, "Mind the box" (ICML 2021), do.
 *
 * <p>Each query changes a square window of the image and is kept if the margin falls. In L-infinity the window moves to
 * one corner of the ball. In L2 and L1 a pattern of random sign is added, and a second window is reset to the clean
 * image to keep the budget. The window's share of the image is {@code pInit}, halved when 0.1, 0.5, 2, 5, 10, 20, 40,
 * 60 and 80 % of the queries are spent. This is the paper's schedule for 10,000 queries, scaled to the number of
 * queries as the paper describes. AutoAttack runs 5,000 queries on the unscaled schedule, so it never reaches the last
 * two halvings.
 *
 * <p>The shape of the image is the data's; an image of one row has windows of one dimension. Each channel has a sign of its own
 * in a window. Unlike the published code each example has windows of its own, so that what it gets does not depend on the
 * others, windows may touch the last row and column, and inputs that the network does not read take no part of the L2 and L1
 * budgets.
 *
 * @param queries proposals for each example and restart, at least 1
 * @param pInit share of the image that the first windows cover, in (0, 1]
 * @param restarts independent searches, at least 1; a fooled example has no further searches
 */
public record Square(int queries, double pInit, int restarts) implements StrongAttack {
    public Square {
        Settings.atLeast("queries", queries, 1);
        Settings.positive("pInit", pInit);
        Settings.within("pInit", pInit, 0, 1);
        Settings.atLeast("restarts", restarts, 1);
    }

    /** AutoAttack's settings: 5,000 queries, p_init 0.8. */
    public static Square standard() {
        return new Square(5000, 0.8, 1);
    }

    @Override
    public String name() {
        return "square";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("queries", queries);
        settings.put("p-init", pInit);
        settings.put("restarts", restarts);
        return settings;
    }

    @Override
    public Set<Norm> norms() {
        return Set.of(Norm.LINF, Norm.L2, Norm.L1);
    }

    @Override
    public Access access() {
        return Access.SCORES;
    }

    @Override
    public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
        check(threat, target.classes());
        WindowPatterns patterns = new WindowPatterns();
        return BatchedSearches.run(
                target,
                examples,
                threat,
                false,
                (example, clean) -> new SquareSearch(
                        this,
                        threat,
                        target,
                        patterns,
                        clean,
                        examples.labels()[example],
                        stream.child(examples.numbers()[example])));
    }

    /** Share of the image that a window covers at a query, counted from 0. */
    double share(int query) {
        int part = (int) (10_000L * query / queries);
        int halvings = 0;
        for (int end : new int[] {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000}) {
            halvings += part > end ? 1 : 0;
        }
        return pInit / (1 << halvings);
    }
}
