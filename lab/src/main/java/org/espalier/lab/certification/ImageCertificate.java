package org.espalier.lab.certification;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.evaluate.certify.Decision;
import org.espalier.lab.file.Json;

/**
 * The result for one image.
 *
 * @param image its number in the split
 * @param predicted class that the engine gives the clean image
 * @param attacked class that it gives an adversarial example found by gradients, which lies in ball and box to the last
 *     bit; the label if none was found
 * @param decision of the method; a wrong clean class is falsified
 * @param lower lower bound of the label's lead within the ball; empty if the method did not run or has none
 * @param unstable hidden units that may be on or off; 0 if the method did not run, and for exact verification
 * @param nodes subproblems bounded by exact verification
 * @param counterexample all pixels; from exact verification only
 */
public record ImageCertificate(
        int image,
        int label,
        int predicted,
        int attacked,
        Decision decision,
        Optional<Double> lower,
        int unstable,
        int nodes,
        Optional<float[]> counterexample) {
    /** Right without attack. */
    public boolean clean() {
        return predicted == label;
    }

    /** Right without attack and under the attack. */
    public boolean withstands() {
        return clean() && attacked == label;
    }

    /** Proven robust. */
    public boolean certified() {
        return clean() && decision == Decision.VERIFIED;
    }

    /** One line of {@code images.jsonl}, with its line feed. */
    String line() {
        return Json.write(members()) + "\n";
    }

    /** The same with the seconds that it took, for the file of a certification in work. */
    String line(double seconds) {
        Map<String, Object> members = members();
        members.put("seconds", seconds);
        return Json.write(members) + "\n";
    }

    private Map<String, Object> members() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("image", image);
        line.put("label", label);
        line.put("predicted", predicted);
        line.put("attacked", attacked);
        line.put("verdict", decision.toString());
        lower.ifPresent(bound -> line.put("lower", bound));
        line.put("unstable", unstable);
        line.put("nodes", nodes);
        counterexample.ifPresent(pixels -> {
            List<Object> values = new ArrayList<>();
            for (float pixel : pixels) {
                values.add(pixel);
            }
            line.put("counterexample", values);
        });
        return line;
    }
}
