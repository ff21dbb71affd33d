package org.espalier.lab.study.lifelong;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.data.Split;
import org.espalier.random.Stream;

/**
 * Images of a data set that come in tasks of some classes each, in the order of the classes. Of the classes of earlier tasks only a few
 * images are left.
 *
 * @param each classes of a task
 * @param fresh (class) indices of all its training images
 * @param kept (class) indices of those that are replayed later
 */
record Tasks(Split train, int each, int[][] fresh, int[][] kept) {
    /**
     * Tasks of training images.
     *
     * @param replay images to keep of each class, drawn at random
     * @throws UserException if a class has none
     */
    static Tasks of(Split train, int tasks, int each, int replay, Stream stream) {
        int[][] fresh = new int[tasks * each][];
        int[][] kept = new int[fresh.length][];
        for (int label = 0; label < fresh.length; label++) {
            int wanted = label;
            int[] all = IntStream.range(0, train.size())
                    .filter(image -> train.labels()[image] == wanted)
                    .toArray();
            if (all.length == 0) {
                throw new UserException("the training images have none of class " + label + ", expected some");
            }
            int[] order = stream.child(label).permutation(all.length);
            fresh[label] = all;
            kept[label] = Arrays.stream(order)
                    .limit(replay)
                    .map(at -> all[at])
                    .sorted()
                    .toArray();
        }
        return new Tasks(train, each, fresh, kept);
    }

    /** Classes of the tasks before one: the first that is new. */
    int old(int task) {
        return task * each;
    }

    /** Classes seen up to a task and in it. */
    int seen(int task) {
        return (task + 1) * each;
    }

    /** What training on a task sees of a class. */
    int[] pool(int task, int label) {
        return label < old(task) ? kept[label] : fresh[label];
    }

    /** All images that training on a task sees; the new classes have far more. */
    int[] mixed(int task) {
        List<Integer> all = new ArrayList<>();
        for (int label = 0; label < seen(task); label++) {
            for (int image : pool(task, label)) {
                all.add(image);
            }
        }
        return all.stream().mapToInt(Integer::intValue).toArray();
    }
}
