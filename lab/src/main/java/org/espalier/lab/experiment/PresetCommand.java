package org.espalier.lab.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.file.Json;

/** The command line that runs an experiment from a preset, whatever it was run from. */
public final class PresetCommand {
    private PresetCommand() {}

    /**
     * Arguments of {@code espalier}: {@code run PRESET --set PATH=VALUE ...}. The preset with the fewest changed settings is taken;
     * reading it with them gives the experiment again, its name aside.
     *
     * @return empty if no preset can be changed into the experiment
     */
    public static Optional<List<String>> of(Experiment experiment) {
        return Presets.names().stream()
                .flatMap(preset -> changes(preset, experiment).stream().map(changes -> {
                    List<String> arguments = new ArrayList<>(List.of("run", preset));
                    changes.forEach(change -> arguments.addAll(List.of("--set", change)));
                    return arguments;
                }))
                .min(Comparator.comparingInt(List::size));
    }

    private static Optional<List<String>> changes(String preset, Experiment experiment) {
        Map<String, Object> wanted = named(experiment, "");
        List<String> changes = new ArrayList<>();
        if (!differ("", named(ExperimentFile.read(preset, List.of()), ""), wanted, changes)) {
            return Optional.empty();
        }
        try {
            return named(ExperimentFile.read(preset, changes), "").equals(wanted)
                    ? Optional.of(changes)
                    : Optional.empty();
        } catch (UserException e) {
            // Settings that exclude each other on the way from one to the other.
            return Optional.empty();
        }
    }

    private static Map<String, Object> named(Experiment experiment, String name) {
        Map<String, Object> tree = ExperimentFile.tree(experiment);
        tree.put("name", name);
        return tree;
    }

    /** Adds what differs; false if a setting would have to be taken away. */
    private static boolean differ(String path, Map<?, ?> there, Map<?, ?> here, List<String> changes) {
        if (!here.keySet().containsAll(there.keySet())) {
            return false;
        }
        for (Map.Entry<?, ?> entry : here.entrySet()) {
            String name = path + entry.getKey();
            Object before = there.get(entry.getKey());
            if (entry.getValue().equals(before)) {
                continue;
            }
            if (before instanceof Map<?, ?> mapThere
                    && entry.getValue() instanceof Map<?, ?> mapHere
                    && mapThere.keySet().equals(mapHere.keySet())) {
                if (!differ(name + ".", mapThere, mapHere, changes)) {
                    return false;
                }
            } else {
                changes.add(name + "=" + Json.write(entry.getValue()));
            }
        }
        return true;
    }

    /** Arguments as they are typed in a shell: those with other characters than letters, digits and a few more are quoted. */
    public static String typed(List<String> arguments) {
        return "espalier "
                + String.join(
                        " ",
                        arguments.stream()
                                .map(argument -> argument.matches("[A-Za-z0-9_./=:+-]+")
                                        ? argument
                                        : "'" + argument.replace("'", "'\\''") + "'")
                                .toList());
    }
}
