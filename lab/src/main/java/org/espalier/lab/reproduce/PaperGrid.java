package org.espalier.lab.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.lab.experiment.Names;

/** All parts of the paper's grid, and the choice of some of them by words. */
public final class PaperGrid {
    private static final List<PaperPart> ALL = all();

    private PaperGrid() {}

    /** All 36 parts, in the order in which {@code reproduce} runs them: the published tables first. */
    public static List<PaperPart> parts() {
        return ALL;
    }

    private static List<PaperPart> all() {
        var parts = new ArrayList<PaperPart>();
        for (PaperPart.Setting setting : PaperPart.Setting.values()) {
            for (List<String> strategies : List.of(List.of("original"), List.of("continued", "random"))) {
                for (String dataset : PaperPart.DATASETS) {
                    for (String training : PaperPart.TRAININGS) {
                        strategies.forEach(strategy -> parts.add(new PaperPart(setting, dataset, training, strategy)));
                    }
                }
            }
        }
        return List.copyOf(parts);
    }

    /**
     * The parts that selectors name, in the order of the selectors. A selector is words joined by dashes or commas, as
     * {@code digits-pgd-original}; it names all parts that have all its words. Words of one kind are alternatives.
     *
     * @return all parts if there is no selector
     * @throws UserException naming the word that is none, and the nearest one
     */
    public static List<PaperPart> select(Collection<String> selectors) {
        if (selectors.isEmpty()) {
            return ALL;
        }
        Set<PaperPart> chosen = new LinkedHashSet<>();
        for (String selector : selectors) {
            List<Set<String>> wanted = wanted(selector);
            ALL.stream()
                    .filter(part -> wanted.stream()
                            .allMatch(words -> words.contains(part.setting().word())
                                    || words.contains(part.dataset())
                                    || words.contains(part.training())
                                    || words.contains(part.strategy())))
                    .forEach(chosen::add);
        }
        return List.copyOf(chosen);
    }

    /** The words of a selector, those of one kind together. */
    private static List<Set<String>> wanted(String selector) {
        List<String> settings = Arrays.stream(PaperPart.Setting.values())
                .map(PaperPart.Setting::word)
                .toList();
        List<List<String>> kinds = List.of(settings, PaperPart.DATASETS, PaperPart.TRAININGS, PaperPart.STRATEGIES);
        List<String> known = kinds.stream().flatMap(List::stream).toList();
        Map<Integer, Set<String>> wanted = new LinkedHashMap<>();
        // The names of settings have a dash of their own.
        for (String word : selector.split("[,/ ]+|-(?!published|described)", -1)) {
            if (!known.contains(word)) {
                throw new UserException("--part " + selector + " has the word '" + word + "', expected "
                        + Names.nearest(word, known)
                                .map(near -> "'" + near + "'?")
                                .orElse("words of " + String.join(", ", known)));
            }
            for (int kind = 0; kind < kinds.size(); kind++) {
                if (kinds.get(kind).contains(word)) {
                    wanted.computeIfAbsent(kind, _ -> new LinkedHashSet<>()).add(word);
                }
            }
        }
        return List.copyOf(wanted.values());
    }
}
