package org.espalier.report.example;

import java.util.List;
import org.espalier.lab.store.TrialId;

/**
 * Images, the same images under attack, and what networks of several densities predict of both.
 *
 * @param trial the chain that the networks belong to
 * @param attack the attack's name in the experiment
 * @param epsilon radius of its ball
 * @param channels of each image: 3 are red, green and blue
 * @param rows height of each image in pixels
 * @param columns width of each image in pixels
 * @param originals the images without attack
 * @param networks the densest first
 */
public record Examples(
        TrialId trial,
        String attack,
        float epsilon,
        int channels,
        int rows,
        int columns,
        List<Original> originals,
        List<Network> networks) {
    public Examples {
        originals = List.copyOf(originals);
        networks = List.copyOf(networks);
    }

    /**
     * An image of the test set.
     *
     * @param pixels channels x rows x columns, 0 to 1
     * @param label name of its class
     */
    public record Original(float[] pixels, String label) {}

    /**
     * One network.
     *
     * @param density share of weights that remain, 0 to 1
     * @param images its attacked images, in the order of the originals
     */
    public record Network(double density, List<Attacked> images) {
        public Network {
            images = List.copyOf(images);
        }
    }

    /**
     * An image under attack.
     *
     * @param pixels channels x rows x columns, 0 to 1
     * @param before prediction for the original
     * @param after prediction for the attacked image
     */
    public record Attacked(float[] pixels, Prediction before, Prediction after) {}

    /**
     * A network's prediction.
     *
     * @param label name of the class
     * @param right whether it is the image's class
     * @param probability softmax probability of the class
     */
    public record Prediction(String label, boolean right, double probability) {}
}
