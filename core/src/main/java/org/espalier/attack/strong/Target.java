package org.espalier.attack.strong;

import java.util.Arrays;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.ImageShape;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;

/**
 * The network under attack: logits, and gradients of any function of them with respect to the inputs. A target belongs
 * to the weights that the engine holds when the target is made. After loading other weights, make a new target.
 *
 * <p>The rows of every {@link Tile} are the {@link #live} inputs. No surviving weight reads the others. Their gradient
 * is zero, and they keep their clean values ({@link #complete}).
 *
 * <p>Not for use by several threads at once.
 */
public final class Target {
    /** The most examples in a tile. With it, inputs and activations of a few hundred units fit the L2 cache. */
    public static final int CAPACITY = 2 * ActivationPanels.LANES;

    private final Engine engine;
    private final Optional<ImageShape> shape;
    private final ActivationBuffers buffers;
    private final int[] live;
    private final int[] rows; // (input): its row, or -1
    private final float[] z; // (class)
    private final double[] slope; // (class)
    private int examples; // of the last forward pass
    private long forwards;
    private long backwards;

    /**
     * A network whose inputs are an image.
     *
     * @throws IllegalArgumentException if the image has another number of inputs
     */
    public Target(Engine engine, ImageShape shape) {
        this(engine, Optional.of(shape));
    }

    /** A network whose inputs are not an image, or an image of unknown shape. */
    public Target(Engine engine) {
        this(engine, Optional.empty());
    }

    /**
     * The same for a shape that may be unknown.
     *
     * @throws IllegalArgumentException if the image has another number of inputs
     */
    public Target(Engine engine, Optional<ImageShape> shape) {
        shape.filter(image -> image.features() != engine.architecture().inputs())
                .ifPresent(image -> {
                    throw new IllegalArgumentException("an image of " + image + " pixels is no input of a network of "
                            + engine.architecture().inputs() + " inputs");
                });
        this.engine = engine;
        this.shape = shape;
        buffers = engine.newBuffers(CAPACITY);
        live = engine.liveInputs().clone();
        rows = new int[inputs()];
        Arrays.fill(rows, -1);
        for (int row = 0; row < live.length; row++) {
            rows[live[row]] = row;
        }
        z = new float[classes()];
        slope = new double[classes()];
    }

    public int classes() {
        return engine.architecture().classes();
    }

    /** The shape of the input image, if known. */
    public Optional<ImageShape> shape() {
        return shape;
    }

    /**
     * The shape of the image, for attacks that draw squares on it.
     *
     * @param attack its name, for messages
     * @throws UserException if it is not known how the inputs lie
     */
    public ImageShape image(String attack) {
        return shape.orElseThrow(() -> new UserException("attack " + attack
                + " needs the rows and columns of an image, expected data of images beside the network"));
    }

    /** Inputs of the network, live or not. */
    public int inputs() {
        return engine.architecture().inputs();
    }

    /** Input of each row, ascending. Not to be written to. */
    public int[] live() {
        return live;
    }

    /** Row of an input, or -1 if it is not live. */
    public int row(int input) {
        return rows[input];
    }

    /** Forward passes so far, counted in examples. */
    public long forwards() {
        return forwards;
    }

    /** Backward passes so far, counted in examples. */
    public long backwards() {
        return backwards;
    }

    /** A tile of zeros for up to {@link #CAPACITY} examples. */
    public Tile newTile(int count) {
        return new Tile(live.length, count);
    }

    /**
     * The live inputs of images {@code first} to {@code first + count - 1}.
     *
     * @param images [image][input], all inputs of the network
     */
    public Tile pack(float[][] images, int first, int count) {
        Tile tile = newTile(count);
        for (int e = 0; e < count; e++) {
            float[] image = images[first + e];
            if (image.length != inputs()) {
                throw new IllegalArgumentException(
                        "the network has " + inputs() + " inputs, an example has " + image.length);
            }
            int index = tile.at(e / Tile.LANES, 0) + e % Tile.LANES;
            for (int row = 0; row < live.length; row++, index += Tile.LANES) {
                tile.values()[index] = image[live[row]];
            }
        }
        return tile;
    }

    /** One example of a tile as an image of all inputs. Inputs that are not live have the clean image's values. */
    public float[] complete(Tile tile, int example, float[] clean) {
        float[] image = clean.clone();
        for (int row = 0; row < live.length; row++) {
            image[live[row]] = tile.get(row, example);
        }
        return image;
    }

    /** Computes the logits of a tile's examples, at most {@link #CAPACITY}. */
    public void forward(Tile x) {
        checkTile(x);
        ActivationPanels input = buffers.input();
        for (int panel = 0; panel < x.panels(); panel++) {
            for (int row = 0; row < live.length; ) {
                int run = run(row);
                input.write(panel, live[row], run, x.values(), x.at(panel, row));
                row += run;
            }
        }
        engine.forward(buffers, 0, x.panels());
        examples = x.examples();
        forwards += examples;
    }

