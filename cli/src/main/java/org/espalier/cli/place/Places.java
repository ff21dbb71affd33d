package org.espalier.cli.place;

import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.espalier.UserException;

/** Finds places on the class path. */
public final class Places {
    /** How to get the places that this project has modules for. */
    private static final Map<String, String> MODULES =
            Map.of("spark", "mvn -q -DskipTests -Pspark -pl spark -am package");

    private Places() {}

    /**
     * The place of a name.
     *
     * @throws UserException if there is none; says how to build the module that has it
     */
    public static RunPlace find(String name) {
        List<RunPlace> places;
        try {
            places = ServiceLoader.load(RunPlace.class, Places.class.getClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .toList();
        } catch (ServiceConfigurationError e) {
            throw new UserException("a place for --on cannot be loaded: " + e.getMessage(), e);
        }
        return places.stream()
                .filter(place -> place.name().equals(name))
                .findFirst()
                .orElseThrow(() -> missing(name, places));
    }

    private static UserException missing(String name, List<RunPlace> places) {
        String build = MODULES.get(name);
        if (build != null) {
            return new UserException("--on " + name + " needs the module " + name
                    + ", which is not built; build it once in Espalier's folder: " + build);
        }
        List<String> names = places.isEmpty()
                ? MODULES.keySet().stream().sorted().toList()
                : places.stream().map(RunPlace::name).toList();
        return new UserException("--on is " + name + ", expected " + String.join(" or ", names));
    }
}
