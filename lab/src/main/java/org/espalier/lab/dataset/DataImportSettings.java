package org.espalier.lab.dataset;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.lab.dataset.read.ArrayOptions;
import org.espalier.lab.dataset.read.PictureOptions;
import org.espalier.lab.dataset.read.Tables;

/**
 * How a data set is made of files.
 *
 * @param pictures how folders of pictures are read
 * @param tables how tables and arrays are read
 * @param division how examples without a split are divided
 * @param classNames names in place of those in the files, (class); empty to keep these
 * @param allowGaps whether whole-number labels may lack some between them
 * @param boxes ends of the boxes of features by column, lower end first; other features take those of the training rows
 * @param box ends of the boxes of all other features, if given
 * @param clip whether values outside of a given box are moved to its end
 * @param dropDuplicates whether equal examples are kept once
 */
public record DataImportSettings(
        PictureOptions pictures,
        Tables.Options tables,
        Division division,
        List<String> classNames,
        boolean allowGaps,
        Map<String, Box> boxes,
        Optional<Box> box,
        boolean clip,
        boolean dropDuplicates) {
    public DataImportSettings {
        classNames = List.copyOf(classNames);
        boxes = Map.copyOf(boxes);
    }

    /** Everything as preset. */
    public static DataImportSettings usual() {
        return new DataImportSettings(
                new PictureOptions(Optional.empty(), PictureOptions.Colours.AUTO, false),
                new Tables.Options(
                        new ArrayOptions(Optional.empty(), Optional.empty(), ArrayOptions.Order.AUTO, false),
                        true,
                        List.of()),
                Division.USUAL,
                List.of(),
                false,
                Map.of(),
                Optional.empty(),
                false,
                false);
    }

    /**
     * Ends of a feature's box, in its own unit.
     *
     * @param low lower end
     * @param high upper end
     */
    public record Box(double low, double high) {
        /**
         * Checks the ends.
         *
         * @throws IllegalArgumentException unless the lower end is below the upper one
         */
        public Box {
            if (!(low < high) || !Double.isFinite(high - low)) {
                throw new IllegalArgumentException("a box from " + low + " to " + high + " is empty");
            }
        }
    }
}
