package org.espalier.evaluate.rules;

/**
 * The exact sign test for two attacks on the same inputs. If the attacks are equally strong, an input that only one of
 * them breaks belongs to either with probability 1/2 (McNemar 1947, in its exact form).
 */
final class SignTest {
    /** Significance level. */
    static final double LEVEL = 0.01;

    private SignTest() {}

    /** Whether {@code more} out of {@code more + fewer} is significantly more than half, at {@link #LEVEL}. */
    static boolean beyondSampling(int more, int fewer) {
        return chance(more, more + fewer) < LEVEL;
    }

    /** Probability that a fair coin shows at least {@code heads} heads in {@code throwsOfIt} throws. */
    static double chance(int heads, int throwsOfIt) {
        double logarithm = throwsOfIt * StrictMath.log(0.5); // of C(n, k) / 2^n, from k = n downwards
        double sum = 0;
        for (int k = throwsOfIt; k >= heads; k--) {
            sum += StrictMath.exp(logarithm);
            logarithm += StrictMath.log(k) - StrictMath.log(throwsOfIt - k + 1.0);
        }
        return Math.min(1, sum);
    }
}
