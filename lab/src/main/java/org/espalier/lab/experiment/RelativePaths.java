package org.espalier.lab.experiment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.espalier.UserPath;
import org.espalier.evaluate.suite.Suites;

/**
 * The one rule for relative paths of an experiment: relative to the file that names them. They are made absolute as the file
 * is read, so that what is stored holds from everywhere.
 */
final class RelativePaths {
    private RelativePaths() {}

    /**
     * The document with its paths absolute: directories of data sets, a network to start from, and a suite that is a file.
     *
     * @param file the file that it was read from, or any name in the directory that its paths are relative to
     * @throws org.espalier.UserException if a text is no path on this system
     */
    static Yaml resolved(Yaml yaml, Path file) {
        return member(
                member(
                        member(yaml, "network", network -> member(network, "from", from -> absolute(from, file))),
                        "data",
                        data -> member(
                                data,
                                "sets",
                                sets -> elements(
                                        sets,
                                        set -> member(set, "directory", directory -> absolute(directory, file))))),
                "robustness",
                robustness -> member(robustness, "suite", suite -> isName(suite) ? suite : absolute(suite, file)));
    }

    /** Whether a suite is a name, right or wrong, rather than a file. */
    private static boolean isName(Yaml suite) {
        return suite instanceof Yaml.Scalar scalar
                && (Suites.NAMES.contains(scalar.text()) || scalar.text().matches("[A-Za-z0-9_-]*"));
    }

    private static Yaml absolute(Yaml value, Path file) {
        return value instanceof Yaml.Scalar scalar && !scalar.isNull()
                ? new Yaml.Scalar(
                        UserPath.beside(file, scalar.text(), scalar.place() + ": the path")
                                .toString(),
                        true,
                        scalar.place())
                : value;
    }

    private static Yaml member(Yaml yaml, String name, UnaryOperator<Yaml> change) {
        if (!(yaml instanceof Yaml.Mapping(Map<String, Yaml> values, String place)) || !values.containsKey(name)) {
            return yaml;
        }
        Map<String, Yaml> changed = new LinkedHashMap<>(values);
        changed.computeIfPresent(name, (_, value) -> change.apply(value));
        return new Yaml.Mapping(changed, place);
    }

    private static Yaml elements(Yaml yaml, UnaryOperator<Yaml> change) {
        return yaml instanceof Yaml.Sequence(List<Yaml> values, String place)
                ? new Yaml.Sequence(values.stream().map(change).toList(), place)
                : yaml;
    }
}
