package org.espalier.report.evaluation;

import java.util.SortedMap;
import java.util.TreeMap;
import org.espalier.lab.robustness.StoredEvaluation.AttackResult;

/** Losses of an attack as it works, thinned out: some attacks have thousands of iterations, and there are many networks. */
public final class AttackLosses {
    /** Steps between the points that are kept of a curve: enough to see whether it still climbs. */
    private static final int STEPS = 40;

    private AttackLosses() {}

    /** Whether the report shows them: of the suite's attacks, and of PGD of many steps that is run for the rules. */
    public static boolean shown(AttackResult attack) {
        return attack.losses().size() > 1
                && attack.saw() > 0
                && (attack.purpose().equals("suite") || attack.purpose().equals("pgd"));
    }

    /** The highest loss so far by iteration, at evenly spaced iterations and the last. */
    public static SortedMap<Integer, Double> thinned(AttackResult attack) {
        var points = new TreeMap<Integer, Double>();
        int last = attack.losses().size() - 1;
        int every = Math.max(1, Math.ceilDiv(last, STEPS));
        for (int i = 0; i <= last; i++) {
            if (i % every == 0 || i == last) {
                points.put(i, attack.losses().get(i));
            }
        }
        return points;
    }
}
