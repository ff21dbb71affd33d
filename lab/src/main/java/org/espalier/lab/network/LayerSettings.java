package org.espalier.lab.network;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.setting.Keyed;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.setting.Shorthand;

/**
 * A layer as an experiment lists it. Sizes of inputs follow from the layers before, so that one list fits images of different
 * sizes. {@link LayerList} makes a graph of them.
 */
@Keyed
public sealed interface LayerSettings {
    /** Names of layers. */
    String NAME = "[A-Za-z0-9._-]+";

    /** {@link #NAME} in words. */
    String NAME_FORM = "a name of letters, digits, '.', '-' and '_'";

    /** Its name, if the file gives one. */
    Optional<String> name();

    /** The layers that it reads, if the file says so; the layer before otherwise. */
    List<String> reads();

    /** Fully connected. */
    @Kind("linear")
    @Shorthand
    record Linear(
            @Setting(value = "values that it gives; the classes of the data if not given", min = 1)
            OptionalInt outputs,

            @Setting(value = "whether there is a bias per output", preset = "true")
            boolean bias,

            @Setting(value = "values that it reads; if given, must be as many as it finds", min = 1)
            OptionalInt inFeatures,

            @Setting(
                    value = "name; fc1, fc2 and so on if not given",
                    pattern = LayerSettings.NAME,
                    form = LayerSettings.NAME_FORM)
            Optional<String> name,

            @Setting("layer that it reads, or input; the layer before if not given")
            Optional<String> from)
            implements LayerSettings {
        @Override
        public List<String> reads() {
            return from.stream().toList();
        }
    }

    /** A convolution with a square kernel. */
    @Kind("conv2d")
    @Shorthand
    record Conv2d(
            @Setting(value = "channels that it gives", min = 1)
            int channels,

            @Setting(value = "rows and columns of its kernel", preset = "3", min = 1)
            int kernel,

            @Setting(value = "rows and columns from one window to the next", preset = "1", min = 1)
            int stride,

            @Setting(value = "zeros on each side of the image, fewer than kernel", preset = "0", min = 0)
            int padding,

            @Setting(value = "whether there is a bias per channel", preset = "true")
            boolean bias,

            @Setting(value = "channels that it reads; if given, must be as many as it finds", min = 1)
            OptionalInt inChannels,

            @Setting(
                    value = "name; conv1, conv2 and so on if not given",
                    pattern = LayerSettings.NAME,
                    form = LayerSettings.NAME_FORM)
            Optional<String> name,

            @Setting("layer that it reads, or input; the layer before if not given")
            Optional<String> from)
            implements LayerSettings {
        @Override
        public List<String> reads() {
            return from.stream().toList();
        }
    }

    /** Batch norm. */
    @Kind("batch-norm")
    record BatchNorm(
            @Setting(value = "whether it scales and shifts each channel", preset = "true")
            boolean affine,

            @Setting(
                    value = "name; norm1, norm2 and so on if not given",
                    pattern = LayerSettings.NAME,
                    form = LayerSettings.NAME_FORM)
            Optional<String> name,

            @Setting("layer that it reads, or input; the layer before if not given")
            Optional<String> from)
            implements LayerSettings {
        @Override
        public List<String> reads() {
            return from.stream().toList();
        }
    }

    /** {@code max(x, 0)}. */
    @Kind("relu")
    record Relu(
            @Setting(
                    value = "name; relu1, relu2 and so on if not given",
                    pattern = LayerSettings.NAME,
                    form = LayerSettings.NAME_FORM)
            Optional<String> name,

            @Setting("layer that it reads, or input; the layer before if not given")
            Optional<String> from)
            implements LayerSettings {
        @Override
        public List<String> reads() {
            return from.stream().toList();
        }
    }

    /** The largest value of each window. */
    @Kind("max-pool")
    @Shorthand
    record MaxPool(
            @Setting(value = "rows and columns of its window", preset = "2", min = 1)
            int window,

            @Setting(value = "rows and columns from one window to the next; as window if not given", min = 1)
            OptionalInt stride,

            @Setting(
                    value = "rows and columns on each side that windows may cover, at most half a window",
                    preset = "0",
                    min = 0)
            int padding,

            @Setting(
                    value = "name; pool1, pool2 and so on if not given",
                    pattern = LayerSettings.NAME,
                    form = LayerSettings.NAME_FORM)
            Optional<String> name,

            @Setting("layer that it reads, or input; the layer before if not given")
            Optional<String> from)
            implements LayerSettings {
        @Override
        public List<String> reads() {
            return from.stream().toList();
        }
    }

