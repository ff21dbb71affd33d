package org.espalier.lab.robustness;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Rules;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.ImageCertificate;
import org.espalier.lab.tickets.Ticket;

/** Certificates of the network that an evaluation attacked, as {@code espalier certify} stores them, for {@link Rule#CERTIFIED}. */
final class StoredCertificates {
    private StoredCertificates() {}

    /**
     * The rule's finding on an evaluation.
     *
     * @param certificates of the ticket, of any of its weights
     * @param subject what was attacked
     * @param threat the evaluation's ball; certificates for larger balls count
     */
    static Finding check(
            List<Certification> certificates, KnownResults.Subject subject, ThreatModel threat, Outcomes withstands) {
        List<Certification> holding = certificates.stream()
                .filter(each -> subject.covers(each) && each.threat().holds(threat))
                .toList();
        if (holding.isEmpty()) {
            return Finding.notChecked(Rule.CERTIFIED, "no certificates for this radius are stored");
        }
        // Images without a certificate count as not certified.
        BitSet certified = new BitSet();
        for (Certification each : holding) {
            each.images().stream()
                    .filter(image -> image.image() < withstands.inputs())
                    .filter(ImageCertificate::certified)
                    .forEach(image -> certified.set(image.image()));
        }
        return Rules.certified(withstands, new Outcomes(withstands.inputs(), certified));
    }

    /**
     * The directory of certificates for an evaluation in its usual place: in {@code certification/KEY/} beside
     * {@code robustness/KEY/}, or in {@code NAME.certification} beside {@code NAME.robustness}.
     *
     * @param evaluation the evaluation's directory
     */
    static Path beside(Path evaluation) {
        Path results = evaluation.toAbsolutePath().resolveSibling("").normalize();
        String name = String.valueOf(results.getFileName());
        return name.endsWith("." + Ticket.EVALUATIONS)
                ? results.resolveSibling(
                        name.substring(0, name.length() - Ticket.EVALUATIONS.length()) + Ticket.CERTIFICATES)
                : results.resolve("../..")
                        .normalize()
                        .resolve(Ticket.CERTIFICATES)
                        .resolve(name);
    }
}
