package org.espalier.report.example;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
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
import org.espalier.report.result.Cell;

/**
 * Attacks test images anew, with the stored weights and the experiment's own settings. The images are the first of the
 * test set.
 */
public final class AttackedImages implements ExampleSource {
    private static final int IMAGES = 10;
    private static final int DENSITIES = 4;

    private final Map<String, DataSet> data = new HashMap<>();
    private final Map<String, String> missing = new HashMap<>();

    @Override
    public Examples of(Store store, Cell cell) {
        StoredTrial trial =
                trial(store, cell).orElseThrow(() -> new UserException("No examples yet: no level is trained."));
        String attackName = cell.training()
                .attack()
                .or(() -> cell.attacks().reversed().stream().findFirst())
                .orElseThrow(() -> new UserException("No examples: the experiment has no attack."));
        try {
            return examples(store, cell, trial, attackName);
        } catch (UserException e) {
            throw new UserException("No examples: " + e.getMessage(), e);
        }
    }

    private Examples examples(Store store, Cell cell, StoredTrial trial, String attackName) {
        DataSet set = dataSet(store, cell.dataset());
        if (set.isTable()) {
            throw new UserException("the rows of data set " + cell.dataset() + " are no images");
        }
        Attack attack = store.experiment().attack(attackName);
        List<Integer> levels = levels(store, trial);
        for (int level : levels) {
            StoredLevel stored = store.level(trial.levels().get(level));
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
        Split test = set.test();
        int images = Math.min(IMAGES, test.size());
        var originals = new ArrayList<Examples.Original>();
        for (int i = 0; i < images; i++) {
            originals.add(new Examples.Original(pixels(test, i), set.className(test.labels()[i])));
        }
        var networks = new ArrayList<Examples.Network>();
        for (int level : levels) {
            StoredNetwork network = store.level(trial.levels().get(level))
                    .trained()
                    .orElseThrow(() -> new UserException("the trained weights of level " + level + " are missing"));
            networks.add(new Examples.Network(network.mask().density(), attacked(network, attack, set, images)));
        }
        return new Examples(
                trial.id(),
                attackName,
                attack.threat().epsilon(),
                set.shape().channels(),
                set.rows(),
                set.columns(),
                originals,
                networks);
    }

    private static List<Examples.Attacked> attacked(StoredNetwork network, Attack attack, DataSet set, int images) {
        Split test = set.test();
        Engine engine = Engines.create(network.mask().architecture());
        engine.load(network.weights(), network.mask());
        ActivationBuffers buffers = engine.newBuffers(2 * ActivationPanels.LANES);
        int[] order = new int[images];
        for (int i = 0; i < images; i++) {
            order[i] = i;
        }
        engine.ops().loadImages(test, order, 0, images, buffers.input(), 0);
        engine.forward(buffers, 0, 1);
        Examples.Prediction[] before = predictions(buffers, 0, images, set);
        Attacker attacker = attack.bind(engine, buffers);
        Stream noise = Stream.root(0).child("gallery");
        attacker.perturb(test.labels(), 0, images, noise, 0);
        attacker.fillUnreadInputs(images, noise, 0);
        engine.forward(buffers, 1, 1);
        Examples.Prediction[] after = predictions(buffers, ActivationPanels.LANES, images, set);
        var attacked = new ArrayList<Examples.Attacked>();
        for (int i = 0; i < images; i++) {
            float[] pixels = new float[buffers.input().features()];
            for (int f = 0; f < pixels.length; f++) {
                pixels[f] = buffers.input().get(f, ActivationPanels.LANES + i);
            }
            attacked.add(new Examples.Attacked(pixels, before[i], after[i]));
        }
        return attacked;
    }

    private static Examples.Prediction[] predictions(ActivationBuffers buffers, int first, int images, DataSet set) {
        Examples.Prediction[] predictions = new Examples.Prediction[images];
        int classes = buffers.logits().features();
        for (int i = 0; i < images; i++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                if (buffers.logits().get(c, first + i) > buffers.logits().get(best, first + i)) {
                    best = c;
                }
            }
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                sum += StrictMath.exp((double) buffers.logits().get(c, first + i)
                        - buffers.logits().get(best, first + i));
            }
            predictions[i] =
                    new Examples.Prediction(set.className(best), set.test().labels()[i] == best, 1 / sum);
        }
        return predictions;
    }

    /** The first trial of the tickets that has a trained level. */
    private static Optional<StoredTrial> trial(Store store, Cell cell) {
        List<String> order = List.of("original", "as-published");
        return store.trials().stream()
                .filter(t -> t.id().dataset().equals(cell.dataset())
                        && t.id().objective().equals(cell.objective())
                        && !levels(store, t).isEmpty())
                .min(Comparator.comparingInt(t -> {
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

    /** A data set of a search, read once for all cells; which are asked for side by side. */
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
            pixels[f] = split.pixel(image, f);
        }
        return pixels;
    }
}