    /** A logit of an example of the last forward pass. */
    public float logit(int example, int category) {
        return buffers.logits().get(category, example);
    }

    /** Logits of an example of the last forward pass, into {@code out}, (class). */
    public void logits(int example, float[] out) {
        for (int c = 0; c < out.length; c++) {
            out[c] = logit(example, c);
        }
    }

    /** Predicted class of an example of the last forward pass: the largest logit's, the lowest class on ties. */
    public int prediction(int example) {
        int best = 0;
        for (int c = 1; c < classes(); c++) {
            if (logit(example, c) > logit(example, best)) {
                best = c;
            }
        }
        return best;
    }

    /**
     * Whether an example of the last forward pass is broken: another class has the largest logit, or the same logit as
     * the true class. Ties count as broken, because the prediction then depends on the order of classes.
     */
    public boolean fooled(int example, int label) {
        return prediction(example) != label || tied(example, label);
    }

    /** Whether another class has exactly the label's logit in the last forward pass. */
    public boolean tied(int example, int label) {
        for (int c = 0; c < classes(); c++) {
            if (c != label && logit(example, c) == logit(example, label)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The gradient, with respect to the inputs, of {@code sum_c coefficients[e][c] z_c} of each example at the last forward
     * pass's inputs: a row of the Jacobian, a difference of two, or any other combination.
     *
     * @param coefficients (example, class)
     */
    public void gradient(double[][] coefficients, Tile out) {
        for (int e = 0; e < examples; e++) {
            for (int c = 0; c < classes(); c++) {
                buffers.logitGradient().set(c, e, (float) coefficients[e][c]);
            }
        }
        backward(out);
    }

    /**
     * The gradient of {@code z_plus - z_minus} of each example at the last forward pass's inputs; a class of -1 is
     * skipped.
     */
    public void difference(int[] plus, int[] minus, Tile out) {
        for (int e = 0; e < examples; e++) {
            for (int c = 0; c < classes(); c++) {
                buffers.logitGradient().set(c, e, (c == plus[e] ? 1f : 0f) - (c == minus[e] ? 1f : 0f));
            }
        }
        backward(out);
    }

    /** Losses of each example at the last forward pass's inputs. */
    public void losses(LogitLoss loss, int[] labels, int[] targets, double[] losses) {
        for (int e = 0; e < examples; e++) {
            logits(e, z);
            losses[e] = loss.evaluate(z, labels[e], targets[e], slope);
        }
    }

    /**
     * Losses and, up to a positive factor for each example, their gradients with respect to the inputs, at the last forward
     * pass's inputs. The factor scales the largest derivative by a logit to 1, so that small gradients do not
     * underflow. Attacks use directions only.
     *
     * @param labels true classes, (example)
     * @param targets target classes, (example); not read unless the loss is targeted
     * @param losses receives the losses, (example)
     * @param out receives the directions
     */
    public void direction(LogitLoss loss, int[] labels, int[] targets, double[] losses, Tile out) {
        for (int e = 0; e < examples; e++) {
            logits(e, z);
            losses[e] = loss.evaluate(z, labels[e], targets[e], slope);
            double largest = 0;
            for (double s : slope) {
                largest = Math.max(largest, Math.abs(s));
            }
            // The inverse of a subnormal number may be infinite, and zero times infinity is NaN.
            boolean invertible = largest >= Double.MIN_NORMAL;
            double scale = invertible ? 1 / largest : 0;
            for (int c = 0; c < slope.length; c++) {
                double scaled = invertible || largest == 0 ? slope[c] * scale : slope[c] / largest;
                buffers.logitGradient().set(c, e, (float) scaled);
            }
        }
        backward(out);
    }

    private void backward(Tile out) {
        checkTile(out);
        if (out.examples() != examples) {
            throw new IllegalArgumentException("the last forward pass had " + examples
                    + " examples, the tile for its gradient has " + out.examples());
        }
        for (int e = examples; e < out.lanes(); e++) {
            for (int c = 0; c < classes(); c++) {
                buffers.logitGradient().set(c, e, 0f);
            }
        }
        engine.backward(buffers, 0, out.panels(), Gradients.INPUTS);
        ActivationPanels gradient = buffers.inputGradient();
        for (int panel = 0; panel < out.panels(); panel++) {
            for (int row = 0; row < live.length; ) {
                int run = run(row);
                gradient.read(panel, live[row], run, out.values(), out.at(panel, row));
                row += run;
            }
        }
        backwards += examples;
    }

    /** Number of adjacent inputs from a row on. */
    private int run(int row) {
        int end = row + 1;
        while (end < live.length && live[end] == live[end - 1] + 1) {
            end++;
        }
        return end - row;
    }

    private void checkTile(Tile tile) {
        if (tile.rows() != live.length || tile.examples() > CAPACITY) {
            throw new IllegalArgumentException("the target takes tiles of " + live.length + " rows of at most "
                    + CAPACITY + " examples, got " + tile.rows() + " rows of " + tile.examples());
        }
    }
}
