package org.espalier.evaluate.suite;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.UserException;
import org.espalier.attack.Keep;
import org.espalier.attack.strong.Apgd;
import org.espalier.attack.strong.CarliniWagner;
import org.espalier.attack.strong.DeepFool;
import org.espalier.attack.strong.Descent;
import org.espalier.attack.strong.Fab;
import org.espalier.attack.strong.Fmn;
import org.espalier.attack.strong.HopSkipJump;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.Noise;
import org.espalier.attack.strong.Square;
import org.espalier.attack.strong.StrongAttack;

/**
 * Attacks by name and settings, as users write them and as records keep them: for every attack {@code a} here,
 * {@code make(a.name(), a.settings())} equals {@code a}. Settings that are left out have the usual value.
 *
 * <p>Transfer is not among them: it needs another network.
 */
public final class AttackCatalog {
    private static final Map<String, Losses> UNTARGETED =
            Map.of("ce", Losses.CROSS_ENTROPY, "dlr", Losses.DLR, "margin", Losses.MARGIN);

    private static final Map<String, Keep> KEEPS = Map.of("best", Keep.BEST, "last", Keep.LAST);

    private static final Map<String, Function<AttackOptions, StrongAttack>> MAKERS = new LinkedHashMap<>();

    static {
        MAKERS.put("noise", options -> new Noise(options.whole("draws", 100)));
        for (Descent usual : List.of(
                Descent.fgsm(), Descent.fastFgsm(), Descent.momentum(10), Descent.paperPgd(), Descent.pgd(100, 1))) {
            MAKERS.put(usual.name(), options -> descent(usual, options));
        }
        for (Apgd usual : List.of(
                Apgd.crossEntropy(),
                Apgd.dlr(),
                new Apgd(Losses.MARGIN, 100, 1, 1),
                Apgd.targeted(),
                new Apgd(Losses.TARGETED_MARGIN, 100, 1, 9))) {
            MAKERS.put(usual.name(), options -> apgd(usual, options));
        }
        MAKERS.put(Fab.standard().name(), AttackCatalog::fab);
        MAKERS.put(
                Square.standard().name(),
                options -> new Square(
                        options.whole("queries", Square.standard().queries()),
                        options.number("p-init", Square.standard().pInit()),
                        options.whole("restarts", Square.standard().restarts())));
        MAKERS.put(CarliniWagner.standard().name(), AttackCatalog::carliniWagner);
        MAKERS.put(
                DeepFool.standard().name(),
                options -> new DeepFool(
                        options.whole("iterations", DeepFool.standard().iterations()),
                        options.whole("candidates", DeepFool.standard().candidates()),
                        options.number("overshoot", DeepFool.standard().overshoot())));
        MAKERS.put(Fmn.of(200).name(), AttackCatalog::fmn);
        MAKERS.put(HopSkipJump.small().name(), AttackCatalog::hopSkipJump);
    }

    private AttackCatalog() {}

    /** Names of all attacks, in the order to show them. */
    public static List<String> names() {
        return List.copyOf(MAKERS.keySet());
    }

    /**
     * An attack.
     *
     * @param settings numbers, texts and truth values by name, as {@link StrongAttack#settings} gives them
     * @throws UserException if there is no such attack, it has no such setting, or a value is none for it
     */
    public static StrongAttack make(String name, Map<String, Object> settings) {
        Function<AttackOptions, StrongAttack> maker = Optional.ofNullable(MAKERS.get(name))
                .orElseThrow(() -> new UserException(
                        "there is no attack \"" + name + "\"; there are " + String.join(", ", MAKERS.keySet())));
        AttackOptions options = new AttackOptions(name, settings);
        try {
            StrongAttack attack = maker.apply(options);
            options.allRead();
            return attack;
        } catch (IllegalArgumentException e) {
            throw new UserException("attack " + name + ": " + e.getMessage(), e);
        }
    }

    private static Descent descent(Descent usual, AttackOptions options) {
        int iterations = options.whole("iterations", usual.iterations());
        // A step that is a share of the way keeps crossing the same way when the steps are more.
        double step = usual.stepOverEpsilon() * usual.iterations() / iterations;
        return new Descent(
                usual.name(),
                options.choice("loss", UNTARGETED, usual.loss().toString()),
                iterations,
                options.number("step-over-epsilon", step),
                options.number("momentum", usual.momentum()),
                options.flag("random-start", usual.randomStart()),
                options.whole("restarts", usual.restarts()),
                options.choice("keep", KEEPS, usual.keep() == Keep.BEST ? "best" : "last"));
    }

    private static Apgd apgd(Apgd usual, AttackOptions options) {
        Losses loss = options.choice(
                "loss",
                Map.of(usual.loss().toString(), usual.loss()),
                usual.loss().toString());
        return new Apgd(
                loss,
                options.whole("iterations", usual.iterations()),
                options.whole("restarts", usual.restarts()),
                loss.targeted() ? options.whole("targets", usual.targets()) : usual.targets());
    }

    private static Fab fab(AttackOptions options) {
        Fab usual = Fab.standard();
        return new Fab(
                options.whole("iterations", usual.iterations()),
                options.whole("restarts", usual.restarts()),
                options.whole("targets", usual.targets()),
                options.number("alpha-max", usual.alphaMax()),
                options.number("eta", usual.eta()),
                options.number("beta", usual.beta()),
                options.whole("final-search", usual.finalSearch()),
                options.flag("stop-at-radius", usual.stopAtRadius()));
    }

    private static CarliniWagner carliniWagner(AttackOptions options) {
        CarliniWagner usual = CarliniWagner.standard();
        return new CarliniWagner(
                options.whole("searches", usual.searches()),
                options.whole("iterations", usual.iterations()),
                options.number("rate", usual.rate()),
                options.number("first-trade", usual.firstTrade()),
                options.number("confidence", usual.confidence()),
                options.flag("abort-early", usual.abortEarly()));
    }

    private static Fmn fmn(AttackOptions options) {
        Fmn usual = Fmn.of(options.whole("iterations", 200));
        return new Fmn(
                usual.iterations(),
                options.number("step-l2", usual.stepL2()),
                options.number("step-linf", usual.stepLinf()),
                options.number("last-step", usual.lastStep()),
                options.number("change", usual.change()),
                options.number("last-change", usual.lastChange()));
    }

    private static HopSkipJump hopSkipJump(AttackOptions options) {
        HopSkipJump usual = HopSkipJump.small();
        return new HopSkipJump(
                options.whole("iterations", usual.iterations()),
                options.whole("first-evaluations", usual.firstEvaluations()),
                options.whole("most-evaluations", usual.mostEvaluations()),
                options.whole("tries", usual.tries()));
    }
}
