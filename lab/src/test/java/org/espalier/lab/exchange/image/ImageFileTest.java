package org.espalier.lab.exchange.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.espalier.UserException;
import org.espalier.data.ImageShape;
import org.junit.jupiter.api.Test;

class ImageFileTest {
    private static byte[] png(BufferedImage image) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    @Test
    void coloursComeChannelByChannelAndGreyValuesStay() throws Exception {
        BufferedImage colours = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        colours.setRGB(0, 0, 0x102030);
        colours.setRGB(1, 0, 0xff0080);
        assertThat(ImageFile.decode(png(colours), 3, "a.png").pixels())
                .containsExactly(0x10, (byte) 0xff, 0x20, 0, 0x30, (byte) 0x80);
        BufferedImage grey = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 3; i++) {
            grey.getRaster().setSample(i, 0, 0, 100 * i + 7);
        }
        assertThat(ImageFile.decode(png(grey), 1, "a.png").pixels()).containsExactly(7, 107, (byte) 207);
    }

    @Test
    void aSmallFileOfAHugePictureIsRefusedBeforeItIsDecoded() throws Exception {
        byte[] bomb = png(new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY));
        ByteBuffer header = ByteBuffer.wrap(bomb);
        header.putInt(16, 100_000).putInt(20, 100_000);
        CRC32 crc = new CRC32();
        crc.update(bomb, 12, 17);
        header.putInt(29, (int) crc.getValue());
        assertThatThrownBy(() -> ImageFile.decode(bomb, 1, "a.png"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("a.png has 100000 x 100000 pixels, expected at most");
    }

    @Test
    void otherAndDamagedFilesAreRefused() throws Exception {
        assertThatThrownBy(() -> ImageFile.decode(new byte[] {1, 2, 3}, 1, "a.png"))
                .hasMessageContaining("no picture");
        byte[] whole = png(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB));
        for (int length = 0; length < whole.length - 12; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            try {
                ImageFile.decode(part, 3, "a.png");
            } catch (UserException e) {
                assertThat(e.getMessage()).startsWith("a.png");
            }
        }
    }

    /** The JDK's BMP decoder takes gigabytes for these 120 bytes. */
    @Test
    void aJpegFileThatEndsEarlyIsRefused() throws Exception {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64 * 64; i++) {
            image.setRGB(i % 64, i / 64, i * 7919);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "jpg", out);
        byte[] whole = out.toByteArray();
        assertThat(ImageFile.decode(whole, 3, "x.jpg").shape()).isEqualTo(new ImageShape(64, 64, 3));
        assertThatThrownBy(() -> ImageFile.decode(Arrays.copyOf(whole, whole.length * 2 / 3), 3, "x.jpg"))
                .isInstanceOf(UserException.class)
                .hasMessage("x.jpg is damaged: its picture ends early");
    }

    @Test
    void greyValuesOfSixteenBitsGiveTheirUpperByte() throws Exception {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSample(0, 0, 0, 0x12ff);
        image.getRaster().setSample(1, 0, 0, 0x8000);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        assertThat(ImageFile.decode(out.toByteArray(), 1, "x.png").pixels()).containsExactly(0x12, 0x80 - 256);
    }

    @Test
    void formatsWhoseDecoderIsNotBoundedAreRefused() {
        byte[] bmp = Base64.getDecoder()
                .decode(
                        "Qk1aAAAAAAAAADYAAAAoAAAABAAAAAMAAAABABgABAAAACcAATOChBsAAAEAGAAAAAAAJAAAAAAAAAAAAAAAAwAAAAEAGAAAAAAA"
                                + "JAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==");
        assertThatThrownBy(() -> ImageFile.decode(bmp, 3, "a.bmp"))
                .isInstanceOf(UserException.class)
                .hasMessage("a.bmp is a picture of format bmp, expected PNG or JPEG");
    }
}
