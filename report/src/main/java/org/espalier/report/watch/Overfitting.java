package org.espalier.report.watch;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Catastrophic overfitting: training teaches a network to withstand the attack of one step (FGSM) by blinding it, so that
 * the attack of many steps (PGD) succeeds again (Wong, Rice and Kolter, Fast is better than free, 2020). Looked for in one
 * level that is trained on an attack, among its measurements after the first update, with both attacks of one radius:
 *
 * <ul>
 *   <li><em>fall</em>: since the measurement of the best PGD accuracy so far, PGD accuracy has fallen by at least half and
 *       by 5 points, and FGSM accuracy has risen by at least 2 points, either by more than three standard errors;
 *   <li><em>blind</em>: where PGD accuracy never was up, FGSM accuracy is 50 points above it and it is below 10 %.
 * </ul>
 */
final class Overfitting {
    private static final double LEAST_FALL = 0.05;
    private static final double LEAST_RISE = 0.02;
    private static final double STANDARD_ERRORS = 3;
    private static final double BLIND_GAP = 0.5;
    private static final double BLIND_PGD = 0.1;

    private Overfitting() {}

    /**
     * One measurement.
     *
     * @param accuracy 0 to 1
     * @param examples it was measured on
     */
    record Sample(int iteration, double accuracy, int examples) {
        private double variance() {
            return accuracy * (1 - accuracy) / examples;
        }
    }

    /**
     * Where it shows first.
     *
     * @param iteration at which it shows
     * @param since iteration of the best PGD accuracy before; empty where it never was up
     */
    record Finding(int iteration, double fgsm, double pgd, Optional<Since> since) {
        record Since(int iteration, double fgsm, double pgd) {}

        /** In words, without the level's name. */
        String text(String fgsmName, String pgdName) {
            return since.map(before -> String.format(
                            Locale.ROOT,
                            "since iteration %,d accuracy under %s has risen from %.1f to %.1f %%, but under %s has fallen"
                                    + " from %.1f to %.1f %% (iteration %,d)",
                            before.iteration(),
                            fgsmName,
                            100 * before.fgsm(),
                            100 * fgsm,
                            pgdName,
                            100 * before.pgd(),
                            100 * pgd,
                            iteration))
                    .orElseGet(() -> String.format(
                            Locale.ROOT,
                            "accuracy under %s is %.1f %%, but under %s %.1f %% (iteration %,d)",
                            fgsmName,
                            100 * fgsm,
                            pgdName,
                            100 * pgd,
                            iteration));
        }
    }

    /** Both attacks at one iteration. */
    private record Pair(Sample fgsm, Sample pgd) {
        boolean blind() {
            return fgsm.accuracy() - pgd.accuracy() >= BLIND_GAP && pgd.accuracy() < BLIND_PGD;
        }
    }

    /**
     * Looks through a level.
     *
     * @param fgsm measurements under the attack of one step, by iteration
     * @param pgd measurements under the attack of many steps, by iteration; those without a partner are left out
     */
    static Optional<Finding> find(List<Sample> fgsm, List<Sample> pgd) {
        Optional<Pair> best = Optional.empty();
        int at = 0;
        for (Sample strong : pgd) {
            while (at < fgsm.size() && fgsm.get(at).iteration() < strong.iteration()) {
                at++;
            }
            if (at == fgsm.size() || fgsm.get(at).iteration() != strong.iteration() || strong.iteration() == 0) {
                continue;
            }
            Pair now = new Pair(fgsm.get(at), strong);
            Optional<Pair> lost = best.filter(b -> fell(b.pgd(), now.pgd()) && rose(b.fgsm(), now.fgsm()));
            if (lost.isPresent() || now.blind()) {
                return Optional.of(new Finding(
                        now.pgd().iteration(),
                        now.fgsm().accuracy(),
                        now.pgd().accuracy(),
                        lost.map(b -> new Finding.Since(
                                b.pgd().iteration(),
                                b.fgsm().accuracy(),
                                b.pgd().accuracy()))));
            }
            if (best.isEmpty() || strong.accuracy() > best.get().pgd().accuracy()) {
                best = Optional.of(now);
            }
        }
        return Optional.empty();
    }

    private static boolean fell(Sample before, Sample now) {
        double fall = before.accuracy() - now.accuracy();
        return fall >= LEAST_FALL && 2 * now.accuracy() <= before.accuracy() && fall > noise(before, now);
    }

    private static boolean rose(Sample before, Sample now) {
        double rise = now.accuracy() - before.accuracy();
        return rise >= LEAST_RISE && rise > noise(before, now);
    }

    private static double noise(Sample a, Sample b) {
        return STANDARD_ERRORS * Math.sqrt(a.variance() + b.variance());
    }
}
