package org.espalier.report.watch;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.attack.CornerPgd;
import org.espalier.attack.Fgsm;
import org.espalier.attack.Pgd;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.store.Failure;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.MetricsLines;
import org.espalier.lab.store.StoredLevel;
import org.espalier.report.status.AtWork;
import org.espalier.report.status.TimeSpent;
import org.espalier.train.method.Fast;
import org.espalier.train.method.Free;
import org.espalier.train.method.NoiseFgsm;
import org.jspecify.annotations.Nullable;

/** One level of a growing store: reads what was added, and keeps what pages show of it. */
final class LevelReader {
    private final StoredLevel level;
    private final int number;
    private final String split;
    private final List<Pair> pairs;
    private final Set<String> bounds;

    private LineTail tail;
    private LevelState state = LevelState.WAITING;
    private Optional<Double> density = Optional.empty();
    private final Map<String, List<Measurement>> curves = new LinkedHashMap<>(); // by attack, of the split shown
    private int lines;
    private Optional<Measurement> notFinite = Optional.empty();
    private Optional<Failure> failure = Optional.empty();
    private Optional<String> overfitting = Optional.empty();
    private Optional<String> damage = Optional.empty();
    private Optional<String> damagedLine = Optional.empty();
    private boolean settled;

    /**
     * Measurements to compare.
     *
     * @param weak an attack of one step, or {@code none}
     * @param strong an attack of many steps of the same radius
     */
    record Pair(String weak, String strong) {
        /** Steps and radius of projected gradient descent, from wherever it starts. */
        private record Descent(int steps, double epsilon) {
            static @Nullable Descent of(@Nullable Record attack) {
                return switch (attack) {
                    case Pgd pgd -> new Descent(pgd.steps(), pgd.epsilon());
                    case CornerPgd corner -> new Descent(corner.steps(), corner.epsilon());
                    case null, default -> null;
                };
            }
        }

        private static final String NONE = "none";

        /** Those that an experiment measures and that say something about a level trained with an objective. */
        static List<Pair> of(Experiment experiment, Experiment.Objective objective) {
            Map<String, Record> attacks = experiment.attacks();
            Record attack = attacks.get(objective.attack().orElse(objective.name()));
            if (attack == null) {
                return List.of();
            }
            var pairs = new ArrayList<Pair>();
            List<String> measured = experiment.evaluation().attacks();
            for (String strong : measured) {
                Descent many = Descent.of(attacks.get(strong));
                if (many == null || many.steps() == 1) {
                    continue;
                }
                List<Pair> found = measured.stream()
                        .filter(weak -> oneStep(attacks.get(weak), many.epsilon()))
                        .map(weak -> new Pair(weak, strong))
                        .toList();
                pairs.addAll(found);
                if (found.isEmpty() && trainsInOneStep(objective, attack)) {
                    pairs.add(new Pair(NONE, strong));
                }
            }
            return pairs;
        }

        private static boolean oneStep(@Nullable Record attack, double epsilon) {
            return attack instanceof Fgsm one && one.epsilon() == epsilon
                    || Descent.of(attack) instanceof Descent pgd && pgd.steps() == 1 && pgd.epsilon() == epsilon;
        }

        /** Whether an update's attack has one step: by kind of method and attack, whatever their names. */
        private static boolean trainsInOneStep(Experiment.Objective objective, Record attack) {
            if (objective.method().isPresent()) {
                Record method = objective.method().get();
                if (method instanceof Fast || method instanceof NoiseFgsm || method instanceof Free) {
                    return true;
                }
            }
            return attack instanceof Fgsm || Descent.of(attack) instanceof Descent one && one.steps() == 1;
        }

        /** What is found in accuracies of one level. */
        Optional<Overfitting.Finding> find(List<Overfitting.Sample> one, List<Overfitting.Sample> many) {
            // A network in sound training may classify clean images long before it withstands an attack.
            return Overfitting.find(one, many)
                    .filter(found -> !weak.equals(NONE) || found.since().isPresent());
        }

        /** The attack of one step as a sentence names it. */
        String weakName() {
            return weak.equals(NONE) ? "no attack" : weak;
        }
    }

    /**
     * A reader that has read nothing.
     *
     * @param number 0 is the dense level
     * @param split of which measurements are shown
     * @param pairs attacks to compare; none if the level is not trained on an attack
     * @param bounds names of measurements that may overflow where training goes well
     */
    LevelReader(StoredLevel level, int number, String split, List<Pair> pairs, Set<String> bounds) {
        this.level = level;
        this.number = number;
        this.split = split;
        this.pairs = pairs;
        this.bounds = bounds;
        this.tail = tail();
    }

    private LineTail tail() {
        return new LineTail(source());
    }

    int number() {
        return number;
    }

    String key() {
        return level.key();
    }

    LevelState state() {
        return state;
    }

    /** Why it ended early. */
    Optional<Failure> failure() {
        return failure;
    }

    /** The first measurement whose loss was not a number. */
    Optional<Measurement> notFinite() {
        return notFinite;
    }

    /** Catastrophic overfitting, in words. */
    Optional<String> overfitting() {
        return overfitting;
    }

    /** What of its files cannot be used. */
    Optional<String> damage() {
        return damage;
    }

    /** Whether it is done and read: nothing more will come. */
    boolean settled() {
        return settled;
    }

    /** Forgets all: its directory is gone. */
    void reset() {
        tail = tail();
        state = LevelState.WAITING;
        density = Optional.empty();
        restart();
        failure = Optional.empty();
        damage = Optional.empty();
        settled = false;
    }

    /**
     * Reads a level that was done once more if it is no longer the one that was read: a store may be deleted, and its search
     * run again, while nobody looks.
     */
    void recheck() {
        if (settled && (level.state() != state || tail.changed())) {
            settled = false;
            tail = tail();
            restart();
        }
    }

