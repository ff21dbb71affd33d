package org.espalier.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.espalier.UserException;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.TrialId;
import org.espalier.report.SyntheticStore;
import org.espalier.report.example.Examples;
import org.espalier.report.example.Pictures;
import org.espalier.report.result.Cell;
import org.espalier.report.result.ResultsReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gallery shows what its source gives: no engine runs here. */
class GalleryTest {
    @TempDir
    private Path folder;

    private Store store;
    private Cell cell;

    @BeforeEach
    void aSearchThatHasNotBegun() {
        store = Store.open(SyntheticStore.write(
                folder.resolve("store"), (_, _) -> SyntheticStore.State.WAITING, "quick-mlp", "trials=1"));
        cell = ResultsReader.read(store).cells().getFirst();
    }

    @Test
    void showsOriginalsPerturbationsAndPredictions() throws IOException {
        Examples examples = new Examples(
                new TrialId("mine", "pgd", "original", 0),
                "pgd",
                0.25f,
                1,
                1,
                2,
                List.of(new Examples.Original(new float[] {0, 1}, "a<b")),
                List.of(new Examples.Network(
                        0.5,
                        List.of(new Examples.Attacked(
                                new float[] {0.25f, 0.75f},
                                new Examples.Prediction("a<b", true, 0.9),
                                new Examples.Prediction("other", false, 0.6))))));

        String html = new Gallery((_, _) -> examples).of(store, cell);

        assertThat(html)
                .contains("a&lt;b", "of weights<br>perturbation", "epsilon 0.25")
                .containsSubsequence(
                        "class=\"right\">&#10003; a&lt;b", "90&nbsp;%", "class=\"wrong\">&#10007; other", "60&nbsp;%");
        // The original, the perturbation from minus to plus epsilon, the attacked image.
        var images = Pattern.compile("base64,([^\"]+)\"").matcher(html);
        for (int[] gray : new int[][] {{0, 255}, {255, 0}, {64, 191}}) {
            assertThat(images.find()).isTrue();
            var image =
                    ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(images.group(1))));
            assertThat(image.getRaster().getSample(0, 0, 0)).isEqualTo(gray[0]);
            assertThat(image.getRaster().getSample(1, 0, 0)).isEqualTo(gray[1]);
        }
    }

    /** Channels lie one after the other: red 1 and 0, green 0.5 and 0, blue 0 and 1. */
    @Test
    void threeChannelsAreAColourAndTwoAreGray() {
        var image = Pictures.of(new float[] {1, 0, 0.5f, 0, 0, 1}, 3, 1, 2);
        assertThat(image.getRGB(0, 0) & 0xffffff).isEqualTo(0xff8000);
        assertThat(image.getRGB(1, 0) & 0xffffff).isEqualTo(0x0000ff);
        var gray = Pictures.of(new float[] {1, 0, 0.5f, 0}, 2, 1, 2);
        assertThat(gray.getRaster().getSample(0, 0, 0)).isEqualTo(191);
        assertThat(gray.getRaster().getSample(1, 0, 0)).isZero();
    }

    @Test
    void saysWhyThereAreNone() {
        Gallery gallery = new Gallery((_, _) -> {
            throw new UserException("No examples: data set <x> is missing");
        });

        assertThat(gallery.of(store, cell)).contains("No examples: data set &lt;x&gt; is missing");
    }
}
