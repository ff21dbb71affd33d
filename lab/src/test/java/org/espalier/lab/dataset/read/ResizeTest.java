package org.espalier.lab.dataset.read;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.data.ImageShape;
import org.junit.jupiter.api.Test;

class ResizeTest {
    @Test
    void aPixelIsTheMeanOfTheAreaThatItCovers() {
        byte[] pixels = {0, 100, 50, 10, 20, 30};
        assertThat(Resize.resize(pixels, new ImageShape(2, 3), new ImageShape(1, 1)))
                .containsExactly(35);
        // One and a half columns to a pixel.
        assertThat(Resize.resize(pixels, new ImageShape(2, 3), new ImageShape(2, 2)))
                .containsExactly(33, 67, 13, 27);
    }

    @Test
    void aLargerPictureRepeatsPixelsAndChannelsStayApart() {
        byte[] pixels = {10, 20, (byte) 200, (byte) 255};
        assertThat(Resize.resize(pixels, new ImageShape(1, 2, 2), new ImageShape(2, 4, 2)))
                .containsExactly(10, 10, 20, 20, 10, 10, 20, 20, -56, -56, -1, -1, -56, -56, -1, -1);
    }
}
