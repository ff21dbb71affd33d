package org.espalier.attack.strong;

/**
 * The result of an attack on one example.
 *
 * @param input (input) the best point found: a point classified wrong if the attack succeeded, else the point of
 *     highest loss; the clean input where a minimum-norm attack found nothing
 * @param success whether {@link #input} is classified wrong, or its class is tied with another, and keeps to the threat model
 *     (minimum-norm attacks: to the norm and the box, at any distance); always tested on {@link #input} itself
 * @param distance distance of {@link #input} from the clean input in the threat model's norm; infinite where a minimum-norm
 *     attack found nothing
 * @param loss the attack's loss at {@link #input}, higher is better for the attacker; NaN if the attack has none
 * @param forwards forward passes spent on this example
 * @param backwards backward passes spent on this example
 * @param zeroGradient whether the attack's first gradient was zero in every input, which means that the loss is
 *     saturated
 * @param losses highest loss so far, at the start and after each iteration; empty if the attack does not record them
 */
public record Attempt(
        float[] input,
        boolean success,
        double distance,
        double loss,
        long forwards,
        long backwards,
        boolean zeroGradient,
        float[] losses) {}
