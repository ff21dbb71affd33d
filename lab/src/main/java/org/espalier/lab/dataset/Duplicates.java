package org.espalier.lab.dataset;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.data.Digests;
import org.espalier.lab.dataset.read.Examples;
import org.espalier.lab.dataset.read.Part;
import org.espalier.lab.experiment.Names;

/** Equal examples, by the SHA-256 of their pixels or numbers. */
final class Duplicates {
    private static final int NAMED = 5;

    private record Key(long high, long low) {}

    private record First(Part part, int example) {}

    private Duplicates() {}

    private static Key key(Examples examples, int example) {
        ByteBuffer digest = ByteBuffer.wrap(digest(examples, example));
        return new Key(digest.getLong(), digest.getLong());
    }

    private static byte[] digest(Examples examples, int example) {
        int features = examples.shape().features();
        if (examples.isFloat()) {
            ByteBuffer pixels = ByteBuffer.allocate(features * Float.BYTES);
            for (int i = 0; i < features; i++) {
                pixels.putFloat(examples.pixel(example, i));
            }
            return Digests.sha256().digest(pixels.array());
        } else if (!examples.isTable()) {
            java.security.MessageDigest digest = Digests.sha256();
            digest.update(examples.allPixels(), example * features, features);
            return digest.digest();
        }
        ByteBuffer values = ByteBuffer.allocate(features * Double.BYTES);
        for (int i = 0; i < features; i++) {
            values.putDouble(examples.value(example, i) + 0.0); // minus zero is zero
        }
        return Digests.sha256().digest(values.array());
    }

    /** Examples to keep of some: the first of equal ones, and none that is equal to one of {@code before}, which grows. */
    static Examples distinct(Examples examples, Set<Object> before) {
        BitSet kept = new BitSet();
        for (int i = 0; i < examples.size(); i++) {
            kept.set(i, before.add(key(examples, i)));
        }
        return examples.pick(kept, true);
    }

    /** What {@link #distinct} begins with. */
    static Set<Object> none() {
        return new HashSet<>();
    }

    /**
     * Sentences about equal examples of different splits, of one split, and of different labels.
     *
     * @param parts examples by split, with classes as labels
     * @param names of classes
     */
    static List<String> notes(Map<Part, Examples> parts, List<String> names) {
        Map<Key, First> first = new HashMap<>();
        Map<Parts, List<String>> across = new java.util.LinkedHashMap<>();
        List<String> contrary = new ArrayList<>();
        int[] within = {0};
        parts.forEach((part, examples) -> {
            for (int i = 0; i < examples.size(); i++) {
                First known = first.putIfAbsent(key(examples, i), new First(part, i));
                if (known == null) {
                    continue;
                }
                Examples other = java.util.Objects.requireNonNull(parts.get(known.part()));
                String pair = examples.place(i) + " = " + other.place(known.example());
                if (other.label(known.example()) != examples.label(i)) {
                    contrary.add(pair + " (" + names.get(examples.label(i)) + ", "
                            + names.get(other.label(known.example())) + ")");
                }
                if (known.part() == part) {
                    within[0]++;
                } else {
                    across.computeIfAbsent(new Parts(part, known.part()), _ -> new ArrayList<>())
                            .add(pair);
                }
            }
        });
        List<String> notes = new ArrayList<>();
        across.forEach((two, pairs) -> notes.add("duplicates: " + pairs.size() + " " + two.equal(pairs.size()) + ": "
                + Names.listed(pairs, NAMED)
                + "; --drop-duplicates keeps one of equal examples"));
        if (within[0] > 0) {
            notes.add(
                    within[0] == 1
                            ? "duplicates: 1 example is equal to another one of its split"
                            : "duplicates: " + within[0] + " examples are equal to another one of their split");
        }
        if (!contrary.isEmpty()) {
            notes.add("duplicates: " + contrary.size() + (contrary.size() == 1 ? " pair" : " pairs")
                    + " of equal examples with different labels: " + Names.listed(contrary, NAMED));
        }
        return notes;
    }

    /** Two splits. */
    private record Parts(Part part, Part other) {
        String equal(int examples) {
            String noun = Names.noun(examples, "example");
            return part + " " + noun + (examples == 1 ? " is" : " are") + " equal to " + other + " " + noun;
        }
    }
}
