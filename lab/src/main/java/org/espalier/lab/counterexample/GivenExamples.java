package org.espalier.lab.counterexample;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.data.Digests;
import org.espalier.lab.classify.InputFiles;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.exchange.numpy.NpyTexts;
import org.espalier.lab.exchange.numpy.NpzFile;
import org.espalier.lab.exchange.tensor.ZipBytes;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.network.Shape;

/**
 * Adversarial examples from a file of any origin. A {@code .npz} file has an array of them, called {@code x_adv}, {@code adv},
 * {@code adversarial} or {@code adversarial_examples}, and may have originals ({@code x}, {@code x_orig}, {@code original},
 * {@code clean}, {@code x_test}), true classes ({@code y}, {@code label}, {@code labels}, {@code y_test}), numbers of the originals in
 * the split ({@code index}, {@code indices}, {@code idx}) and, as Espalier writes them, {@code norm}, {@code epsilon} and
 * {@code attack}. A {@code .npz} file with one array without a name, and a {@code .npy} file, hold adversarial examples alone.
 *
 * @param adversarial [example][input]; values may lie anywhere and need not be numbers
 * @param original likewise, if given
 * @param labels (example), if given
 * @param indices (example), if given
 * @param attacks (example), if given
 * @param norm the ball's, if given
 * @param epsilon its radius, if given
 * @param source the file, for messages
 * @param digest SHA-256 of its bytes
 */
