package org.espalier.lab.study.safe;

import java.util.ArrayList;
import java.util.List;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.random.Stream;

/**
 * What training sees: labelled images of known classes, and unlabelled ones of which a share is of other classes.
 *
 * @param labelled as many of each known class
 * @param validation likewise, others
 * @param unlabelled none of them labelled; their labels are never read
 * @param test of known classes
 */
record Pools(Split labelled, Split validation, Split unlabelled, Split test) {
    /**
     * Draws from the training images.
     *
     * @param known classes from 0 that have labels
     * @param each labelled images of a class, and as many for validation
     * @param mismatch share of unlabelled images of other classes
     * @throws UserException if there are not so many images
     */
    static Pools of(DataSet data, int known, int each, int unlabelled, double mismatch, Stream stream) {
        Split train = data.train();
        int[] order = stream.permutation(train.size());
        int[] found = new int[known];
        int others = (int) Math.round(mismatch * unlabelled);
        int same = unlabelled - others;
        List<Integer> labels = new ArrayList<>();
        List<Integer> validation = new ArrayList<>();
        List<Integer> free = new ArrayList<>();
        for (int image : order) {
            int label = train.labels()[image];
            if (label >= known) {
                if (others > 0) {
                    free.add(image);
                    others--;
                }
            } else if (found[label] < each) {
                labels.add(image);
                found[label]++;
            } else if (found[label] < 2 * each) {
                validation.add(image);
                found[label]++;
            } else if (same > 0) {
                free.add(image);
                same--;
            }
        }
        if (others > 0 || same > 0 || labels.size() + validation.size() < 2 * each * known) {
            throw new UserException("data set " + data.name() + " has too few training images for " + each
                    + " labelled images of each of " + known + " classes, as many for validation and " + unlabelled
                    + " unlabelled ones, expected more images or smaller settings");
        }
        List<Integer> tested = new ArrayList<>();
        for (int image = 0; image < data.test().size(); image++) {
            if (data.test().labels()[image] < known) {
                tested.add(image);
            }
        }
        return new Pools(
                pick(train, labels, "labelled"),
                pick(train, validation, "validation"),
                pick(train, free, "unlabelled"),
                pick(data.test(), tested, "test"));
    }

    /** Two splits in one. */
    static Split both(Split one, Split two) {
        return one.join(one.name(), two);
    }

    private static Split pick(Split from, List<Integer> images, String name) {
        return from.pick(name, images.stream().mapToInt(Integer::intValue).toArray());
    }
}
