package org.espalier.lab.certification;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.espalier.evaluate.certify.Decision;

/**
 * Certified at most true at most attacked, image by image: what is certified at one radius cannot be broken at that radius
 * or a smaller one, by any method of the same network and
 * data. A violation shows that one side is wrong.
 */
public final class BoundsConsistency {
    private BoundsConsistency() {}

    /**
     * Looks for violations among certifications, at any radii and by any methods.
     *
     * @return a sentence with the evidence for each
     */
    public static List<String> violations(List<Certification> certifications) {
        List<String> violations = new ArrayList<>();
        List<Certification> sorted = certifications.stream()
                .sorted(Comparator.comparingDouble(Certification::epsilon))
                .toList();
        for (Certification certifying : sorted) {
            for (Certification breaking : sorted) {
                if (certifying.threat().holds(breaking.threat())
                        && breaking.data().equals(certifying.data())
                        && breaking.split().equals(certifying.split())
                        && breaking.network().equals(certifying.network())) {
                    compare(certifying, breaking, violations);
                }
            }
        }
        return violations;
    }

    private static void compare(Certification certifying, Certification breaking, List<String> violations) {
        int both = Math.min(certifying.images().size(), breaking.images().size());
        for (int i = 0; i < both; i++) {
            ImageCertificate certified = certifying.images().get(i);
            ImageCertificate broken = breaking.images().get(i);
            boolean falsified = broken.decision() == Decision.FALSIFIED
                    && broken.counterexample().isPresent();
            if (certified.decision() == Decision.VERIFIED && (!broken.withstands() || falsified)) {
                violations.add("image " + certified.image() + " of the " + certifying.split() + " split, class "
                        + certified.label() + ", is certified at " + certifying.threat() + " by "
                        + certifying.method()
                        + certified
                                .lower()
                                .map(lead -> " (lead at least " + lead + ")")
                                .orElse("") + ", but "
                        + evidence(broken) + " at "
                        + (breaking.norm() == certifying.norm() ? breaking.epsilon() : breaking.threat())
                        + ": one of the two is wrong ("
                        + certifying.directory() + " and " + breaking.directory() + ")");
            }
        }
    }

    private static String evidence(ImageCertificate broken) {
        if (!broken.clean()) {
            return "the clean image is given class " + broken.predicted();
        } else if (broken.attacked() != broken.label()) {
            return "an attack gets class " + broken.attacked();
        }
        return "exact verification has a counterexample";
    }
}
