package org.espalier.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.fixtures.IdxBytes;

/** A data set that trains in milliseconds: images of 3 x 3 pixels, of which column {@code label} is bright. */
public final class TinyImages {
    private TinyImages() {}

    /** Writes 60 training and 30 test images of three classes as four IDX files. */
    public static void write(Path directory) {
        try {
            Files.createDirectories(directory);
            write(directory, "train", 60);
            write(directory, "t10k", 30);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path directory, String part, int count) throws IOException {
        byte[] pixels = new byte[9 * count];
        int[] labels = new int[count];
        for (int image = 0; image < count; image++) {
            labels[image] = image % 3;
            for (int pixel = 0; pixel < 9; pixel++) {
                pixels[9 * image + pixel] = (byte) (pixel % 3 == labels[image] ? 200 + image % 50 : image * 7 % 90);
            }
        }
        Files.write(directory.resolve(part + "-images-idx3-ubyte"), IdxBytes.images(pixels, 3, 3));
        Files.write(directory.resolve(part + "-labels-idx1-ubyte"), IdxBytes.labels(labels));
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
