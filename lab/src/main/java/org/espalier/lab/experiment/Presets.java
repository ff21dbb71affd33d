package org.espalier.lab.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Experiments that come with Espalier: files, and one preset per cell of the paper's grid. */
public final class Presets {
    private static final Map<String, String> FILES = new LinkedHashMap<>();

    static {
        FILES.put("quick", "sparse convolutional networks that withstand attack, on digits, in minutes");
        FILES.put("quick-mlp", "the paper's network on digits, original against random, a few levels, in minutes");
        FILES.put("robust", "convolutional networks on digits at epsilon 0.3, standard on every level: an evening");
        FILES.put("cifar10-small", "a convolutional network on CIFAR-10 at epsilon 8/255, standard on every level");
        FILES.put("certified", "IBP training of cnn-small on digits, dense and sparse, to be certified at 0.3");
        FILES.put("certified-mlp", "natural, PGD, IBP and CROWN-IBP training on digits, to be certified by density");
        FILES.put(
                "fast-adversarial",
                "fast adversarial training of cnn-small on digits at 0.3, standard: Wong et al. 2020");
        FILES.put("madry", "PGD training of network madry on digits at 0.3, standard: Madry et al. 2018; days");
        FILES.put("conv2", "tickets of conv2 on CIFAR-10, natural training: Frankle and Carbin 2019; a day");
        FILES.put("conv4", "tickets of conv4 on CIFAR-10, natural training: Frankle and Carbin 2019; days");
        FILES.put("conv6", "tickets of conv6 on CIFAR-10, natural training: Frankle and Carbin 2019; days");
        FILES.put("paper", "the paper's whole grid as the paper describes it");
        FILES.put("as-published", "the paper's whole grid as its published code computed it");
    }

    private static final Map<String, Cell> CELLS = cells();

    private record Cell(String name, String dataset, String attack, boolean adversarial, String strategy) {
        String text() {
            return """
                    # One cell of the paper's grid: %s.
                    extends: paper
                    name: %s
                    data:
                      sets: [%s]
                    objectives: [%s]
                    evaluation:
                      attacks: [%s]
                    strategies: [%s]
                    """.formatted(describe(), name, dataset, adversarial ? attack : "natural", attack, strategy);
        }

        String describe() {
            return "%s, %s training, measured with %s, restart %s"
                    .formatted(
                            dataset,
                            adversarial ? attack.toUpperCase(java.util.Locale.ROOT) + " adversarial" : "natural",
                            attack.toUpperCase(java.util.Locale.ROOT),
                            strategy);
        }
    }

    private Presets() {}

    /** All names, the most useful first. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(FILES.keySet());
        names.addAll(CELLS.keySet());
        return names;
    }

    /** A preset in one line. */
    public static String describe(String name) {
        Cell cell = CELLS.get(name);
        return cell == null ? Objects.requireNonNull(FILES.get(name), name) : cell.describe();
    }

    /** A preset's file, to be read or to start one's own from. */
    public static String text(String name) {
        Cell cell = CELLS.get(name);
        if (cell != null) {
            return cell.text();
        }
        try (InputStream in = Presets.class.getResourceAsStream("presets/" + name + ".yaml")) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Cell> cells() {
        Map<String, Cell> cells = new LinkedHashMap<>();
        for (String dataset : List.of("digits", "fashion")) {
            for (String attack : List.of("fgsm", "pgd")) {
                for (boolean adversarial : new boolean[] {false, true}) {
                    for (String strategy : List.of("original", "random", "continued")) {
                        String name =
                                String.join("-", dataset, attack, adversarial ? "adversarial" : "natural", strategy);
                        cells.put(name, new Cell(name, dataset, attack, adversarial, strategy));
                    }
                }
            }
        }
        return cells;
    }
}
