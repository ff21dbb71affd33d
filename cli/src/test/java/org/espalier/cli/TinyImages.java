package org.espalier.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.espalier.fixtures.BrightColumns;

/** A data set that trains in milliseconds: images of 3 x 3 pixels, of which column {@code label} is bright. */
public final class TinyImages {
    private TinyImages() {}

    /** Writes 60 training and 30 test images of three classes as four IDX files. */
    public static void write(Path directory) {
        try {
            BrightColumns.write(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An experiment on them: two strategies, two trials, two levels, a few updates each. */
    public static String experiment(Path directory) {
        return """
                name: tiny
                seed: 7
                trials: 2
                data:
                  sets: [{name: tiny, directory: "%s"}]
                  validation: 20
                network:
                  hidden: [6]
                training:
                  iterations: 20
                  batch: 10
                attacks:
                  fgsm: {kind: fgsm, epsilon: 0.1}
                objectives: [fgsm]
                evaluation:
                  every: 10
                  attacks: [fgsm]
                pruning:
                  levels: 1
                strategies: [original, random]
                report:
                  iteration: 10
                """.formatted(directory);
    }
}
