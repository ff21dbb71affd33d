package org.espalier.network;

import java.util.ArrayList;
import java.util.List;

/**
 * What a node of a {@link Graph} computes. Sealed, because an engine must know all operations: adding one is a record here
 * and a case in each engine.
 */
public sealed interface Operation {
    /**
     * An input of a node.
     *
     * @param name the node that gives it, or {@link Graph#INPUT}
     * @param shape its shape
     */
    record Source(String name, Shape shape) {}

    /**
     * Shape of the output for these inputs.
     *
     * @param node the node's name, for messages
     * @throws IllegalArgumentException if the number of inputs or a shape does not fit; the message names the node
     */
    Shape output(String node, List<Source> inputs);

    /** Parameters in the order in which files list them. */
    List<Parameter> parameters(String node);

    /**
     * A fully connected layer: {@code y = W x + b}.
     *
     * @param inputs values that it reads, at least 1
     * @param outputs values that it gives, at least 1
     * @param bias whether there is a bias per output
     */
    record Linear(int inputs, int outputs, boolean bias) implements Operation {
        public Linear {
            if (inputs < 1 || outputs < 1) {
                throw new IllegalArgumentException(
                        "a linear layer needs at least 1 input and 1 output, got " + inputs + " and " + outputs);
            }
        }

        @Override
        public Shape output(String node, List<Source> sources) {
            Source source = only(node, sources);
            if (!source.shape().equals(Shape.of(inputs))) {
                throw new IllegalArgumentException("layer " + node + " expects " + inputs + " inputs, " + source.name()
                        + " gives " + source.shape()
                        + (source.shape().dimensions() > 1 ? "; a flatten between them makes it flat" : ""));
            }
            return Shape.of(outputs);
        }

        @Override
        public List<Parameter> parameters(String node) {
            List<Parameter> parameters = new ArrayList<>();
            parameters.add(
                    new Parameter(node + ".weight", node, Shape.of(outputs, inputs), Parameter.Role.WEIGHT, true));
            if (bias) {
                parameters.add(new Parameter(node + ".bias", node, Shape.of(outputs), Parameter.Role.BIAS, false));
            }
            return parameters;
        }
    }

    /** {@code y = max(x, 0)} of each value. */
    record Relu() implements Operation {
        @Override
        public Shape output(String node, List<Source> sources) {
            return only(node, sources).shape();
        }

        @Override
        public List<Parameter> parameters(String node) {
            return List.of();
        }
    }

    /**
     * A convolution as every framework has it (cross-correlation): {@code y[o, r, c] = b[o] + sum w[o, i, a, b] x[i, r s + a - p,
     * c s + b - p]}, with zeros outside the image.
     *
     * @param inputs channels that it reads, at least 1
     * @param outputs channels that it gives, at least 1
     * @param kernel rows and columns of its window, at least 1
     * @param stride rows and columns from one window to the next, at least 1
     * @param padding zeros on each side of the image, at least 0 and below {@code kernel}
     * @param bias whether there is a bias per output channel
     */
    record Conv2d(int inputs, int outputs, int kernel, int stride, int padding, boolean bias) implements Operation {
        public Conv2d {
            if (inputs < 1 || outputs < 1) {
                throw new IllegalArgumentException(
                        "a convolution needs at least 1 input channel and 1 output channel, got " + inputs + " and "
                                + outputs);
            }
            window("a convolution", kernel, stride, padding);
        }

        @Override
        public Shape output(String node, List<Source> sources) {
            Source source = image(node, sources);
            if (source.shape().size(0) != inputs) {
                throw new IllegalArgumentException("layer " + node + " expects " + inputs + " channels, "
                        + source.name() + " gives " + source.shape().size(0));
            }
            return Shape.of(
                    outputs,
                    windows(node, source, 1, kernel, stride, padding),
                    windows(node, source, 2, kernel, stride, padding));
        }

        @Override
        public List<Parameter> parameters(String node) {
            List<Parameter> parameters = new ArrayList<>();
            parameters.add(new Parameter(
                    node + ".weight", node, Shape.of(outputs, inputs, kernel, kernel), Parameter.Role.WEIGHT, true));
            if (bias) {
                parameters.add(new Parameter(node + ".bias", node, Shape.of(outputs), Parameter.Role.BIAS, false));
            }
            return parameters;
        }
    }

