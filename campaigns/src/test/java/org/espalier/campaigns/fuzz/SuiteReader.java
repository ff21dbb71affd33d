package org.espalier.campaigns.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.espalier.lab.experiment.SuiteSettings;

/** Suites of attacks in YAML. */
final class SuiteReader implements FuzzTarget.Reader {
    private final MemoryFile file = new MemoryFile();

    @Override
    public void read(byte[] input) throws IOException {
        String text = new String(input, StandardCharsets.UTF_8);
        if (text.contains("/dev") || text.contains("/proc")) {
            return; // "extends" reads files, and these are none
        }
        SuiteSettings settings = SuiteSettings.read(file.of(input));
        if (settings.attacks().isEmpty() || settings.name().isBlank()) {
            throw new AssertionError("a suite without a name or an attack was taken");
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                """
                name: mine
                survivors-only: false
                attacks:
                  - {kind: pgd, iterations: 20, step: 0.1, restarts: 2, keep: best}
                  - kind: apgd
                    loss: dlr
                  - {kind: fab, targets: 3}
                  - {kind: square, queries: 500}
                """.getBytes(StandardCharsets.UTF_8),
                "attacks: [{kind: noise, draws: 1}, {kind: fgsm}]\n".getBytes(StandardCharsets.UTF_8));
    }
}
