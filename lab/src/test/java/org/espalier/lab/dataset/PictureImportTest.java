package org.espalier.lab.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.lab.dataset.read.PictureOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureImportTest {
    @TempDir
    Path folder;

    @Test
    void aTreeOfClassesIsDividedWithEachClassInItsShare() throws IOException {
        SourceFiles.pictures(folder, Map.of("bee", 40, "ant", 20));
        ImportResult result = imported(DataImportSettings.usual());
        DataSet set = result.set();
        assertThat(set.details().classNames()).containsExactly("ant", "bee");
        assertThat(result.given()).isEmpty();
        assertThat(result.notes()).isEmpty();
        assertThat(set.shape()).isEqualTo(new ImageShape(4, 4, 3));
        assertThat(DataImport.counts(set.test().labels(), 2)).containsExactly(4, 8);
        assertThat(set.details().validation()).isEqualTo(5);
        assertThat(DataImport.counts(set.train().labels(), 2)).containsExactly(16, 32);
        // The first images of a split are of several classes, because experiments may measure the first ones only.
        assertThat(Arrays.stream(set.train().labels()).limit(20).distinct().count())
                .isEqualTo(2);
    }

    @Test
    void theSameFilesGiveTheSameBytesAndAnotherSeedOthers() throws IOException {
        SourceFiles.pictures(folder, Map.of("bee", 20, "ant", 20));
        byte[] first = imported(DataImportSettings.usual()).set().test().images();
        assertThat(imported(DataImportSettings.usual()).set().test().images()).isEqualTo(first);
        DataImportSettings usual = DataImportSettings.usual();
        DataImportSettings other = new DataImportSettings(
                usual.pictures(),
                usual.tables(),
                new Division(0.2, 0.1, 2),
                List.of(),
                false,
                Map.of(),
                Optional.empty(),
                false,
                false);
        assertThat(imported(other).set().test().images()).isNotEqualTo(first);
    }

    @Test
    void foldersOfSplitsStandAsTheyAre() throws IOException {
        SourceFiles.pictures(folder.resolve("train"), Map.of("bee", 6, "ant", 5));
        SourceFiles.pictures(folder.resolve("val"), Map.of("bee", 2, "ant", 1));
        SourceFiles.pictures(folder.resolve("Test"), Map.of("bee", 3, "ant", 4));
        ImportResult result = imported(DataImportSettings.usual());
        assertThat(result.given()).containsExactly("training", "validation", "test");
        assertThat(result.set().details().validation()).isEqualTo(3);
        assertThat(result.set().train().size()).isEqualTo(14);
        assertThat(DataImport.counts(result.set().test().labels(), 2)).containsExactly(4, 3);
        // The made-up pictures of the folders begin with the same colours.
        assertThat(result.notes()).anyMatch(note -> note.startsWith("duplicates: ") && note.contains("equal to"));
    }

    @Test
    void pixelsAreThoseOfThePictures() throws IOException {
        SourceFiles.write(folder.resolve("train/ant/a.png"), SourceFiles.png(1, 2, 0x102030));
        SourceFiles.write(folder.resolve("train/bee/b.png"), SourceFiles.png(1, 2, 0xa0b0c0));
        SourceFiles.write(folder.resolve("validation/bee/b.png"), SourceFiles.png(1, 2, 0xa1b0c0));
        SourceFiles.write(folder.resolve("test/bee/b.png"), SourceFiles.png(1, 2, 0x010203));
        ImportResult result = imported(DataImportSettings.usual());
        assertThat(result.set().test().images()).containsExactly(1, 1, 2, 2, 3, 3);
        assertThat(result.notes()).contains("class ant has no validation example", "class ant has no test example");
    }

    @Test
    void picturesOfOtherSizesAreRefusedOrResized() throws IOException {
        SourceFiles.pictures(folder, Map.of("bee", 20, "ant", 20));
        Path wide = SourceFiles.write(folder.resolve("bee/wide.png"), SourceFiles.png(2, 8, 0xff0000));
        assertThatThrownBy(() -> imported(DataImportSettings.usual()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(wide + " has 2 x 8 pixels, but " + folder.resolve("ant/p0.png") + " has 4 x 4")
                .hasMessageContaining("--size HxW");
        ImageShape size = new ImageShape(3, 2);
        DataSet set = imported(
                        SourceFiles.pictures(new PictureOptions(Optional.of(size), PictureOptions.Colours.AUTO, false)))
                .set();
        assertThat(set.shape()).isEqualTo(new ImageShape(3, 2, 3));
        assertThat(set.train().size() + set.test().size()).isEqualTo(41);
    }

    @Test
    void greyPicturesHaveOneChannelAlsoWhenStoredAsColours() throws IOException {
        for (int i = 0; i < 10; i++) {
            SourceFiles.write(folder.resolve("a/" + i + ".png"), SourceFiles.greyPng(2, 2, i));
            SourceFiles.write(folder.resolve("b/" + i + ".png"), SourceFiles.png(2, 2, 0x010101 * (100 + i)));
        }
        ImportResult grey = imported(DataImportSettings.usual());
        assertThat(grey.set().shape()).isEqualTo(new ImageShape(2, 2));
        assertThat(grey.notes()).contains("all pictures are grey: one channel is stored");
        DataImportSettings colour =
                SourceFiles.pictures(new PictureOptions(Optional.empty(), PictureOptions.Colours.COLOUR, false));
        assertThat(imported(colour).set().shape().channels()).isEqualTo(3);
    }

    @Test
    void whatCannotBeReadIsNamedAndLeftOutOnlyWhereThatIsAskedFor() throws IOException {
        SourceFiles.pictures(folder, Map.of("bee", 20, "ant", 20));
        Path text = SourceFiles.write(folder.resolve("bee/a.png"), "no picture".getBytes());
        Path cut = SourceFiles.write(folder.resolve("bee/b.png"), Arrays.copyOf(SourceFiles.png(4, 4, 0xabcdef), 45));
        assertThatThrownBy(() -> imported(DataImportSettings.usual()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("2 pictures cannot be read: " + text + ", " + cut + "; the first: " + text
                        + " is no picture, expected PNG or JPEG")
                .hasMessageContaining("--skip-unreadable");
        ImportResult result =
                imported(SourceFiles.pictures(new PictureOptions(Optional.empty(), PictureOptions.Colours.AUTO, true)));
        assertThat(result.set().train().size() + result.set().test().size()).isEqualTo(40);
        assertThat(result.notes()).contains("left out: 2 pictures that cannot be read: " + text + ", " + cut);
        Files.delete(cut);
        assertThatThrownBy(() -> imported(DataImportSettings.usual()))
                .hasMessageStartingWith(text + " is no picture")
                .hasMessageEndingWith("; --skip-unreadable leaves such a picture out");
        assertThat(imported(SourceFiles.pictures(
                                new PictureOptions(Optional.empty(), PictureOptions.Colours.AUTO, true)))
                        .notes())
                .contains("left out: 1 picture that cannot be read: " + text);
    }

    @Test
    void upToTwentyBadPicturesAreNamed() throws IOException {
        SourceFiles.pictures(folder, Map.of("bee", 20, "ant", 20));
        for (int i = 10; i < 33; i++) {
            SourceFiles.write(folder.resolve("bee/x" + i + ".png"), "no picture".getBytes());
        }
        assertThatThrownBy(() -> imported(DataImportSettings.usual()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("23 pictures cannot be read: ")
                .hasMessageContaining("x10.png, ")
                .hasMessageContaining("x29.png and 3 more; the first: ")
                .hasMessageNotContaining("x30.png");
    }

    @Test
    void aPictureThatClaimsAHugeSizeIsRefusedUnread() throws IOException {
        SourceFiles.pictures(folder, Map.of("bee", 2, "ant", 2));
        Path bomb =
                SourceFiles.write(folder.resolve("bee/bomb.png"), claiming(SourceFiles.png(4, 4, 0), 50_000, 50_000));
        assertThatThrownBy(() -> imported(DataImportSettings.usual()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(bomb + " has 50000 x 50000 pixels, expected at most 1048576");
        assertThatThrownBy(() -> imported(SourceFiles.pictures(
                        new PictureOptions(Optional.of(new ImageShape(4, 4)), PictureOptions.Colours.AUTO, false))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(bomb + " has 50000 x 50000 pixels, expected at most 33554432");
    }

    @Test
    void filesWithoutAClassAreNamed() throws IOException {
        SourceFiles.pictures(folder, Map.of("bee", 10, "ant", 10));
        Path loose = SourceFiles.write(folder.resolve("loose.png"), SourceFiles.png(4, 4, 0));
        Path notes = SourceFiles.write(folder.resolve("ant/notes.txt"), new byte[1]);
        SourceFiles.write(folder.resolve("ant/.DS_Store"), new byte[1]);
        assertThat(imported(DataImportSettings.usual()).notes())
                .containsExactly(
                        "left out: 1 unlabelled picture, outside of the folders of classes: " + loose,
                        "left out: 1 file of other kinds than PNG and JPEG: " + notes);
    }

    @Test
    void emptyClassesAndOneClassAloneAreRefused() throws IOException {
        SourceFiles.pictures(folder, Map.of("bee", 3));
        assertThatThrownBy(() -> imported(DataImportSettings.usual()))
                .isInstanceOf(UserException.class)
                .hasMessage("the data have one class only, bee: expected at least 2 classes");
        Files.createDirectory(folder.resolve("ant"));
        assertThatThrownBy(() -> imported(DataImportSettings.usual()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(folder.resolve("ant") + " has no PNG or JPEG files");
    }

    @Test
    void aClassWithoutATrainingExampleIsRefused() throws IOException {
        SourceFiles.pictures(folder.resolve("train"), Map.of("bee", 6, "ant", 5));
        SourceFiles.pictures(folder.resolve("test"), Map.of("bee", 2, "cat", 1));
        assertThatThrownBy(() -> imported(DataImportSettings.usual()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("class cat has no training example");
    }

    @Test
    void equalPicturesAreKeptOnceWhereThatIsAskedFor() throws IOException {
        SourceFiles.pictures(folder, Map.of("bee", 20, "ant", 20));
        for (int i = 0; i < 5; i++) {
            Files.copy(folder.resolve("bee/p" + i + ".png"), folder.resolve("bee/copy" + i + ".png"));
        }
        DataImportSettings usual = DataImportSettings.usual();
        ImportResult result = imported(new DataImportSettings(
                usual.pictures(),
                usual.tables(),
                usual.division(),
                List.of(),
                false,
                Map.of(),
                Optional.empty(),
                false,
                true));
        assertThat(result.notes()).containsExactly("left out: 5 examples that are equal to another one");
        assertThat(result.set().train().size() + result.set().test().size()).isEqualTo(40);
    }

    private ImportResult imported(DataImportSettings settings) {
        return DataImport.of(List.of(folder), "set", settings);
    }

    /** A PNG file with other sizes in its header. */
    private static byte[] claiming(byte[] png, int rows, int columns) {
        ByteBuffer bytes = ByteBuffer.wrap(png.clone());
        bytes.putInt(16, columns).putInt(20, rows);
        CRC32 crc = new CRC32();
        crc.update(bytes.array(), 12, 17);
        return bytes.putInt(29, (int) crc.getValue()).array();
    }
}
