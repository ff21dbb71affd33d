package org.espalier.data.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.espalier.UserException;
import org.espalier.fixtures.IdxBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
    @TempDir
    Path directory;

    @Test
    void imagesAreReadPlainAndCompressed() throws IOException {
        byte[] bytes = IdxBytes.images(3, 2, 4);
        Idx.Images plain = Idx.readImages(file(bytes));
        Idx.Images compressed = Idx.readImages(file(IdxBytes.gzip(bytes)));
        assertThat(plain.count()).isEqualTo(3);
        assertThat(plain.rows()).isEqualTo(2);
        assertThat(plain.columns()).isEqualTo(4);
        assertThat(plain.pixels()).isEqualTo(Arrays.copyOfRange(bytes, 16, bytes.length));
        assertThat(compressed.pixels()).isEqualTo(plain.pixels());
        assertThat(compressed.sha256()).isEqualTo(plain.sha256());
    }

    @Test
    void labelsAreUnsigned() throws IOException {
        assertThat(Idx.readLabels(file(IdxBytes.labels(0, 127, 128, 255))).labels())
                .containsExactly(0, 127, 128, 255);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4, 11, 15, 16, 17, 39})
    void aTruncatedFileIsRefusedWhereverItEnds(int length) throws IOException {
        byte[] bytes = Arrays.copyOf(IdxBytes.images(3, 2, 4), length);
        assertRefused(bytes, "truncated", "expected", "found");
    }

    @Test
    void aTruncatedFileSaysHowMuchIsThere() throws IOException {
        assertRefused(
                Arrays.copyOf(IdxBytes.images(3, 2, 4), 39),
                "expected 24 bytes after the header for 3 images of 2 x 4 pixels, found 23");
    }

    @Test
    void aTruncatedGzipFileIsRefused() throws IOException {
        byte[] gzip = IdxBytes.gzip(IdxBytes.images(3, 20, 40));
        for (int length : new int[] {2, 9, 15, gzip.length - 9, gzip.length - 1}) {
            assertRefused(Arrays.copyOf(gzip, length), "truncated");
        }
    }

    @Test
    void aDamagedGzipFileIsRefused() throws IOException {
        byte[] gzip = IdxBytes.gzip(IdxBytes.images(3, 20, 40));
        gzip[gzip.length - 6] ^= 1; // in the checksum
        assertRefused(gzip, "damaged");
    }

    @Test
    void trailingBytesAreRefused() throws IOException {
        byte[] bytes = IdxBytes.images(3, 2, 4);
        assertRefused(Arrays.copyOf(bytes, bytes.length + 1), "too long", "expected 24 bytes", "found more");
        assertRefused(IdxBytes.gzip(Arrays.copyOf(bytes, bytes.length + 1)), "too long");
    }

    @Test
    void aLabelFileIsNotAnImageFile() throws IOException {
        assertRefused(
                IdxBytes.labels(1, 2, 3), "expected magic number 0x00000803, found 0x00000801 (an IDX label file)");
        Content images = file(IdxBytes.images(1, 2, 2));
        assertThatThrownBy(() -> Idx.readLabels(images))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("found 0x00000803 (an IDX image file)");
    }

    @Test
    void aFileOfAnotherKindIsRefused() throws IOException {
        assertRefused("<!DOCTYPE html>".getBytes(StandardCharsets.US_ASCII), "not an IDX image file", "0x3c21444f");
        assertRefused(IdxBytes.gzip("hello, world".getBytes(StandardCharsets.US_ASCII)), "not an IDX image file");
        assertRefused(
                "<!DOCTYPE html>".getBytes(StandardCharsets.US_ASCII),
                "it begins with <!DO: looks like a web page, saved in place of the file");
        assertRefused(
                IdxBytes.file(0x0D03, new byte[16], 1, 2, 2),
                "0x00000d03 (an IDX file of 32-bit floats in 3 dimensions)");
        assertRefused(IdxBytes.file(0x0801, new byte[4], 4), "0x00000801 (an IDX label file)");
        assertRefused("PK\003\004 and more".getBytes(StandardCharsets.US_ASCII), "a zip archive: unpack it first");
        assertRefused("\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1), "a NumPy file");
    }

    @Test
    void anImpossibleHeaderIsRefused() throws IOException {
        assertRefused(
                IdxBytes.file(0x0803, new byte[9], -1, 28, 28), "impossible header", "4294967295 images of 28 x 28");
        assertRefused(IdxBytes.file(0x0803, new byte[9], 65536, 65536, 1), "impossible header");
        assertRefused(IdxBytes.file(0x0803, new byte[9], 0x7fffffff, 0x7fffffff, 0x7fffffff), "impossible header");
        assertRefused(IdxBytes.file(0x0803, new byte[0], 0, 28, 28), "impossible header", "0 images");
        assertRefused(IdxBytes.file(0x0803, new byte[0], 10, 0, 28), "impossible header");
    }

    @Test
    void aHeaderThatPromisesTooMuchTakesNoMemory() throws IOException {
        // Promises 2,147,483,639 bytes; were they allocated, this heap (512 MiB or so) would overflow.
        byte[] bytes = IdxBytes.file(0x0803, new byte[100], 2147483639, 1, 1);
        Content content = file(bytes);
        long before = allocated();
        assertThatThrownBy(() -> Idx.readImages(content))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("truncated");
        assertThat(allocated() - before).isLessThan(100 << 20);
    }

    @Test
    void filesBeyondTheTrustedSizeAreReadWhole() throws IOException {
        byte[] pixels = new byte[(64 << 20) + 12345];
        pixels[64 << 20] = 7;
        pixels[pixels.length - 1] = 9;
        Idx.Images images = Idx.readImages(file(IdxBytes.file(0x0803, pixels, pixels.length, 1, 1)));
        assertThat(images.pixels()).hasSize(pixels.length);
        assertThat(images.pixels()[64 << 20]).isEqualTo((byte) 7);
        assertThat(images.pixels()[pixels.length - 1]).isEqualTo((byte) 9);
    }

    @Test
    void aMissingFileAndADirectoryAreRefused() {
        assertThatThrownBy(() -> Idx.readImages(new Content.OnDisk(directory.resolve("none"))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("none is missing");
        assertThatThrownBy(() -> Idx.readImages(new Content.OnDisk(directory)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cannot be read");
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    private void assertRefused(byte[] bytes, String... parts) throws IOException {
        Content content = file(bytes);
        assertThatThrownBy(() -> Idx.readImages(content))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(content.describe())
                .hasMessageContainingAll(parts)
                .message()
                .doesNotContain("\n");
    }

    private Content file(byte[] bytes) throws IOException {
        return new Content.OnDisk(Files.write(directory.resolve("file"), bytes));
    }
}
