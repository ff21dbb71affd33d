package org.espalier.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.espalier.data.file.CifarBytes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sheets of two and three images, drawn as the package draws its 10,000. */
class CifarSheetsTest {
    @TempDir
    Path package_;

    private Path part;

    @BeforeEach
    void drawSheets() throws IOException {
        part = package_.resolve("part");
        for (int file = 1; file <= 5; file++) {
            draw("data_batch_" + file + ".png", file, 2, 1024, BufferedImage.TYPE_INT_RGB);
        }
        draw("test_batch.png", 6, 3, 1024, BufferedImage.TYPE_3BYTE_BGR);
        Files.writeString(package_.resolve("train_lables.json"), "[1,2,2,3,3, 4,4,5,5,6]\n");
        Files.writeString(package_.resolve("test_lables.json"), "[6,7,8]");
    }

    @Test
    void everyFileBecomesThePublishersBytes() throws Exception {
        for (var file : CifarBytes.small().entrySet()) {
            new CifarSheets().write(file.getKey(), package_, part);
            assertThat(Files.readAllBytes(part)).as(file.getKey()).isEqualTo(file.getValue());
        }
    }

    @Test
    void aMissingOrWrongSheetIsNamed() throws Exception {
        draw("data_batch_2.png", 2, 2, 1023, BufferedImage.TYPE_INT_RGB);
        assertRefused(
                "data_batch_2.bin", "data_batch_2.png has 1023 x 2 pixels, expected a row of 1024 for each image");
        draw("data_batch_3.png", 3, 2, 1024, BufferedImage.TYPE_BYTE_GRAY);
        assertRefused("data_batch_3.bin", "data_batch_3.png has 1 channels of 8 bits, expected 3 of 8");
        Files.write(package_.resolve("data_batch_4.png"), new byte[] {1, 2, 3});
        assertRefused("data_batch_4.bin", "data_batch_4.png is no sound PNG image: ");
        Files.delete(package_.resolve("data_batch_5.png"));
        assertRefused("data_batch_5.bin", "expected data_batch_5.png from the package, found none");
    }

    @Test
    void labelsThatDoNotFitAreRefused() throws Exception {
        Files.writeString(package_.resolve("train_lables.json"), "[1,2,2]");
        assertRefused("data_batch_2.bin", "the package has 3 labels, expected at least 4 for data_batch_2.png");
        Files.writeString(package_.resolve("test_lables.json"), "[6,10,8]");
        assertRefused("test_batch.bin", "test_lables.json has label 1 \"10\", expected a class from 0 to 9");
        Files.writeString(package_.resolve("test_lables.json"), "<html>");
        assertRefused("test_batch.bin", "test_lables.json is no JSON array of labels, found 6 bytes");
    }

    private void assertRefused(String file, String reason) {
        assertThatThrownBy(() -> new CifarSheets().write(file, package_, part))
                .isInstanceOf(SourceException.class)
                .hasMessageStartingWith(reason);
    }

    private void draw(String name, int file, int images, int width, int type) throws IOException {
        BufferedImage sheet = new BufferedImage(width, images, type);
        for (int image = 0; image < images; image++) {
            for (int x = 0; x < width; x++) {
                for (int band = 0; band < sheet.getRaster().getNumBands(); band++) {
                    int value = CifarBytes.pixel(file, image, band, x / 32, x % 32) & 0xff;
                    sheet.getRaster().setSample(x, image, band, value);
                }
            }
        }
        assertThat(ImageIO.write(sheet, "png", package_.resolve(name).toFile())).isTrue();
    }
}
