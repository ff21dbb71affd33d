package org.espalier.lab.certification;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.espalier.evaluate.certify.Decision;
import org.junit.jupiter.api.Test;

class BoundsConsistencyTest {
    private static final ImageCertificate CERTIFIED = image(3, 3, Decision.VERIFIED, false);
    private static final ImageCertificate BROKEN = image(3, 5, Decision.FALSIFIED, false);
    private static final ImageCertificate OPEN = image(3, 3, Decision.UNKNOWN, false);
    private static final ImageCertificate FALSIFIED = image(3, 3, Decision.FALSIFIED, true);

    private static ImageCertificate image(int predicted, int attacked, Decision decision, boolean counterexample) {
        return new ImageCertificate(
                0,
                3,
                predicted,
                attacked,
                decision,
                Optional.of(0.25),
                0,
                1,
                counterexample ? Optional.of(new float[1]) : Optional.empty());
    }

    private static Certification at(float epsilon, String method, String network, ImageCertificate... images) {
        return of("digits", epsilon, method, network, images);
    }

    private static Certification of(
            String data, float epsilon, String method, String network, ImageCertificate... images) {
        return new Certification(
                network,
                data,
                "test",
                epsilon,
                method,
                Certification.Limits.NONE,
                "settings",
                Path.of(method + "-" + epsilon),
                Arrays.asList(images),
                java.util.Collections.nCopies(images.length, 0.5));
    }

    @Test
    void whatIsCertifiedMayNotBeBrokenAtThatRadiusOrASmallerOne() {
        assertThat(BoundsConsistency.violations(
                        List.of(at(0.1f, "crown", "a", CERTIFIED), at(0.1f, "ibp", "a", BROKEN))))
                .singleElement()
                .isEqualTo("image 0 of the test split, class 3, is certified at l-infinity 0.1 by crown (lead at least"
                        + " 0.25), but an attack gets class 5 at 0.1: one of the two is wrong (crown-0.1 and ibp-0.1)");
        assertThat(BoundsConsistency.violations(
                        List.of(at(0.1f, "crown", "a", CERTIFIED), at(0.05f, "exact", "a", FALSIFIED))))
                .singleElement()
                .asString()
                .contains("exact verification has a counterexample at 0.05");
        assertThat(BoundsConsistency.violations(List.of(at(0.1f, "crown", "a", image(3, 5, Decision.VERIFIED, false)))))
                .as("within one certification")
                .hasSize(1);
        assertThat(BoundsConsistency.violations(List.of(at(0.1f, "crown", "a", image(5, 5, Decision.VERIFIED, false)))))
                .singleElement()
                .asString()
                .contains("the clean image is given class 5");
    }

    @Test
    void nothingElseIsAViolation() {
        assertThat(BoundsConsistency.violations(List.of(
                        at(0.1f, "crown", "a", CERTIFIED, OPEN),
                        at(0.2f, "crown", "a", BROKEN, BROKEN),
                        at(0.1f, "crown", "another network", BROKEN),
                        at(0.1f, "exact", "a", CERTIFIED, FALSIFIED))))
                .isEmpty();
    }

    @Test
    void imagesOfAnotherDataSetAreOthers() {
        assertThat(BoundsConsistency.violations(List.of(
                        of("digits", 0.1f, "crown", "a", CERTIFIED), of("fashion", 0.1f, "crown", "a", BROKEN))))
                .isEmpty();
    }

    @Test
    void sharesBracketTheTruth() {
        Certification certification = at(0.1f, "exact", "a", CERTIFIED, BROKEN, OPEN, FALSIFIED);
        assertThat(certification.clean()).isEqualTo(1);
        assertThat(certification.certified()).isEqualTo(0.25);
        assertThat(certification.unbroken()).isEqualTo(0.5);
        assertThat(certification.attacked()).isEqualTo(0.75);
        assertThat(certification.unknown()).isEqualTo(0.25);
    }
}
