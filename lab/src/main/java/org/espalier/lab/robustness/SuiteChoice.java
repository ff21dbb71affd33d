package org.espalier.lab.robustness;

import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.attack.Norm;
import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.evaluate.suite.Suite;
import org.espalier.evaluate.suite.Suites;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.experiment.SuiteSettings;

/** Suites of attacks by name or from files. */
public final class SuiteChoice {
    private SuiteChoice() {}

    /**
     * The suite of a name or file.
     *
     * @param nameOrFile one of {@link Suites#NAMES}, or a YAML file
     * @param norm of the evaluation
     * @param classes of the network
     * @throws UserException if there is none, with the nearest name, or the file is wrong, or the suite does not
     * support the norm or the classes
     */
    public static Suite of(String nameOrFile, Norm norm, int classes) {
        return Suites.NAMES.contains(nameOrFile) ? Suites.named(nameOrFile, norm, classes) : own(nameOrFile);
    }

    private static Suite own(String nameOrFile) {
        Path file = UserPath.of(nameOrFile, "the suite");
        if (!Files.exists(file)) {
            throw unknown(nameOrFile);
        }
        SuiteSettings settings = SuiteSettings.read(file);
        if (Suites.NAMES.contains(settings.name())) {
            throw new UserException(
                    file + ": name is " + settings.name() + ", expected another: that suite comes with Espalier");
        }
        return new Suite(
                settings.name(),
                settings.attacks().stream()
                        .map(attack -> EvaluationAttackKind.of(beside(file, attack)))
                        .toList(),
                settings.survivorsOnly());
    }

    private static UserException unknown(String name) {
        return new UserException("there is no suite and no file " + name + "; "
                + Names.nearest(name, Suites.NAMES)
                        .map(near -> "did you mean suite " + near + "?")
                        .orElse("suites are " + String.join(", ", Suites.NAMES)));
    }

    /** An attack's settings with absolute paths, resolved against the suite file. */
    private static Record beside(Path suite, Record attack) {
        return attack instanceof TransferKind.Settings transfer
                ? new TransferKind.Settings(
                        UserPath.beside(suite, transfer.from(), suite + ": from")
                                .toString(),
                        transfer.iterations())
                : attack;
    }
}
