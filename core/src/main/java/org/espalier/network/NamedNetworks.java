package org.espalier.network;

import java.util.LinkedHashMap;
import java.util.Map;

/** Convolutional networks by the names that papers call them: {@link #graph} makes one for a data set's images. */
public final class NamedNetworks {
    /** Makes a network for a shape of images and a number of classes. */
    @FunctionalInterface
    private interface Maker {
        Graph make(Shape image, int classes);
    }

    /**
     * A network's entry.
     *
     * @param about what it is and where it is from, in a line
     */
    private record Entry(String about, Maker maker) {}

    private static final Map<String, Entry> NETWORKS = new LinkedHashMap<>();

    static {
        NETWORKS.put(
                "cnn-small",
                new Entry(
                        "16c4s2p1 32c4s2p1 100: Wong and Kolter (2018); fast adversarial training, HYDRA, beta-CROWN's CNN-A",
                        NamedNetworks::cnnSmall));
        NETWORKS.put("lenet5", new Entry("6c5 p 16c5 p 120 84: LeCun et al. (1998), with ReLU", NamedNetworks::lenet5));
        NETWORKS.put(
                "lenet-caffe", new Entry("20c5 p 50c5 p 500: Caffe's LeNet, with ReLU", NamedNetworks::lenetCaffe));
        NETWORKS.put(
                "cnn-large",
                new Entry("32c3p1 32c4s2p1 64c3p1 64c4s2p1 512 512: Wong et al. (2018)", NamedNetworks::cnnLarge));
        NETWORKS.put("madry", new Entry("32c5p2 p 64c5p2 p 1024: Madry et al. (2018)", NamedNetworks::madry));
        NETWORKS.put(
                "conv2",
                new Entry(
                        "64c3 64c3 p 256 256: Frankle and Carbin (2019)", (image, classes) -> conv(image, classes, 1)));
        NETWORKS.put(
                "conv4",
                new Entry(
                        "conv2 with 128c3 128c3 p: Frankle and Carbin (2019)",
                        (image, classes) -> conv(image, classes, 2)));
        NETWORKS.put(
                "conv6",
                new Entry(
                        "conv4 with 256c3 256c3 p: Frankle and Carbin (2019)",
                        (image, classes) -> conv(image, classes, 3)));
        NETWORKS.put(
                "resnet8",
                new Entry(
                        "16-32-64 channels, 1 block each, shortcuts without weights: He et al. (2016)",
                        (image, classes) -> resnet(image, classes, 1, 16, 32, 64)));
        NETWORKS.put(
                "resnet20",
                new Entry(
                        "16-32-64 channels, 3 blocks each, shortcuts without weights: He et al. (2016)",
                        (image, classes) -> resnet(image, classes, 3, 16, 32, 64)));
        NETWORKS.put(
                "vgg16-bn",
                new Entry(
                        "13 convolutions without biases, batch norm, 256 256: the adversarial pruning benchmark's",
                        NamedNetworks::vgg16));
        NETWORKS.put(
                "resnet18",
                new Entry(
                        "64 to 512 channels, 2 blocks each, 1 x 1 shortcuts: He et al. (2016), for 32 x 32 images",
                        NamedNetworks::resnet18));
    }

    private NamedNetworks() {}

