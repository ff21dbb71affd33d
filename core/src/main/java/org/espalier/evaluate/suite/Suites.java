package org.espalier.evaluate.suite;

import java.util.ArrayList;
import java.util.List;
import org.espalier.UserException;
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

/**
 * The built-in suites.
 *
 * <ul>
 *   <li>{@code standard}: AutoAttack's four in its order, each on the survivors of those before: APGD on the cross-entropy,
 *       targeted APGD, targeted FAB, Square. Croce and Hein (ICML 2020), section 6; in L1 with five restarts and five targets,
 *       Croce and Hein (ICML 2021), section 4.
 * <li>{@code fast}: a third of {@code standard}'s APGD only: a quick upper bound of the accuracy under
 * {@code standard}.
 *   <li>{@code paper}: FGSM and PGD of 10 steps, the attacks that the paper reports.
 * <li>{@code thorough}: several losses, restarts, momentum, black-box and hard-label attacks, each on all inputs, which
 * shows whether an attack with less access does better.
 *   <li>{@code distances}: minimum-norm attacks, for security curves.
 * </ul>
 */
public final class Suites {
    /** Names, in the order to show them. */
    public static final List<String> NAMES = List.of("standard", "fast", "paper", "thorough", "distances");

    private Suites() {}

    /**
     * The suite of a name for a norm and a number of classes. If an attack's loss needs more classes, another loss
     * replaces it, and the suite's notes name it.
     *
     * @param classes at least 2
     * @throws UserException if there is no such suite, or it cannot be run on so few classes or in this norm
     */
    public static Suite named(String name, Norm norm, int classes) {
        if (!NAMES.contains(name)) {
            throw new UserException("there is no suite \"" + name + "\"; there are " + String.join(", ", NAMES));
        }
        if (classes < 2) {
            throw new UserException(
                    "suite " + name + " needs a network of at least 2 classes, this one has " + classes);
        }
        return switch (name) {
            case "standard" -> standard(norm, classes);
            case "fast" -> fast(norm, classes);
            case "paper" -> paper(norm);
            case "thorough" -> thorough(norm, classes);
            default -> distances(norm);
        };
    }

    private static Suite standard(Norm norm, int classes) {
        boolean sparse = norm == Norm.L1;
        Apgd first = new Apgd(Losses.CROSS_ENTROPY, 100, sparse ? 5 : 1, 1);
        Apgd second = targeted(100, sparse ? 5 : 9, classes);
        return new Suite(
                "standard",
                List.of(first, second, Fab.standard(), Square.standard()),
                true,
                notes("standard", classes));
    }

    private static Suite fast(Norm norm, int classes) {
        return new Suite(
                "fast",
                List.of(new Apgd(Losses.CROSS_ENTROPY, 50, 1, 1), targeted(50, 9, classes)),
                true,
                notes("fast", classes));
    }

    private static Suite paper(Norm norm) {
        if (norm != Norm.LINF) {
            throw new UserException("suite paper attacks in the paper's norm, " + Norm.LINF + ", got " + norm);
        }
        return new Suite("paper", List.of(ProjectedGradient.fgsm(), ProjectedGradient.paperPgd()), false);
    }

    private static Suite thorough(Norm norm, int classes) {
        List<StrongAttack> attacks =
                new ArrayList<>(List.of(new Noise(100), ProjectedGradient.fgsm(), ProjectedGradient.momentum(20)));
        attacks.add(ProjectedGradient.pgd(100, 10));
        attacks.add(new Apgd(Losses.CROSS_ENTROPY, 100, 5, 1));
        attacks.add(new Apgd(classes < 3 ? Losses.MARGIN : Losses.DLR, 100, 5, 1));
        attacks.add(targeted(200, 9, classes));
        attacks.add(Fab.standard());
        attacks.add(Square.standard());
        if (HopSkipJump.small().norms().contains(norm)) {
            attacks.add(HopSkipJump.small());
        }
        return new Suite("thorough", attacks, false, notes("thorough", classes));
    }

    private static Suite distances(Norm norm) {
        List<StrongAttack> attacks = List.of(Fab.nearest(), Fmn.of(200), DeepFool.standard(), CarliniWagner.standard());
        return new Suite(
                "distances",
                attacks.stream().filter(attack -> attack.norms().contains(norm)).toList(),
                false);
    }

    /** Targeted APGD; with the margin loss if there are too few classes for the difference of logits ratio. */
    private static Apgd targeted(int iterations, int targets, int classes) {
        return new Apgd(
                classes < Losses.TARGETED_DLR.minClasses() ? Losses.TARGETED_MARGIN : Losses.TARGETED_DLR,
                iterations,
                1,
                targets);
    }

    private static List<String> notes(String name, int classes) {
        List<String> notes = new ArrayList<>();
        if (classes < Losses.TARGETED_DLR.minClasses()) {
            notes.add("the targeted difference of logits ratio needs " + Losses.TARGETED_DLR.minClasses()
                    + " classes and the network has " + classes + ": suite " + name
                    + " maximises the targeted margin instead");
        }
        if (name.equals("thorough") && classes < Losses.DLR.minClasses()) {
            notes.add("the difference of logits ratio needs " + Losses.DLR.minClasses()
                    + " classes and the network has " + classes + ": suite " + name + " maximises the margin instead");
        }
        return notes;
    }
}
