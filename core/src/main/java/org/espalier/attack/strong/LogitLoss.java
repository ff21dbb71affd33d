package org.espalier.attack.strong;

/**
 * What an attack climbs: a function of one example's logits, higher the better for the attacker.
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
     * @param target class to drive towards; not read unless {@link #targeted}
     * @param gradient receives the gradient with respect to the logits, (class)
     */
    double evaluate(float[] z, int label, int target, double[] gradient);
}