    /** All names with a line about each, small networks first. */
    public static Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>();
        NETWORKS.forEach((name, entry) -> all.put(name, entry.about()));
        return all;
    }

    /**
     * A network by its name.
     *
     * @param image channels x rows x columns
     * @throws IllegalArgumentException if there is none of this name, or its layers do not fit the images; the message names
     *     the network and the layer
     */
    public static Graph graph(String name, Shape image, int classes) {
        Entry entry = NETWORKS.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(
                    "no network is called \"" + name + "\", known are " + String.join(", ", NETWORKS.keySet()));
        }
        try {
            return entry.maker().make(image, classes);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "network " + name + " does not fit images of " + image + ": " + e.getMessage(), e);
        }
    }

    private static Graph cnnSmall(Shape image, int classes) {
        return new GraphBuilder(image)
                .conv("conv1", 16, 4, 2, 1, true)
                .relu("relu1")
                .conv("conv2", 32, 4, 2, 1, true)
                .relu("relu2")
                .linear("fc1", 100)
                .relu("relu3")
                .linear("fc2", classes)
                .build();
    }

    /** Images of 28 x 28 get a padding of 2, so that the first maps have the 28 x 28 of the original's 32 x 32 images. */
    private static Graph lenet5(Shape image, int classes) {
        return new GraphBuilder(image)
                .conv("conv1", 6, 5, 1, image.size(1) < 32 ? 2 : 0, true)
                .relu("relu1")
                .maxPool("pool1", 2)
                .conv("conv2", 16, 5, 1, 0, true)
                .relu("relu2")
                .maxPool("pool2", 2)
                .linear("fc1", 120)
                .relu("relu3")
                .linear("fc2", 84)
                .relu("relu4")
                .linear("fc3", classes)
                .build();
    }

    private static Graph lenetCaffe(Shape image, int classes) {
        return new GraphBuilder(image)
                .conv("conv1", 20, 5, 1, 0, true)
                .relu("relu1")
                .maxPool("pool1", 2)
                .conv("conv2", 50, 5, 1, 0, true)
                .relu("relu2")
                .maxPool("pool2", 2)
                .linear("fc1", 500)
                .relu("relu3")
                .linear("fc2", classes)
                .build();
    }

    private static Graph cnnLarge(Shape image, int classes) {
        return new GraphBuilder(image)
                .conv("conv1", 32, 3, 1, 1, true)
                .relu("relu1")
                .conv("conv2", 32, 4, 2, 1, true)
                .relu("relu2")
                .conv("conv3", 64, 3, 1, 1, true)
                .relu("relu3")
                .conv("conv4", 64, 4, 2, 1, true)
                .relu("relu4")
                .linear("fc1", 512)
                .relu("relu5")
                .linear("fc2", 512)
                .relu("relu6")
                .linear("fc3", classes)
                .build();
    }

    private static Graph madry(Shape image, int classes) {
        return new GraphBuilder(image)
                .conv("conv1", 32, 5, 1, 2, true)
                .relu("relu1")
                .maxPool("pool1", 2)
                .conv("conv2", 64, 5, 1, 2, true)
                .relu("relu2")
                .maxPool("pool2", 2)
                .linear("fc1", 1024)
                .relu("relu3")
                .linear("fc2", classes)
                .build();
    }

    private static Graph conv(Shape image, int classes, int stages) {
        GraphBuilder builder = new GraphBuilder(image);
        for (int stage = 1; stage <= stages; stage++) {
            for (int i = 2 * stage - 1; i <= 2 * stage; i++) {
                builder.conv("conv" + i, 32 << stage, 3, 1, 1, true).relu("relu" + i);
            }
            builder.maxPool("pool" + stage, 2);
        }
        return builder.linear("fc1", 256)
                .relu("relu" + (2 * stages + 1))
                .linear("fc2", 256)
                .relu("relu" + (2 * stages + 2))
                .linear("fc3", classes)
                .build();
    }

    /**
     * A residual network with shortcuts without weights: He et al. (2016), section 4.2.
     *
     * @param image channels x rows x columns
     * @param blocks in each stage
     * @param widths channels of each stage, no fewer than those of the stage before; the first convolution has those of the first
     */
    public static Graph resnet(Shape image, int classes, int blocks, int... widths) {
        GraphBuilder builder = new GraphBuilder(image)
                .conv("conv1", widths[0], 3, 1, 1, false)
                .norm("norm1")
                .relu("relu1");
        for (int stage = 1; stage <= widths.length; stage++) {
            int channels = widths[stage - 1];
            for (int block = 1; block <= blocks; block++) {
                String name = "stage" + stage + ".block" + block;
                int stride = stage > 1 && block == 1 ? 2 : 1;
                String from = builder.last();
                int more = channels - builder.shape().size(0);
                branch(builder, name, channels, stride);
                String branch = builder.last();
                String shortcut = from;
                if (more > 0) {
                    builder.from(from)
                            .add(name + ".shortcut", new Operation.PadChannels(stride, more / 2, more - more / 2));
                    shortcut = builder.last();
                }
                builder.from(branch).sum(name + ".add", shortcut).relu(name + ".relu2");
            }
        }
        return builder.add("mean", new Operation.GlobalAveragePool())
                .linear("fc", classes)
                .build();
    }

    private static void branch(GraphBuilder builder, String name, int channels, int stride) {
        builder.conv(name + ".conv1", channels, 3, stride, 1, false)
                .norm(name + ".norm1")
                .relu(name + ".relu1")
                .conv(name + ".conv2", channels, 3, 1, 1, false)
                .norm(name + ".norm2");
    }

    private static Graph vgg16(Shape image, int classes) {
        GraphBuilder builder = new GraphBuilder(image);
        int[][] stages = {{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}};
        int conv = 0;
        for (int stage = 0; stage < stages.length; stage++) {
            for (int channels : stages[stage]) {
                conv++;
                builder.conv("conv" + conv, channels, 3, 1, 1, false)
                        .norm("norm" + conv)
                        .relu("relu" + conv);
            }
            if (stage + 1 < stages.length) {
                builder.maxPool("pool" + (stage + 1), 2);
            }
        }
        return builder.linear("fc1", 256)
                .relu("relu14")
                .linear("fc2", 256)
                .relu("relu15")
                .linear("fc3", classes)
                .build();
    }

    private static Graph resnet18(Shape image, int classes) {
        GraphBuilder builder = new GraphBuilder(image)
                .conv("conv1", 64, 3, 1, 1, false)
                .norm("norm1")
                .relu("relu1");
        for (int stage = 1; stage <= 4; stage++) {
            int channels = 32 << stage;
            for (int block = 1; block <= 2; block++) {
                String name = "stage" + stage + ".block" + block;
                int stride = stage > 1 && block == 1 ? 2 : 1;
                String from = builder.last();
                boolean projected = builder.shape().size(0) != channels;
                branch(builder, name, channels, stride);
                String branch = builder.last();
                String shortcut = from;
                if (projected) {
                    builder.from(from)
                            .conv(name + ".shortcut.conv", channels, 1, stride, 0, false)
                            .norm(name + ".shortcut.norm");
                    shortcut = builder.last();
                }
                builder.from(branch).sum(name + ".add", shortcut).relu(name + ".relu2");
            }
        }
        return builder.add("mean", new Operation.GlobalAveragePool())
                .linear("fc", classes)
                .build();
    }
}