    /**
     * Normalises each channel: by the batch's mean and variance in training, by running ones in evaluation, and scales and shifts
     * the result where it is affine. Ioffe and Szegedy (2015), with PyTorch's constants: the running values move by 0.1 to the
     * batch's, the variance there is the unbiased one, and 1e-5 is added to a variance before its root.
     *
     * @param channels of what it reads, at least 1: an image's, or the values of a flat input
     * @param affine whether it scales and shifts
     */
    record BatchNorm(int channels, boolean affine) implements Operation {
        /** Weight of the batch's value in a running one. */
        public static final double MOMENTUM = 0.1;

        /** Added to a variance before its root. */
        public static final double EPSILON = 1e-5;

        public BatchNorm {
            if (channels < 1) {
                throw new IllegalArgumentException("a batch norm needs at least 1 channel, got " + channels);
            }
        }

        @Override
        public Shape output(String node, List<Source> sources) {
            Source source = only(node, sources);
            if (source.shape().size(0) != channels) {
                throw new IllegalArgumentException("layer " + node + " expects " + channels + " channels, "
                        + source.name() + " gives " + source.shape().size(0));
            }
            return source.shape();
        }

        @Override
        public List<Parameter> parameters(String node) {
            Shape shape = Shape.of(channels);
            List<Parameter> parameters = new ArrayList<>();
            if (affine) {
                parameters.add(new Parameter(node + ".weight", node, shape, Parameter.Role.SCALE, false));
                parameters.add(new Parameter(node + ".bias", node, shape, Parameter.Role.SHIFT, false));
            }
            parameters.add(new Parameter(node + ".running_mean", node, shape, Parameter.Role.RUNNING_MEAN, false));
            parameters.add(new Parameter(node + ".running_var", node, shape, Parameter.Role.RUNNING_VARIANCE, false));
            return parameters;
        }
    }

    /**
     * The largest value of each window, of those inside the image. Of equal values the first counts, row by row.
     *
     * @param window rows and columns, at least 1
     * @param stride rows and columns from one window to the next, at least 1
     * @param padding rows and columns on each side of the image that windows may cover, at most half a window
     */
    record MaxPool(int window, int stride, int padding) implements Operation {
        public MaxPool {
            pool(window, stride, padding);
        }

        @Override
        public Shape output(String node, List<Source> sources) {
            Source source = image(node, sources);
            return Shape.of(
                    source.shape().size(0),
                    windows(node, source, 1, window, stride, padding),
                    windows(node, source, 2, window, stride, padding));
        }

        @Override
        public List<Parameter> parameters(String node) {
            return List.of();
        }
    }

    /**
     * The mean of each window; padding counts as zeros, as in PyTorch.
     *
     * @param window rows and columns, at least 1
     * @param stride rows and columns from one window to the next, at least 1
     * @param padding zeros on each side of the image, at most half a window
     */
    record AveragePool(int window, int stride, int padding) implements Operation {
        public AveragePool {
            pool(window, stride, padding);
        }

        @Override
        public Shape output(String node, List<Source> sources) {
            Source source = image(node, sources);
            return Shape.of(
                    source.shape().size(0),
                    windows(node, source, 1, window, stride, padding),
                    windows(node, source, 2, window, stride, padding));
        }

        @Override
        public List<Parameter> parameters(String node) {
            return List.of();
        }
    }

    /** The mean of each channel, as a flat output with a value per channel. */
    record GlobalAveragePool() implements Operation {
        @Override
        public Shape output(String node, List<Source> sources) {
            return Shape.of(image(node, sources).shape().size(0));
        }

        @Override
        public List<Parameter> parameters(String node) {
            return List.of();
        }
    }

    /** The sum of two inputs of one shape: the end of a residual block. */
    record Add() implements Operation {
        @Override
        public Shape output(String node, List<Source> sources) {
            if (sources.size() != 2) {
                throw new IllegalArgumentException("layer " + node + " takes 2 inputs, got " + sources.size());
            }
            Source first = sources.getFirst();
            Source second = sources.getLast();
            if (!first.shape().equals(second.shape())) {
                throw new IllegalArgumentException("layer " + node + " adds inputs of one shape, " + first.name()
                        + " gives " + first.shape() + " and " + second.name() + " gives " + second.shape());
            }
            return first.shape();
        }

