package org.espalier.lab.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.certify.Decision;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.evaluate.rules.RobustInterval;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.ImageCertificate;
import org.junit.jupiter.api.Test;

/** An evaluation of ten images beside certificates of its network and of others. */
class KnownResultsTest {
    private static final int IMAGES = 10;
    private static final float EPSILON = 0.1f;

    private static final KnownResults.Attacked EVALUATION = new KnownResults.Attacked(
            "standard",
            new KnownResults.Subject("network", "data", "test", 1),
            new ThreatModel(Norm.LINF, EPSILON),
            Outcomes.allRight(IMAGES),
            List.of());

    private static ImageCertificate image(int number, Decision decision) {
        return new ImageCertificate(number, 0, 0, 0, decision, Optional.empty(), 0, 0, Optional.empty());
    }

    /** The first images are tried, and the even ones of them certified. */
    private static Certification certificate(String network, String data, String split, float epsilon, int images) {
        return new Certification(
                network,
                data,
                split,
                epsilon,
                "crown",
                Certification.Limits.NONE,
                "settings",
                Path.of("crown"),
                IntStream.range(0, images)
                        .mapToObj(i -> image(i, i % 2 == 0 ? Decision.VERIFIED : Decision.UNKNOWN))
                        .toList(),
                List.of());
    }

    private static Certification certificate(float epsilon, int images) {
        return certificate("network", "data", "test", epsilon, images);
    }

    private static int covered(Certification... certificates) {
        return KnownResults.covered(EVALUATION, List.of(certificates));
    }

    private static Optional<Outcomes> certified(Certification... certificates) {
        RobustInterval interval = KnownResults.of(EVALUATION, List.of(EVALUATION), List.of(certificates));
        return interval.certified();
    }

    @Test
    void certificatesOfOtherNetworksAndImagesCoverNothing() {
        Certification network = certificate("another", "data", "test", EPSILON, 8);
        Certification data = certificate("network", "other data", "test", EPSILON, 7);
        Certification split = certificate("network", "data", "validation", EPSILON, 6);
        assertThat(covered()).isZero();
        assertThat(covered(network, data, split)).isZero();
        assertThat(certified(network, data, split)).isEmpty();
        Certification own = certificate(EPSILON, 4);
        assertThat(covered(network, own, data, split)).isEqualTo(4);
        assertThat(certified(network, own, data, split)).isEqualTo(certified(own));
    }

    @Test
    void certificatesInALargerBallCoverImagesAndThoseInASmallerOneDoNot() {
        Certification smaller = certificate(EPSILON / 2, 9);
        Certification same = certificate(EPSILON, 4);
        Certification larger = certificate(2 * EPSILON, 6);
        assertThat(covered(smaller)).isZero();
        assertThat(certified(smaller)).isEmpty();
        assertThat(covered(smaller, same)).isEqualTo(4);
        assertThat(covered(smaller, same, larger)).isEqualTo(6);
        assertThat(certified(smaller, same, larger)).isEqualTo(certified(larger));
    }

    @Test
    void imagesThatAreTriedAndNotCertifiedAreCovered() {
        Certification certificate = certificate(EPSILON, 4);
        assertThat(covered(certificate)).isEqualTo(4);
        assertThat(certified(certificate).map(Outcomes::count)).contains(2);
    }

    @Test
    void imagesThatTheEvaluationDoesNotHaveDoNotCount() {
        assertThat(covered(certificate(EPSILON, 2 * IMAGES))).isEqualTo(IMAGES);
    }
}
