package org.espalier.lab.counterexample;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.data.ImageShape;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.exchange.numpy.NpyTexts;
import org.espalier.lab.exchange.numpy.NpzFile;
import org.espalier.lab.exchange.tensor.NumberType;

/**
 * Adversarial examples as a {@code .npz} file. Arrays: {@code x} and {@code x_adv} (example, channel, row, column), originals and
 * adversarial examples, float32 from 0 to 1; {@code y}, {@code y_pred} and {@code y_adv} (example), true class and the classes that the
 * network gives both; {@code index} (example), the image's number in its split; {@code attack} (example), names; {@code norm} and
 * {@code epsilon}, the ball, one value each.
 */
public final class KeptFile {
    static final long MOST_BYTES = 1L << 31;

    private KeptFile() {}

    /** The file's bytes. */
    public static byte[] encode(KeptExamples kept) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("x", pixels(kept, KeptExamples.Row::original));
        files.put("x_adv", pixels(kept, KeptExamples.Row::adversarial));
        files.put("y", wholes(kept, KeptExamples.Row::label));
        files.put("y_pred", wholes(kept, KeptExamples.Row::predicted));
        files.put("y_adv", wholes(kept, KeptExamples.Row::attacked));
        files.put("index", wholes(kept, KeptExamples.Row::image));
        files.put(
                "attack",
                NpyTexts.encode(
                        kept.rows().stream().map(KeptExamples.Row::attack).toList()));
        files.put("norm", NpyTexts.encode(List.of(name(kept.threat().norm()))));
        files.put(
                "epsilon",
                NpyArray.of(List.of(1), new float[] {kept.threat().epsilon()}).encode());
        return NpzFile.archive(files);
    }

    /** How a norm is written: {@code linf}. */
    static String name(Norm norm) {
        return norm.name().toLowerCase(Locale.ROOT);
    }

    private interface Pixels {
        float[] of(KeptExamples.Row row);
    }

    private static byte[] pixels(KeptExamples kept, Pixels pixels) {
        int features = kept.shape().features();
        float[] all = new float[Math.multiplyExact(features, kept.rows().size())];
        for (int i = 0; i < kept.rows().size(); i++) {
            System.arraycopy(pixels.of(kept.rows().get(i)), 0, all, i * features, features);
        }
        return NpyArray.of(
                        List.of(
                                kept.rows().size(),
                                kept.shape().channels(),
                                kept.shape().height(),
                                kept.shape().width()),
                        all)
                .encode();
    }

    private static byte[] wholes(KeptExamples kept, ToIntFunction<KeptExamples.Row> number) {
        ByteBuffer content = ByteBuffer.allocate(8 * kept.rows().size()).order(ByteOrder.LITTLE_ENDIAN);
        kept.rows().forEach(row -> content.putLong(number.applyAsInt(row)));
        return new NpyArray(List.of(kept.rows().size()), NumberType.LONG, content.array()).encode();
    }

    /**
     * Reads a file that {@link #encode} made.
     *
     * @param source its name, for messages
     * @throws UserException if it is damaged, or of another kind
     */
    public static KeptExamples decode(byte[] bytes, String source) {
        Map<String, byte[]> files = NpzFile.files(bytes, MOST_BYTES, source);
        for (String name : List.of("x", "x_adv", "y", "y_pred", "y_adv", "index", "attack", "norm", "epsilon")) {
            if (!files.containsKey(name)) {
                throw new UserException(source + " has no array " + name + ", expected a file of evaluate --keep");
            }
        }
        NpyArray original = array(files, "x", source);
        NpyArray adversarial = array(files, "x_adv", source);
        List<Integer> dims = adversarial.shape();
        if (dims.size() != 4
                || !original.shape().equals(dims)
                || original.type() != NumberType.FLOAT
                || adversarial.type() != NumberType.FLOAT) {
            throw new UserException(source + " is damaged: x has shape " + original.shape() + " and x_adv " + dims);
        }
        int count = dims.getFirst();
        int[] labels = wholes(array(files, "y", source), count, source);
        int[] predicted = wholes(array(files, "y_pred", source), count, source);
        int[] attacked = wholes(array(files, "y_adv", source), count, source);
        int[] images = wholes(array(files, "index", source), count, source);
        List<String> attacks = NpyTexts.read(bytes(files, "attack"), source + ": attack");
        List<String> norm = NpyTexts.read(bytes(files, "norm"), source + ": norm");
        float[] epsilon = array(files, "epsilon", source).floats();
        if (attacks.size() != count || norm.size() != 1 || epsilon.length != 1) {
            throw new UserException(source + " is damaged: it has " + attacks.size() + " attacks for " + count
                    + " examples, " + norm.size() + " norms and " + epsilon.length + " radii");
        }
        // Files without examples may have lost their images' sizes.
        int least = count == 0 ? 1 : 0;
        ImageShape shape;
        ThreatModel threat;
        int features;
        try {
            shape = new ImageShape(
                    Math.max(least, dims.get(2)), Math.max(least, dims.get(3)), Math.max(least, dims.get(1)));
            threat = new ThreatModel(norm(norm.getFirst(), source), epsilon[0]);
            features = shape.features();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UserException(source + " is damaged: " + e.getMessage(), e);
        }
        float[] x = original.floats();
        float[] y = adversarial.floats();
        List<KeptExamples.Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = i * features;
            rows.add(new KeptExamples.Row(
                    images[i],
                    labels[i],
                    predicted[i],
                    attacked[i],
                    attacks.get(i),
                    java.util.Arrays.copyOfRange(x, from, from + features),
                    java.util.Arrays.copyOfRange(y, from, from + features)));
        }
        return new KeptExamples(shape, threat, rows);
    }

    private static byte[] bytes(Map<String, byte[]> files, String name) {
        byte[] bytes = files.get(name);
        return bytes == null ? new byte[0] : bytes;
    }

    private static NpyArray array(Map<String, byte[]> files, String name, String source) {
        return NpyArray.read(bytes(files, name), source + ": " + name);
    }

    /** Whole numbers of one dimension. */
    static int[] wholes(NpyArray array, int count, String source) {
        if (array.size() != count || array.type().real()) {
            throw new UserException(source + " has " + array.size() + " numbers of type " + array.type()
                    + ", expected whole numbers, one for each of " + count + " examples");
        }
        ByteBuffer in = ByteBuffer.wrap(array.content()).order(ByteOrder.LITTLE_ENDIAN);
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            double number = array.type().get(in, i);
            if (number < 0 || number > Integer.MAX_VALUE) {
                throw new UserException(source + " has number " + number + " at place " + i + ", expected one from 0");
            }
            numbers[i] = (int) number;
        }
        return numbers;
    }

    /** The norm of a name. */
    static Norm norm(String name, String source) {
        for (Norm norm : Norm.values()) {
            if (name(norm).equals(name)) {
                return norm;
            }
        }
        throw new UserException(source + " has norm " + name + ", expected linf, l2 or l1");
    }
}
