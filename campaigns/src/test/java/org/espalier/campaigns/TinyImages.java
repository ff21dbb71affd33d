package org.espalier.campaigns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.espalier.fixtures.IdxBytes;

/** A data set on which small networks train in milliseconds: four classes, each with a bright stripe at its own place. */
public final class TinyImages {
    private static final int CLASSES = 4;

    private TinyImages() {}

    /**
     * Writes the four IDX files.
     *
     * @param side pixels of a row and of a column
     */
    public static void write(Path directory, int side, int train, int test) throws IOException {
        Files.createDirectories(directory);
        Random random = new Random(7);
        write(directory, "train", side, train, random);
        write(directory, "t10k", side, test, random);
    }

    private static void write(Path directory, String part, int side, int count, Random random) throws IOException {
        int pixels = side * side;
        byte[] images = new byte[pixels * count];
        int[] labels = new int[count];
        for (int image = 0; image < count; image++) {
            labels[image] = random.nextInt(CLASSES);
            for (int pixel = 0; pixel < pixels; pixel++) {
                int bright = pixel * CLASSES / pixels == labels[image] ? 150 : 0;
                images[image * pixels + pixel] = (byte) (bright + random.nextInt(100));
            }
        }
        Files.write(directory.resolve(part + "-images-idx3-ubyte"), IdxBytes.images(images, side, side));
        Files.write(directory.resolve(part + "-labels-idx1-ubyte"), IdxBytes.labels(labels));
    }

    /**
     * An experiment on them.
     *
     * @param more lines of YAML to end it with
     */
    public static String experiment(Path directory, int trials, int iterations, int every, int levels, String more) {
        return """
                name: tiny
                seed: 3
                trials: %d
                data: {sets: [{name: tiny, directory: "%s"}], validation: 40}
                network: {hidden: [8, 5], biases: true}
                training: {iterations: %d, batch: 10}
                attacks:
                  fgsm: {kind: fgsm, epsilon: 0.1}
                objectives: [fgsm]
                evaluation: {every: %d, attacks: [fgsm]}
                pruning: {levels: %d, hidden: 0.3, output: 0.2}
                """.formatted(trials, directory, iterations, every, levels) + more;
    }
}
