package org.espalier.evaluate.rules;

/**
 * The exact sign test for two attacks on the same inputs: of the inputs that one attack breaks and the other does not,
 * each is as likely to be the one's as the other's, if neither is the stronger (McNemar 1947, in its exact form).
 */
final class SignTest {
    /** Chance of an error that is still put down to sampling. */
    static final double LEVEL = 0.01;

    private SignTest() {}

    /** Whether {@code more} out of {@code more + fewer} is too many for a fair coin, at {@link #LEVEL}. */
    static boolean beyondSampling(int more, int fewer) {
        return chance(more, more + fewer) < LEVEL;
    }

    /** Chance that a fair coin falls at least {@code heads} times on heads in {@code throwsOfIt} throws. */
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
