package org.espalier.lab.robustness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.espalier.UserPath;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.evaluate.rules.Step;
import org.espalier.evaluate.suite.Suite;
import org.espalier.evaluate.suite.Suites;
import org.espalier.lab.jobs.PartedWork;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.tickets.PartRecipe;
import org.espalier.lab.tickets.Ticket;

/**
 * A ticket and the attack settings: all that an evaluation's results depend on.
 *
 * @param ticket the network
 * @param set its data set
 * @param split the split that images are taken from: test or validation
 * @param images number of images, the first of the split
 * @param suite the attacks
 * @param threat the ball
 * @param seed of all randomness
 * @param rules whether the attacks that the rules need are run beside the suite; without them the verdict is not checked
 */
public record EvaluationRequest(
        Ticket ticket,
        DataSet set,
        Split split,
        int images,
        Suite suite,
        ThreatModel threat,
        long seed,
        boolean rules) {
    /** Raised whenever a change of code changes any bit of an evaluation. Older evaluations then have other names. */
    public static final int NUMERICS = 2;

    public EvaluationRequest {
        if (images < 1 || images > split.size()) {
            throw new IllegalArgumentException(
                    "an evaluation of " + images + " images of a split of " + split.size() + " is none");
        }
    }

    /** A request with the rules' attacks. */
    public EvaluationRequest(
            Ticket ticket, DataSet set, Split split, int images, Suite suite, ThreatModel threat, long seed) {
        this(ticket, set, split, images, suite, threat, seed, true);
    }

    /**
     * All of a request but its ticket and data, for other machines.
     *
     * @param suite name of the suite, or its file, which they see under the same path
     * @param norm of the ball
     * @param epsilon radius of the ball
     * @param images number of images
     * @param split test or validation
     * @param seed of all randomness
     * @param rules whether the rules' attacks are run too
     */
    public record Recipe(String suite, Norm norm, float epsilon, int images, String split, long seed, boolean rules)
            implements PartRecipe {
        @Override
        public PartedWork work(Ticket ticket, DataSet set, Split part, Path root) {
            EvaluationRequest request = new EvaluationRequest(
                    ticket,
                    set,
                    part,
                    images,
                    SuiteChoice.of(
                            suite, norm, ticket.network().mask().architecture().classes()),
                    new ThreatModel(norm, epsilon),
                    seed,
                    rules);
            return EvaluationRunner.parted(request, root);
        }
    }

    /**
     * This request for other machines.
     *
     * @param suiteOrFile name of the suite, or its file
     */
    public Recipe recipe(String suiteOrFile) {
        String named = Suites.NAMES.contains(suiteOrFile)
                ? suiteOrFile
                : UserPath.of(suiteOrFile, "the suite").toAbsolutePath().toString();
        return new Recipe(named, threat.norm(), threat.epsilon(), images, split.name(), seed, rules);
    }

    /** The suite's attacks and what the rules need beside them, in order. */
    List<Step> steps() {
        return EvaluationSteps.of(suite, threat, rules);
    }

    /** How the norm is written on command lines and in files: {@code linf}. */
    static String norm(ThreatModel threat) {
        return threat.norm().name().toLowerCase(Locale.ROOT);
    }

    /** All that determines the results, as JSON has it. */
    Map<String, Object> determinedBy() {
        Map<String, Object> by = new LinkedHashMap<>();
        by.put("numerics", NUMERICS);
        by.put("network", ticket.digest());
        by.put("data", set.digest());
        by.put("split", split.name());
        by.put("images", images);
        by.put("suite", suite.name());
        by.put("threat-model", threatModel(threat));
        by.put("seed", seed);
        List<Object> attacks = new ArrayList<>();
        for (Step step : steps()) {
            Map<String, Object> attack = new LinkedHashMap<>();
            attack.put("step", step.name());
            attack.put("purpose", step.purpose().toString());
            attack.put("attack", step.attack().name());
            attack.put("access", step.attack().access().toString());
            attack.put("settings", new TreeMap<>(step.attack().settings()));
            attack.put("threat-model", threatModel(step.threat()));
            attack.put("after", step.after());
            attacks.add(attack);
        }
        by.put("attacks", attacks);
        if (!set.shape().equals(assumedBefore(set.features()))) {
            by.put(
                    "image",
                    List.of(
                            set.shape().height(),
                            set.shape().width(),
                            set.shape().channels()));
        }
        return by;
    }

    /**
     * The image shape that attacks of older versions assumed. Evaluations of data with another shape have other names.
     */
    private static ImageShape assumedBefore(int features) {
        int side = (int) Math.round(Math.sqrt(features));
        return side * side == features ? new ImageShape(side, side) : new ImageShape(1, features);
    }

    static Map<String, Object> threatModel(ThreatModel threat) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("norm", norm(threat));
        model.put("epsilon", threat.epsilon());
        return model;
    }

    /** Name of the evaluation's directory: readable, and ending in a digest of all that determines it. */
    public String id() {
        return suite.name() + "-" + norm(threat) + "-" + number(threat.epsilon()) + "-" + split.name() + "-" + images
                + "-" + StoreWriter.key(determinedBy()).substring(0, 8);
    }

    /** Where the evaluation is kept. */
    public Path directory() {
        return ticket.results().resolve(id());
    }

    static String number(float value) {
        String text = Float.toString(value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