        @Override
        public List<Parameter> parameters(String node) {
            return List.of();
        }
    }

    /**
     * Takes every {@code stride}-th row and column and adds channels of zeros: the shortcut without weights of He et al. (2016),
     * option A.
     *
     * @param stride at least 1
     * @param before channels of zeros before those of the input, at least 0
     * @param after channels of zeros after them, at least 0
     */
    record PadChannels(int stride, int before, int after) implements Operation {
        public PadChannels {
            if (stride < 1 || before < 0 || after < 0) {
                throw new IllegalArgumentException(
                        "a shortcut needs a stride of at least 1 and no negative number of channels, got " + stride
                                + ", " + before + " and " + after);
            }
        }

        @Override
        public Shape output(String node, List<Source> sources) {
            Shape shape = image(node, sources).shape();
            return Shape.of(
                    before + shape.size(0) + after,
                    (shape.size(1) + stride - 1) / stride,
                    (shape.size(2) + stride - 1) / stride);
        }

        @Override
        public List<Parameter> parameters(String node) {
            return List.of();
        }
    }

    /** An image as a flat output: channel after channel, each row by row. */
    record Flatten() implements Operation {
        @Override
        public Shape output(String node, List<Source> sources) {
            return Shape.of(only(node, sources).shape().elements());
        }

        @Override
        public List<Parameter> parameters(String node) {
            return List.of();
        }
    }

    /**
     * {@code (x - mean) / deviation} of each channel with fixed numbers. It stands inside the network, so that attacks and
     * certificates see pixels from 0 to 1.
     *
     * @param means one per channel
     * @param deviations one per channel, above 0
     */
    record Normalise(List<Float> means, List<Float> deviations) implements Operation {
        public Normalise {
            means = List.copyOf(means);
            deviations = List.copyOf(deviations);
            if (means.isEmpty() || means.size() != deviations.size()) {
                throw new IllegalArgumentException(
                        "a normalisation needs as many means as deviations and at least one, got " + means.size()
                                + " and " + deviations.size());
            }
            if (!means.stream().allMatch(Float::isFinite)
                    || !deviations.stream().allMatch(d -> Float.isFinite(d) && d > 0)) {
                throw new IllegalArgumentException("a normalisation needs finite means and deviations above 0, got "
                        + means + " and " + deviations);
            }
        }

        @Override
        public Shape output(String node, List<Source> sources) {
            Source source = image(node, sources);
            if (source.shape().size(0) != means.size()) {
                throw new IllegalArgumentException("layer " + node + " expects " + means.size() + " channels, "
                        + source.name() + " gives " + source.shape().size(0));
            }
            return source.shape();
        }

        @Override
        public List<Parameter> parameters(String node) {
            return List.of();
        }
    }

    private static void window(String what, int window, int stride, int padding) {
        if (window < 1 || stride < 1 || padding < 0 || padding >= window) {
            throw new IllegalArgumentException(
                    what + " needs a window and a stride of at least 1 and a padding from 0 to"
                            + " below its window, got " + window + ", " + stride + " and " + padding);
        }
    }

    private static void pool(int window, int stride, int padding) {
        window("a pool", window, stride, padding);
        if (padding > window / 2) {
            throw new IllegalArgumentException(
                    "a pool's padding is at most half its window, got " + padding + " and " + window);
        }
    }

    /** Windows along a dimension. */
    private static int windows(String node, Source source, int dimension, int window, int stride, int padding) {
        int size = source.shape().size(dimension);
        int room = size + 2 * padding - window;
        if (room < 0) {
            throw new IllegalArgumentException("layer " + node + " has a window of " + window + ", " + source.name()
                    + " gives " + source.shape() + (padding > 0 ? " and the padding is " + padding : ""));
        }
        return room / stride + 1;
    }

    /** The only input, which must be channels x rows x columns. */
    private static Source image(String node, List<Source> sources) {
        Source source = only(node, sources);
        if (source.shape().dimensions() != 3) {
            throw new IllegalArgumentException("layer " + node + " expects channels x rows x columns, " + source.name()
                    + " gives " + source.shape());
        }
        return source;
    }

    private static Source only(String node, List<Source> sources) {
        if (sources.size() != 1) {
            throw new IllegalArgumentException("layer " + node + " takes 1 input, got " + sources.size());
        }
        return sources.getFirst();
    }
}
