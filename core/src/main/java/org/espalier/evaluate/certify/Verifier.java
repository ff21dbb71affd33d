package org.espalier.evaluate.certify;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.engine.Engine;

/**
 * Decides whether a network withstands a threat model on one input: bounds first, then branch and bound. A verified
 * input is certified in the sense of {@link Certifier}. A falsified input has a counterexample that the float32 engine
 * classifies wrong.
 *
 * <p>With a limit of nodes alone the result is the same on every machine. Not for use by several threads at once.
 */
public final class Verifier {
    private final SparseNetwork network;
    private final Certifier certifier;
    private final BranchAndBound branches;
    private final InputSplitting boxes;
    private final Counterexamples judge;

    /**
     * A verifier of an engine's present weights.
     *
     * @throws IllegalArgumentException if a weight is not finite
     */
    public Verifier(Engine engine) {
        certifier = new Certifier(engine.weights(), engine.mask());
        network = certifier.network();
        branches = new BranchAndBound(certifier);
        boxes = new InputSplitting(certifier);
        judge = new Counterexamples(engine);
    }

    /** The certifier of the same network. */
    public Certifier certifier() {
        return certifier;
    }

    /** The judge of counterexamples over the same engine. */
    public Counterexamples counterexamples() {
        return judge;
    }

    /**
     * Verifies one input. Callers should attack it first, because bounds find counterexamples more slowly than
     * gradients do.
     *
     * @param image all pixels, in [0, 1]
     * @param label the true class
     * @param threat L-infinity
     * @param stop checked between rounds; true ends the verification undecided
     */
    public Verification verify(
            float[] image, int label, ThreatModel threat, ExactSettings settings, BooleanSupplier stop) {
        if (threat.norm() != Norm.LINF) {
            throw new IllegalArgumentException("exact verification is for l-infinity, got " + threat);
        }
        if (judge.predict(image) != label) {
            return new Verification(Decision.FALSIFIED, Double.NEGATIVE_INFINITY, 0, Optional.of(image.clone()));
        }
        Margins margins = certifier.margins(image, label, threat, BoundMethod.CROWN);
        if (margins.certified()) {
            return new Verification(Decision.VERIFIED, margins.worst(), 1, Optional.empty());
        }
        InputRegion region = InputRegion.around(network, image, threat);
        Function<double[], Optional<float[]>> check = inputs -> {
            float[] candidate = image.clone();
            for (int i = 0; i < inputs.length; i++) {
                candidate[network.pixels()[i]] = (float) inputs[i];
            }
            return judge.judge(image, label, threat, candidate);
        };
        int halved = 0;
        if (region.size() <= settings.splitInputs()) {
            Verification found = boxes.run(region, label, settings.nodes(), stop, check);
            if (found.decision() != Decision.UNKNOWN || stop.getAsBoolean()) {
                return found;
            }
            // If the network is near a tie on a whole face of a box, halving makes too many boxes; splitting ReLUs does
            // not.
            halved = found.nodes();
        }
        HiddenBounds bounds = certifier.hidden(region, BoundMethod.ALPHA_CROWN);
        Verification found = branches.run(bounds, label, margins.lower(), settings.nodes(), stop, check);
        return new Verification(found.decision(), found.lower(), halved + found.nodes(), found.counterexample());
    }
}
