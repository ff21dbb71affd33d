package org.espalier.lab.certification;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.evaluate.certify.BoundMethod;
import org.espalier.lab.experiment.Names;

/**
 * How inputs are certified: by bounds of one kind, or exactly.
 *
 * @param bounds the bounds; empty for exact verification
 */
public record CertificationMethod(Optional<BoundMethod> bounds) {
    /** Exact verification by branch and bound. */
    public static final CertificationMethod EXACT = new CertificationMethod(Optional.empty());

    private static final String EXACT_NAME = "exact";

    /** Names of all methods, cheapest first. */
    public static List<String> names() {
        return java.util.stream.Stream.concat(
                        Arrays.stream(BoundMethod.values()).map(BoundMethod::toString),
                        java.util.stream.Stream.of(EXACT_NAME))
                .toList();
    }

    /**
     * The method of a name.
     *
     * @throws UserException naming the nearest method if there is none of the name
     */
    public static CertificationMethod of(String name) {
        if (name.equals(EXACT_NAME)) {
            return EXACT;
        }
        for (BoundMethod method : BoundMethod.values()) {
            if (method.toString().equals(name)) {
                return new CertificationMethod(Optional.of(method));
            }
        }
        throw new UserException("there is no method \"" + name + "\": "
                + Names.nearest(name, names())
                        .map(near -> "did you mean \"" + near + "\"?")
                        .orElse("expected one of " + String.join(", ", names())));
    }

    public boolean exact() {
        return bounds.isEmpty();
    }

    @Override
    public String toString() {
        return bounds.map(BoundMethod::toString).orElse(EXACT_NAME);
    }
}
