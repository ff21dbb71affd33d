package org.espalier.lab.dataset.read;

import java.util.Optional;
import org.espalier.data.ImageShape;

/**
 * How arrays and tables are read.
 *
 * @param label name of the arrays or the column of labels, or the column's number from 1
 * @param shape rows, columns and channels of an image whose values stand in one row
 * @param order where the channels stand
 * @param features whether examples are rows of features and no images
 */
public record ArrayOptions(Optional<String> label, Optional<ImageShape> shape, Order order, boolean features) {
    /** Where the channels of an image stand. */
    public enum Order {
        /** As the sizes say: 1 or 3 channels. Images whose values stand in one row have channels first. */
        AUTO,
        /** Channel, row, column. */
        FIRST,
        /** Row, column, channel. */
        LAST
    }
}
