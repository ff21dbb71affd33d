package org.espalier.report.page;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.espalier.UserException;
import org.espalier.attack.Attack;
import org.espalier.attack.Attacker;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.StoredTrial;
import org.espalier.random.Stream;
import org.espalier.report.figure.ShownLevels;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;

/**
 * Test images, what an attack adds to them, and what networks of several densities make of both. The attack is made anew
 * with the stored weights and the experiment's own settings; the images are the first of the test set, chosen by nobody.
 */
final class Gallery {
    private static final int IMAGES = 10;
    private static final int DENSITIES = 4;
    private static final List<String> FASHION = List.of(
            "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot");

    private final Map<String, DataSet> data = new HashMap<>();
    private final Map<String, String> missing = new HashMap<>();

    /** One cell's gallery as HTML: what is shown, or why nothing is. */
    String of(Store store, Cell cell) {
        try {
            return gallery(store, cell);
        } catch (UserException e) {
            return nothing("No examples: " + e.getMessage());
        }
    }

    private static String nothing(String why) {
        return "<div class=\"nothing\">" + Html.text(why) + "</div>\n";
    }

    private String gallery(Store store, Cell cell) {
        Optional<StoredTrial> trial = trial(store, cell);
        Optional<String> attackName = cell.training()
                .attack()
                .or(() -> cell.attacks().reversed().stream().findFirst());
        if (trial.isEmpty()) {
            return nothing("No examples yet: no level is trained.");
        } else if (attackName.isEmpty()) {
            return nothing("No examples: the experiment has no attack.");
        }
        DataSet set = dataSet(store, cell.dataset());
        Attack attack = store.experiment().attack(attackName.get());
        List<Integer> levels = levels(store, trial.get());
        for (int level : levels) {
            StoredLevel stored = store.level(trial.get().levels().get(level));
            boolean another = stored.dataDigest()
                    .filter(trainedOn -> !trainedOn.equals(set.digest()))
                    .isPresent();
            // A level that names no digest must at least take images of this size, and know these classes.
            boolean fits = stored.architecture()
                    .filter(network -> network.inputs() == set.features() && network.classes() == set.classes())
                    .isPresent();
            if (another || !fits) {
                throw new UserException("data set " + cell.dataset() + " is not the one that was trained on");
            }
        }
        var out = new StringBuilder("<div class=\"gallery\"><div class=\"scroll\"><table>\n");
        Split test = set.test();
        int images = Math.min(IMAGES, test.size());
        out.append("<tr><th scope=\"row\">test image</th>");
        for (int i = 0; i < images; i++) {
            out.append("<td>")
                    .append(image(pixels(test, i), set, "test image " + i))
                    .append(Html.text(name(set, test.labels()[i])))
                    .append("</td>");
        }
        out.append("</tr>\n");
        for (int level : levels) {
            StoredNetwork network = store.level(trial.get().levels().get(level))
                    .trained()
                    .orElseThrow(() -> new UserException("the trained weights of level " + level + " are missing"));
            Examples examples = attacked(network, attack, test, images);
            String density = Numbers.density(network.mask().density());
            out.append("<tr><th scope=\"row\">")
                    .append(Html.sentence(density + " of weights"))
                    .append("<br>perturbation</th>");
            for (int i = 0; i < images; i++) {
                float[] clean = pixels(test, i);
                float[] change = new float[clean.length];
                for (int f = 0; f < change.length; f++) {
                    change[f] = 0.5f
                            + (examples.adversarial[i][f] - clean[f])
                                    / (2 * attack.threat().epsilon());
                }
                out.append("<td>")
                        .append(image(change, set, "perturbation of image " + i + " at " + density))
                        .append("</td>");
            }
            out.append("</tr>\n<tr><th scope=\"row\">attacked</th>");
            for (int i = 0; i < images; i++) {
                out.append("<td>")
                        .append(image(examples.adversarial[i], set, "attacked image " + i + " at " + density))
                        .append(prediction(set, test.labels()[i], examples.before[i], examples.after[i]))
                        .append("</td>");
            }
            out.append("</tr>\n");
        }
        return out.append("</table></div></div>\n<p class=\"caption\">")
                .append(Html.text("The first " + images + " test images; networks of "
                        + trial.get().id()
                        + " after their last update, attacked with " + attackName.get() + " (epsilon "
                        + Float.toString(attack.threat().epsilon())
                        + "). Perturbations: gray is no change, white and black are plus and minus epsilon. Below: what the"
                        + " network says of the clean image, then of the attacked one, with its probability."))
                .append("</p>\n")
                .toString();
    }

    private static String prediction(DataSet set, int label, Said before, Said after) {
        return said(set, label, before) + "&nbsp;<span aria-label=\"then\">&rarr;</span><br>" + said(set, label, after);
    }

