package org.espalier.campaigns.fuzz;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.espalier.lab.exchange.image.ImageFile;

/** Pictures. One that is taken has as many pixels as it says. */
final class ImageReader implements FuzzTarget.Reader {
    @Override
    public void read(byte[] input) {
        ImageFile read = ImageFile.decode(input, 3, "input");
        if (read.pixels().length != read.shape().features()) {
            throw new AssertionError("a picture has " + read.pixels().length + " pixels, its shape is " + read.shape());
        }
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (String format : List.of("png", "jpg", "gif", "bmp")) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ImageIO.write(new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB), format, out);
            seeds.add(out.toByteArray());
        }
        return seeds;
    }
}
