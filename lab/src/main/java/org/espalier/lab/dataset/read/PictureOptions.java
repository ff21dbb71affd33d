package org.espalier.lab.dataset.read;

import java.util.Optional;
import org.espalier.data.ImageShape;

/**
 * How pictures are read.
 *
 * @param size rows and columns that all pictures are resized to; without it they have equal sizes
 * @param colours whether they become grey or coloured
 * @param skipUnreadable whether pictures that cannot be read are left out
 */
public record PictureOptions(Optional<ImageShape> size, Colours colours, boolean skipUnreadable) {
    /** Channels of pictures. */
    public enum Colours {
        /** Grey if all pictures are, else colours. */
        AUTO,
        GREY,
        COLOUR
    }
}