    private static String said(DataSet set, int label, Said said) {
        String name = name(set, said.label());
        return "<span class=\"" + (said.label() == label ? "right" : "wrong") + "\">"
                + (said.label() == label ? "&#10003; " : "&#10007; ") + Html.text(name) + "</span>"
                // Columns of words would be too wide with numbers beside them.
                + (name.length() > 2 ? "<br>" : " ")
                + Math.round(100 * said.probability()) + "&nbsp;%";
    }

    private static String name(DataSet set, int label) {
        return set.name().equals("fashion") && label < FASHION.size() ? FASHION.get(label) : Integer.toString(label);
    }

    private record Said(int label, double probability) {}

    private record Examples(float[][] adversarial, Said[] before, Said[] after) {}

    private static Examples attacked(StoredNetwork network, Attack attack, Split test, int images) {
        Engine engine = Engines.create(network.mask().architecture());
        engine.load(network.weights(), network.mask());
        ActivationBuffers pass = engine.newPass(2 * ActivationPanels.LANES);
        int[] order = new int[images];
        for (int i = 0; i < images; i++) {
            order[i] = i;
        }
        engine.ops().loadImages(test.images(), order, 0, images, pass.input(), 0);
        engine.forward(pass, 0, 1);
        Said[] before = said(pass, 0, images);
        Attacker attacker = attack.bind(engine, pass);
        Stream noise = Stream.root(0).child("gallery");
        attacker.perturb(test.labels(), 0, images, noise, 0);
        attacker.fillUnreadInputs(images, noise, 0);
        engine.forward(pass, 1, 1);
        Said[] after = said(pass, ActivationPanels.LANES, images);
        float[][] adversarial = new float[images][pass.input().features()];
        for (int i = 0; i < images; i++) {
            for (int f = 0; f < adversarial[i].length; f++) {
                adversarial[i][f] = pass.input().get(f, ActivationPanels.LANES + i);
            }
        }
        return new Examples(adversarial, before, after);
    }

    private static Said[] said(ActivationBuffers pass, int first, int images) {
        Said[] said = new Said[images];
        int classes = pass.logits().features();
        for (int i = 0; i < images; i++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                if (pass.logits().get(c, first + i) > pass.logits().get(best, first + i)) {
                    best = c;
                }
            }
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                sum += StrictMath.exp(
                        (double) pass.logits().get(c, first + i) - pass.logits().get(best, first + i));
            }
            said[i] = new Said(best, 1 / sum);
        }
        return said;
    }

    /** The first trial of the tickets that has a trained level. */
    private static Optional<StoredTrial> trial(Store store, Cell cell) {
        List<String> order = List.of("original", "as-published");
        return store.trials().stream()
                .filter(t -> t.id().dataset().equals(cell.dataset())
                        && t.id().objective().equals(cell.objective())
                        && !levels(store, t).isEmpty())
                .min(java.util.Comparator.comparingInt(t -> {
                    int at = order.indexOf(t.id().strategy());
                    return at < 0 ? order.size() : at;
                }));
    }

    private static List<Integer> levels(Store store, StoredTrial trial) {
        var done = new ArrayList<Integer>();
        for (int level = 0; level < trial.levels().size(); level++) {
            if (store.level(trial.levels().get(level)).state() == LevelState.DONE) {
                done.add(level);
            }
        }
        return ShownLevels.of(new TreeSet<>(done), DENSITIES);
    }

    /** A data set of a search, read once for all cells; they ask for it side by side. */
    private synchronized DataSet dataSet(Store store, String name) {
        Optional<Path> directory = store.experiment().data().sets().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .flatMap(Experiment.DataSource::directory)
                .map(Path::of);
        // Searches may have different images by one name.
        String place = name + directory.map(given -> " in " + given).orElse("");
        String why = missing.get(place);
        if (why != null) {
            throw new UserException(why);
        }
        DataSet loaded = data.get(place);
        if (loaded == null) {
            try {
                loaded = DataSets.standard()
                        .findHere(name, directory, DataProgress.NONE)
                        .dataSet();
            } catch (UserException e) {
                missing.put(place, e.getMessage());
                throw e;
            }
            data.put(place, loaded);
        }
        return loaded;
    }

    private static float[] pixels(Split split, int image) {
        float[] pixels = new float[split.features()];
        for (int f = 0; f < pixels.length; f++) {
            pixels[f] = (split.images()[image * pixels.length + f] & 0xff) / 255f;
        }
        return pixels;
    }

    private static String image(float[] values, DataSet set, String description) {
        BufferedImage image = new BufferedImage(set.columns(), set.rows(), BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < values.length; i++) {
            int gray = Math.round(255 * Math.max(0, Math.min(1, values[i])));
            image.getRaster().setSample(i % set.columns(), i / set.columns(), 0, gray);
        }
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.setUseCache(false);
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("a picture in memory cannot fail to be written", e);
        }
        return "<img alt=\"" + Html.text(description) + "\" width=\"" + set.columns() + "\" height=\"" + set.rows()
                + "\" src=\"data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray()) + "\">";
    }
}
