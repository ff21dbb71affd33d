package org.espalier.lab.robustness;

import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.attack.Norm;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.distance.CarliniWagner;
import org.espalier.attack.strong.distance.DeepFool;
import org.espalier.attack.strong.distance.Fab;
import org.espalier.attack.strong.distance.Fmn;
import org.espalier.attack.strong.distance.HopSkipJump;
import org.espalier.attack.strong.radius.Apgd;
import org.espalier.attack.strong.radius.Noise;
import org.espalier.attack.strong.radius.ProjectedGradient;
import org.espalier.attack.strong.radius.Square;
import org.espalier.attack.strong.radius.Transfer;
import org.espalier.evaluate.suite.Suite;
import org.espalier.evaluate.suite.Suites;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.experiment.SuiteSettings;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.NetworkFile;

/** Suites of attacks by name, and from files of one's own. */
public final class SuiteChoice {
    private SuiteChoice() {}

    /**
     * The suite of a name or file.
     *
     * @param nameOrFile one of {@link Suites#NAMES}, or a YAML file
     * @param norm of the evaluation
     * @param classes of the network
     * @throws UserException if there is none, with the nearest name, or the file is at fault, or the suite has no answer for
     *     norm or classes
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
                settings.attacks().stream().map(kind -> attack(kind, file)).toList(),
                settings.survivorsOnly());
    }

    private static UserException unknown(String name) {
        return new UserException("there is no suite and no file " + name + "; "
                + Names.nearest(name, Suites.NAMES)
                        .map(near -> "did you mean suite " + near + "?")
                        .orElse("suites are " + String.join(", ", Suites.NAMES)));
    }

    /**
     * An attack of a suite file.
     *
     * @param suite the file, which relative paths in it are relative to
     */
    private static StrongAttack attack(SuiteSettings.AttackKind kind, Path suite) {
        return switch (kind) {
            case SuiteSettings.AttackKind.Fgsm() -> ProjectedGradient.fgsm();
            case SuiteSettings.AttackKind.Pgd pgd -> {
                if (pgd.restarts() > 1 && !pgd.randomStart()) {
                    throw new UserException("a suite's pgd has " + pgd.restarts()
                            + " restarts, expected 1 as random-start is false: all restarts would be the same");
                }
                yield new ProjectedGradient(
                        "pgd",
                        Losses.CROSS_ENTROPY,
                        pgd.iterations(),
                        pgd.step(),
                        pgd.momentum(),
                        pgd.randomStart(),
                        pgd.restarts(),
                        pgd.keep());
            }
            case SuiteSettings.AttackKind.Apgd apgd ->
                new Apgd(
                        switch (apgd.loss()) {
                            case CE -> Losses.CROSS_ENTROPY;
                            case DLR -> Losses.DLR;
                            case TARGETED_DLR -> Losses.TARGETED_DLR;
                            case MARGIN -> Losses.MARGIN;
                        },
                        apgd.iterations(),
                        apgd.restarts(),
                        apgd.targets());
            case SuiteSettings.AttackKind.Fab fab -> {
                Fab usual = Fab.standard();
                yield new Fab(
                        fab.iterations(),
                        fab.restarts(),
                        fab.targets(),
                        usual.alphaMax(),
                        usual.eta(),
                        usual.beta(),
                        usual.finalSearch(),
                        fab.stopAtRadius());
            }
            case SuiteSettings.AttackKind.Square square ->
                new Square(square.queries(), square.pInit(), square.restarts());
            case SuiteSettings.AttackKind.CarliniWagner cw -> {
                CarliniWagner usual = CarliniWagner.standard();
                yield new CarliniWagner(
                        cw.searches(),
                        cw.iterations(),
                        usual.rate(),
                        usual.firstTrade(),
                        usual.confidence(),
                        usual.abortEarly());
            }
            case SuiteSettings.AttackKind.DeepFool deepFool -> {
                DeepFool usual = DeepFool.standard();
                yield new DeepFool(deepFool.iterations(), usual.candidates(), usual.overshoot());
            }
            case SuiteSettings.AttackKind.Fmn fmn -> Fmn.of(fmn.iterations());
            case SuiteSettings.AttackKind.HopSkipJump jump -> {
                HopSkipJump usual = HopSkipJump.small();
                yield new HopSkipJump(
                        jump.iterations(), usual.firstEvaluations(), usual.mostEvaluations(), usual.tries());
            }
            case SuiteSettings.AttackKind.Noise noise -> new Noise(noise.draws());
            case SuiteSettings.AttackKind.Transfer transfer -> transfer(transfer, suite);
        };
    }

    private static StrongAttack transfer(SuiteSettings.AttackKind.Transfer transfer, Path suite) {
        Path file = UserPath.beside(suite, transfer.from(), suite + ": from");
        NetworkFile other = NetworkFile.read(file);
        return new Transfer(
                "sha256 " + AtomicFiles.digest(file),
                other.network().weights(),
                other.network().mask(),
                ProjectedGradient.pgd(transfer.iterations(), 1));
    }
}
