package org.espalier.lab.robustness;

import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;

/** Meaningful radii of balls for images whose pixels lie in 0 to 1. */
public final class Radius {
    private Radius() {}

    /**
     * The distance between the two images that are furthest apart.
     *
     * @param inputs pixels of an image, at least 1
     */
    public static double largest(Norm norm, int inputs) {
        return switch (norm) {
            case LINF -> 1;
            case L2 -> Math.sqrt(inputs);
            case L1 -> inputs;
        };
    }

    /**
     * Refuses a ball that holds every image.
     *
     * @param what names the radius in the message, e.g. {@code --epsilon}
     * @throws UserException if the radius exceeds {@link #largest}
     */
    public static void check(ThreatModel threat, int inputs, String what) {
        double largest = largest(threat.norm(), inputs);
        if (threat.epsilon() > (float) largest) {
            String norm = EvaluationRequest.norm(threat);
            throw new UserException(what + " is " + EvaluationRequest.number(threat.epsilon()) + ", expected at most "
                    + EvaluationRequest.number((float) largest) + " in " + norm + ": no two images of " + inputs
                    + " pixels are further apart, as pixel values lie in 0 to 1; "
                    + (threat.epsilon() <= 255 && threat.epsilon() == Math.rint(threat.epsilon())
                            ? "did you mean " + EvaluationRequest.number(threat.epsilon()) + "/255?"
                            : "write 8/255 for a radius in steps of 255"));
        }
    }
}