    /** The mean of each window. */
    @Kind("average-pool")
    @Shorthand
    record AveragePool(
            @Setting(value = "rows and columns of its window", preset = "2", min = 1)
            int window,

            @Setting(value = "rows and columns from one window to the next; as window if not given", min = 1)
            OptionalInt stride,

            @Setting(value = "zeros on each side of the image, at most half a window", preset = "0", min = 0)
            int padding,

            @Setting(
                    value = "name; pool1, pool2 and so on if not given",
                    pattern = LayerSettings.NAME,
                    form = LayerSettings.NAME_FORM)
            Optional<String> name,

            @Setting("layer that it reads, or input; the layer before if not given")
            Optional<String> from)
            implements LayerSettings {
        @Override
        public List<String> reads() {
            return from.stream().toList();
        }
    }

    /** The mean of each channel. */
    @Kind("global-average-pool")
    record GlobalAveragePool(
            @Setting(
                    value = "name; mean, mean2 and so on if not given",
                    pattern = LayerSettings.NAME,
                    form = LayerSettings.NAME_FORM)
            Optional<String> name,

            @Setting("layer that it reads, or input; the layer before if not given")
            Optional<String> from)
            implements LayerSettings {
        @Override
        public List<String> reads() {
            return from.stream().toList();
        }
    }

    /** The sum of two layers: the end of a residual block. */
    @Kind("add")
    @Shorthand
    record Add(
            @Setting(value = "the two layers that it adds", minItems = 2)
            List<String> inputs,

            @Setting(
                    value = "name; add1, add2 and so on if not given",
                    pattern = LayerSettings.NAME,
                    form = LayerSettings.NAME_FORM)
            Optional<String> name)
            implements LayerSettings {
        public Add {
            inputs = List.copyOf(inputs);
            if (inputs.size() > 2) {
                throw new IllegalArgumentException("inputs has " + inputs.size() + " layers, expected 2");
            }
        }

        @Override
        public List<String> reads() {
            return inputs;
        }
    }

    /** A shortcut without weights: every {@code stride}-th row and column, and channels of zeros. */
    @Kind("pad-channels")
    record PadChannels(
            @Setting(value = "takes every so many-th row and column", preset = "1", min = 1)
            int stride,

            @Setting(value = "channels of zeros before those of its input", preset = "0", min = 0)
            int before,

            @Setting(value = "channels of zeros after them", preset = "0", min = 0)
            int after,

            @Setting(
                    value = "name; shortcut1, shortcut2 and so on if not given",
                    pattern = LayerSettings.NAME,
                    form = LayerSettings.NAME_FORM)
            Optional<String> name,

            @Setting("layer that it reads, or input; the layer before if not given")
            Optional<String> from)
            implements LayerSettings {
        @Override
        public List<String> reads() {
            return from.stream().toList();
        }
    }

    /** An image as a flat output. */
    @Kind("flatten")
    record Flatten(
            @Setting(
                    value = "name; flatten, flatten2 and so on if not given",
                    pattern = LayerSettings.NAME,
                    form = LayerSettings.NAME_FORM)
            Optional<String> name,

            @Setting("layer that it reads, or input; the layer before if not given")
            Optional<String> from)
            implements LayerSettings {
        @Override
        public List<String> reads() {
            return from.stream().toList();
        }
    }

    /** Fixed normalisation of each channel. */
    @Kind("normalise")
    record Normalise(
            @Setting(value = "mean of each channel, in pixel values 0 to 1", minItems = 1)
            List<Double> mean,

            @Setting(
                    value = "standard deviation of each channel, in pixel values 0 to 1",
                    minItems = 1,
                    min = 0,
                    above = true)
            List<Double> std,

            @Setting(
                    value = "name; normalise, normalise2 and so on if not given",
                    pattern = LayerSettings.NAME,
                    form = LayerSettings.NAME_FORM)
            Optional<String> name,

            @Setting("layer that it reads, or input; the layer before if not given")
            Optional<String> from)
            implements LayerSettings {
        @Override
        public List<String> reads() {
            return from.stream().toList();
        }
    }
}
