package org.espalier.attack.strong;

/**
 * The function of one example's logits that an attack maximises.
 */
public interface LogitLoss {
    /** Name in settings and messages: {@code ce}, {@code dlr}. */
    @Override
    String toString();

    /** The least number of classes that the loss is defined for. */
    int minClasses();

    /** Whether the loss reads the target class. */
    default boolean targeted() {
        return false;
    }

    /**
     * The loss and its gradient.
     *
     * @param z logits, (class)
     * @param label true class
     * @param target target class; not read unless {@link #targeted}
     * @param gradient receives the gradient with respect to the logits, (class)
     */
    double evaluate(float[] z, int label, int target, double[] gradient);
}
