package org.espalier.lab.certification;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.attack.strong.Examples;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.certify.Counterexamples;
import org.espalier.lab.counterexample.KeptDirectory;
import org.espalier.lab.counterexample.KeptExamples;

/** Keeps the counterexamples of exact verification as adversarial examples in a file. */
public final class KeptCounterexamples {
    private static final String ATTACK = "exact";

    private KeptCounterexamples() {}

    /**
     * Writes the counterexamples of a certificate, unless they are there.
     *
     * @param certification of the request, by exact verification
     * @return how many there are
     */
    public static int write(CertificationRequest request, Certification certification, KeptDirectory directory) {
        List<ImageCertificate> found = certification.images().stream()
                .filter(image -> image.counterexample().isPresent() && image.withstands())
                .toList();
        if (directory.holds(request.id())) {
            return found.size();
        }
        var network = request.ticket().network();
        Engine engine = Engines.create(network.mask().architecture());
        engine.load(network.weights(), network.mask());
        Counterexamples judge = new Counterexamples(engine);
        List<KeptExamples.Row> rows = new ArrayList<>();
        for (ImageCertificate image : found) {
            float[] point = image.counterexample().orElseThrow();
            rows.add(new KeptExamples.Row(
                    image.image(),
                    image.label(),
                    image.predicted(),
                    judge.predict(point),
                    ATTACK,
                    Examples.of(request.split(), image.image(), 1).clean()[0],
                    point));
        }
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("network", request.ticket().digest());
        about.put("data-set", request.set().name());
        about.put("data", request.set().digest());
        about.put("split", request.split().name());
        about.put("method", request.method().toString());
        about.put("threat-model", Map.of("norm", request.normName(), "epsilon", request.epsilon()));
        directory.write(request.id(), new KeptExamples(request.set().shape(), request.threat(), rows), about);
        return found.size();
    }
}