    private void restart() {
        curves.clear();
        lines = 0;
        notFinite = Optional.empty();
        overfitting = Optional.empty();
        damagedLine = Optional.empty();
    }

    /** Reads what was added. Returns whether anything is new. */
    boolean poll() {
        LevelState before = state;
        Optional<String> damageBefore = damage;
        // The state is read first: of a level that is done all lines are there.
        state = level.state();
        if (state == LevelState.WAITING) {
            if (before != LevelState.WAITING) {
                reset();
            }
            return before != LevelState.WAITING;
        }
        boolean news = state != before;
        try {
            damage = Optional.empty();
            if (density.isEmpty()) {
                density = level.density();
                news |= density.isPresent();
            }
            failure = level.failure();
            news |= readLines();
            damage = damagedLine;
        } catch (UserException e) {
            damage = Optional.of(e.getMessage());
        }
        if (state == LevelState.DONE && lines == 0 && damage.isEmpty()) {
            damage = Optional.of(source() + " is missing or empty");
        }
        settled = state == LevelState.DONE || state == LevelState.FAILED;
        if (settled && number > 0) {
            // What is shown of it from now on is its last measurement; dense levels stay, for comparison.
            curves.replaceAll((_, points) -> new ArrayList<>(List.of(points.getLast())));
        }
        return news || !damage.equals(damageBefore);
    }

    private boolean readLines() {
        boolean news = false;
        while (true) {
            LineTail.News added = tail.read();
            if (added.restarted()) {
                restart();
            }
            for (String line : added.lines()) {
                lines++;
                try {
                    take(MetricsLines.read(line, source() + ", line " + lines + ","));
                } catch (UserException e) {
                    damagedLine = damagedLine.or(() -> Optional.of(e.getMessage()));
                }
            }
            news |= added.restarted() || !added.lines().isEmpty();
            if (!added.more()) {
                break;
            }
        }
        if (news && overfitting.isEmpty()) {
            overfitting = pairs.stream()
                    .flatMap(pair -> pair.find(samples(pair.weak()), samples(pair.strong())).stream()
                            .map(found -> found.text(pair.weakName(), pair.strong())))
                    .findFirst();
        }
        return news;
    }

    private void take(Measurement point) {
        if (!Double.isFinite(point.loss()) && notFinite.isEmpty() && !bounds.contains(point.attack())) {
            notFinite = Optional.of(point);
        }
        if (point.split().equals(split)) {
            curves.computeIfAbsent(point.attack(), _ -> new ArrayList<>()).add(point);
        }
    }

    private Path source() {
        return level.directory().resolve(StoredLevel.METRICS);
    }

    private List<Overfitting.Sample> samples(String attack) {
        return curves.getOrDefault(attack, List.of()).stream()
                .map(point -> new Overfitting.Sample(point.iteration(), point.accuracy(), point.examples()))
                .toList();
    }

    /**
     * What pages show: {@code n} number, {@code s} state, {@code d} density, {@code it} of {@code of} updates made,
     * {@code rate} updates per second, {@code acc} last accuracies by attack, {@code curves} (iteration, accuracy, loss)
     * by attack of a level in work or a dense one, {@code w} whether there is a warning.
     *
     * @param atWork who works on the search now
     */
    Map<String, Object> shown(TimeSpent spent, int iterations, AtWork atWork) {
        var shown = new LinkedHashMap<String, Object>();
        boolean inWork = atWork.inWork(key(), state, spent);
        shown.put("n", number);
        shown.put("s", inWork ? "work" : state.name().toLowerCase(Locale.ROOT));
        density.ifPresent(d -> shown.put("d", d));
        int reached = inWork ? Math.max(spent.reached(key()), measured()) : spent.reached(key());
        shown.put("it", state == LevelState.DONE ? iterations : Math.min(iterations, reached));
        shown.put("of", iterations);
        if (settled) {
            spent.pace(key()).map(TimeSpent.Pace::rate).ifPresent(rate -> shown.put("rate", rounded(rate)));
        } else if (inWork) {
            spent.rate(key()).ifPresent(rate -> shown.put("rate", rounded(rate)));
        }
        var accuracies = new LinkedHashMap<String, Object>();
        curves.forEach(
                (attack, points) -> accuracies.put(attack, points.getLast().accuracy()));
        shown.put("acc", accuracies);
        if (!settled || number == 0) {
            var all = new LinkedHashMap<String, Object>();
            curves.forEach((attack, points) -> all.put(
                    attack,
                    points.stream()
                            .map(point -> List.<Object>of(point.iteration(), point.accuracy(), rounded(point.loss())))
                            .toList()));
            shown.put("curves", all);
        }
        warning().ifPresent(what -> shown.put("w", what));
        return shown;
    }

    /** The latest iteration that was measured: lines of times come more seldom where measurements are close. */
    private int measured() {
        return curves.values().stream()
                .mapToInt(points -> points.getLast().iteration())
                .max()
                .orElse(0);
    }

    private Optional<String> warning() {
        if (failure.isPresent()) {
            return Optional.of("diverged");
        } else if (damage.isPresent()) {
            return Optional.of("damaged");
        } else if (notFinite.isPresent()) {
            return Optional.of("loss not finite");
        }
        return overfitting.map(_ -> "catastrophic overfitting");
    }

    /** Four digits are plenty for a picture. */
    private static Object rounded(double value) {
        if (!Double.isFinite(value)) {
            return Double.NaN; // null in JSON
        }
        return new BigDecimal(value).round(new MathContext(5)).doubleValue();
    }

    @Override
    public String toString() {
        return level.toString();
    }
}
