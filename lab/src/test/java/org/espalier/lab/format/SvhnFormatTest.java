package org.espalier.lab.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.Digests;
import org.espalier.data.ImageShape;
import org.espalier.data.catalogue.DataSets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

/** The user's own directory of SVHN's MAT-files. */
class SvhnFormatTest {
    @TempDir
    Path directory;

    @BeforeEach
    void aSmallDataSet() throws IOException {
        write("train_32x32.mat", MatlabType.UInt8, 32, 1, 10, 9);
        write("test_32x32.mat", MatlabType.UInt8, 32, 10, 2);
    }

    @Test
    void imagesAreTurnedToChannelRowColumnAndTenIsZero() throws IOException {
        DataSet set = read();
        assertThat(set.shape()).isEqualTo(new ImageShape(32, 32, 3));
        assertThat(set.classes()).isEqualTo(10);
        assertThat(set.train().labels()).containsExactly(1, 0, 9);
        assertThat(set.test().labels()).containsExactly(0, 2);
        for (int image = 0; image < 3; image++) {
            for (int channel = 0; channel < 3; channel++) {
                for (int row = 0; row < 32; row++) {
                    for (int column = 0; column < 32; column++) {
                        int at = ((image * 3 + channel) * 32 + row) * 32 + column;
                        assertThat(set.train().images()[at]).isEqualTo(pixel(row, column, channel, image));
                    }
                }
            }
        }
        for (String file : new String[] {"train_32x32.mat", "test_32x32.mat"}) {
            assertThat(set.digests()).containsEntry(file, Digests.sha256(Files.readAllBytes(directory.resolve(file))));
        }
    }

    @Test
    void wrongContentIsNamed() throws IOException {
        write("test_32x32.mat", MatlabType.UInt8, 32, 1, 11);
        assertRefused("test_32x32.mat has label 11.0 at image 1 (from 0), expected 1 to 9, or 10 for the digit 0");
        write("test_32x32.mat", MatlabType.UInt8, 31, 1, 2);
        assertRefused("has X of type uint8 and size [31, 32, 3, 2], expected uint8 and [32, 32, 3, images]");
        write("test_32x32.mat", MatlabType.Double, 32, 1, 2);
        assertRefused("has X of type double");
        Matrix image = Mat5.newMatrix(new int[] {32, 32, 3, 2}, MatlabType.UInt8);
        Mat5.writeToFile(
                Mat5.newMatFile().addArray("X", image).addArray("y", Mat5.newScalar(1)),
                directory.resolve("test_32x32.mat").toFile());
        assertRefused("has 1 labels, expected 2, one for each image");
    }

    @Test
    void damagedAndMissingFilesAreNamed() throws IOException {
        Path test = directory.resolve("test_32x32.mat");
        byte[] bytes = Files.readAllBytes(test);
        for (int length : new int[] {0, 100, 128, 1000, bytes.length - 9}) {
            Files.write(test, Arrays.copyOf(bytes, length));
            assertRefused("test_32x32.mat is no MAT-file that can be read: expected version 5 with X and y, found: ");
        }
        Mat5.writeToFile(Mat5.newMatFile().addArray("z", Mat5.newScalar(1)), test.toFile());
        assertRefused("test_32x32.mat is no MAT-file that can be read");
        Files.delete(test);
        assertRefused("has no test_32x32.mat (plain or .gz)");
    }

    private DataSet read() {
        return DataSets.load("svhn", Optional.of(directory), DataProgress.NONE);
    }

    private void assertRefused(String part) {
        assertThatThrownBy(this::read)
                .isInstanceOf(UserException.class)
                .hasMessageContaining(part)
                .hasMessageNotContaining("\n");
    }

    private static byte pixel(int row, int column, int channel, int image) {
        return (byte) (row * 3 + column + channel * 97 + image * 7);
    }

    private void write(String name, MatlabType type, int rows, int... labels) throws IOException {
        Matrix x = Mat5.newMatrix(new int[] {rows, 32, 3, labels.length}, type);
        Matrix y = Mat5.newMatrix(labels.length, 1, MatlabType.UInt8);
        for (int image = 0; image < labels.length; image++) {
            y.setInt(image, labels[image]);
            for (int channel = 0; channel < 3; channel++) {
                for (int column = 0; column < 32; column++) {
                    for (int row = 0; row < rows; row++) {
                        x.setByte(new int[] {row, column, channel, image}, pixel(row, column, channel, image));
                    }
                }
            }
        }
        Mat5.writeToFile(
                Mat5.newMatFile().addArray("X", x).addArray("y", y),
                directory.resolve(name).toFile());
    }
}