public record GivenExamples(
        float[][] adversarial,
        Optional<float[][]> original,
        Optional<int[]> labels,
        Optional<int[]> indices,
        Optional<List<String>> attacks,
        Optional<Norm> norm,
        Optional<Float> epsilon,
        String source,
        String digest) {
    private static final List<String> ADVERSARIAL = List.of("x_adv", "adv", "adversarial", "adversarial_examples");
    private static final List<String> ORIGINAL = List.of("x", "x_orig", "original", "clean", "x_test");
    private static final List<String> LABELS = List.of("y", "label", "labels", "y_test");
    private static final List<String> INDICES = List.of("index", "indices", "idx");

    /** What numpy.savez calls an array without a name. */
    private static final String UNNAMED = "arr_0";

    /** Number of examples. */
    public int count() {
        return adversarial.length;
    }

    /**
     * Reads a file.
     *
     * @param labels a {@code .npy} file with true classes; empty for those of the file, if it has any
     * @param indices a {@code .npy} file with numbers of the originals; empty likewise
     * @param input the network's input
     * @param features its number of values
     * @throws UserException if a file is missing or damaged, or an array does not fit the network or the others
     */
    public static GivenExamples read(
            Path file, Optional<Path> labels, Optional<Path> indices, Shape input, int features) {
        byte[] bytes = AtomicFiles.read(file);
        String source = file.toString();
        Map<String, byte[]> arrays = new LinkedHashMap<>();
        if (NpyArray.is(bytes)) {
            arrays.put(ADVERSARIAL.getFirst(), bytes);
        } else if (ZipBytes.is(bytes)) {
            arrays.putAll(NpzFile.files(bytes, KeptFile.MOST_BYTES, source));
        } else {
            throw new UserException(source + " holds no arrays, expected adversarial examples as .npz or .npy");
        }
        boolean only = NpyArray.is(bytes) || arrays.keySet().equals(Set.of(UNNAMED));
        if (only) {
            // The only array, which has no name of its own, is of adversarial examples.
            byte[] content = arrays.values().iterator().next();
            arrays.clear();
            arrays.put(ADVERSARIAL.getFirst(), content);
        }
        NpyArray points = find(arrays, ADVERSARIAL, source)
                .orElseThrow(() -> new UserException(source + " has no array " + ADVERSARIAL.getFirst()
                        + ": it has " + (arrays.isEmpty() ? "no array" : String.join(", ", arrays.keySet()))
                        + ", expected adversarial examples called " + String.join(" or ", ADVERSARIAL)));
        float[][] adversarial =
                images(points, input, features, only ? source : source + ": entry " + named(arrays, ADVERSARIAL));
        int count = adversarial.length;
        Optional<float[][]> original = find(arrays, ORIGINAL, source)
                .map(array -> images(array, input, features, source + ": entry " + named(arrays, ORIGINAL)));
        original.filter(images -> images.length != count).ifPresent(images -> {
            throw new UserException(
                    source + " has " + images.length + " originals, expected one for each of " + count + " examples");
        });
        return new GivenExamples(
                adversarial,
                original,
                numbers(arrays, LABELS, labels, count, source),
                numbers(arrays, INDICES, indices, count, source),
                texts(arrays, "attack", count, source),
                texts(arrays, "norm", 1, source).map(names -> KeptFile.norm(names.getFirst(), source)),
                arrays.containsKey("epsilon") ? radius(arrays, source) : Optional.empty(),
                source,
                Digests.sha256(bytes));
    }

    private static String named(Map<String, byte[]> arrays, List<String> names) {
        return names.stream().filter(arrays::containsKey).findFirst().orElse("");
    }

    private static Optional<NpyArray> find(Map<String, byte[]> arrays, List<String> names, String source) {
        List<String> found = names.stream().filter(arrays::containsKey).toList();
        if (found.size() > 1) {
            throw new UserException(source + " has arrays " + String.join(" and ", found)
                    + ", expected one of them: they have the same meaning");
        }
        return found.stream().map(name -> read(arrays, name, source)).findFirst();
    }

    private static NpyArray read(Map<String, byte[]> arrays, String name, String source) {
        byte[] bytes = arrays.get(name);
        return NpyArray.read(bytes == null ? new byte[0] : bytes, source + ": " + name);
    }

    private static Optional<int[]> numbers(
            Map<String, byte[]> arrays, List<String> names, Optional<Path> other, int count, String source) {
        if (other.isPresent()) {
            String file = other.get().toString();
            return Optional.of(KeptFile.wholes(NpyArray.read(AtomicFiles.read(other.get()), file), count, file));
        }
        return find(arrays, names, source)
                .map(array -> KeptFile.wholes(array, count, source + ": " + names.getFirst()));
    }

    private static Optional<List<String>> texts(Map<String, byte[]> arrays, String name, int count, String source) {
        byte[] bytes = arrays.get(name);
        if (bytes == null) {
            return Optional.empty();
        }
        List<String> texts = NpyTexts.read(bytes, source + ": " + name);
        if (texts.size() != count) {
            throw new UserException(source + " has " + texts.size() + " texts in " + name + ", expected " + count);
        }
        return Optional.of(texts);
    }

    private static Optional<Float> radius(Map<String, byte[]> arrays, String source) {
        float[] values = read(arrays, "epsilon", source).floats();
        if (values.length != 1 || !(values[0] > 0) || Float.isInfinite(values[0])) {
            throw new UserException(
                    source + " has epsilon " + Arrays.toString(values) + ", expected one number above 0");
        }
        return Optional.of(values[0]);
    }

    private static float[][] images(NpyArray array, Shape input, int features, String source) {
        if (!array.shape().isEmpty() && array.shape().getFirst() == 0) {
            return new float[0][]; // an attack that broke nothing
        }
        InputFiles.Inputs inputs = InputFiles.images(array, input, features, source);
        float[][] images = new float[inputs.count()][];
        for (int i = 0; i < images.length; i++) {
            images[i] = Arrays.copyOfRange(inputs.values(), i * features, (i + 1) * features);
        }
        return images;
    }

    /** Name of the attack that made an example; {@code examples} where the file has none. */
    String attack(int example) {
        return attacks.map(names -> names.get(example)).orElse("examples");
    }

    @Override
    public String toString() {
        return source + " (" + count() + " " + Names.noun(count(), "example")
                + attacks.map(names -> " by " + names.stream().distinct().collect(Collectors.joining(", ")))
                        .orElse("")
                + ")";
    }
}
