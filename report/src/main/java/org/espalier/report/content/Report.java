package org.espalier.report.content;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.report.evaluation.Robustness;
import org.espalier.report.evaluation.RobustnessReader;
import org.espalier.report.result.Published;
import org.espalier.report.result.Results;
import org.espalier.report.result.ResultsReader;
import org.espalier.report.verdict.BeyondAttackReader;
import org.espalier.report.verdict.NonInferiority;
import org.espalier.report.verdict.Terms;
import org.espalier.report.verdict.TicketVerdict;

/**
 * All that a report is made of: one or several searches, and what they show. Tables, pages and figures read this and
 * choose nothing of their own.
 *
 * @param runs the searches, in the order given
 * @param terms on what terms verdicts are given
 * @param verdicts of all runs, in their order
 * @param published what others have published, to stand beside ours
 * @param problems what could not be read and is left out, a sentence each; of runs and of directories that are none
 */
public record Report(
        List<Run> runs, Terms terms, List<TicketVerdict> verdicts, Published published, List<String> problems) {
    /**
     * One search.
     *
     * @param label the experiment's name, or the directory's where runs of the report share the name; unique, shown, and fit
     *     for file names
     * @param store where everything else about it can be read: networks, timings, provenance
     * @param results what was measured
     * @param robustness what suites of attacks have left, and what is certified
     * @param sizes what the masks of its levels leave, read when it is asked for
     */
    public record Run(String label, Store store, Results results, Robustness robustness, LevelSizes sizes) {
        /** The directory that the search is stored in. */
        public Path directory() {
            return store.directory();
        }

        /**
         * Names of a data set's classes as the search saw them, (class). A store of an older version has none: then those of the
         * data set on this machine, if it is the one that the search trained on. Empty if classes are called by their numbers.
         *
         * @throws UserException if the data set's description is damaged
         */
        public List<String> classNames(String dataset) {
            Optional<Path> files = store.experiment().data().sets().stream()
                    .filter(source -> source.name().equals(dataset))
                    .findFirst()
                    .flatMap(Experiment.DataSource::directory)
                    .map(Path::of);
            List<String> stored = store.classNames(dataset);
            return stored.isEmpty()
                    ? DataSets.standard()
                            .details(dataset, files, digest(dataset))
                            .classNames()
                    : stored;
        }

        /** Digest of the data that the search's levels were trained on. */
        private Optional<String> digest(String dataset) {
            return store.trials().stream()
                    .filter(trial -> trial.id().dataset().equals(dataset))
                    .flatMap(trial -> trial.levels().stream())
                    .flatMap(key -> store.level(key).dataDigest().stream())
                    .findFirst();
        }

        /** How many levels are trained, and how many there will be; those that strategies share count once. */
        public Trained trained() {
            Set<String> keys = new HashSet<>();
            store.trials().forEach(trial -> keys.addAll(trial.levels()));
            long done = keys.stream()
                    .filter(key -> store.level(key).state() == LevelState.DONE)
                    .count();
            return new Trained(Math.toIntExact(done), keys.size());
        }
    }

    /** Levels that are trained, of those planned. */
    public record Trained(int done, int planned) {}

    public Report {
        runs = List.copyOf(runs);
        verdicts = List.copyOf(verdicts);
        problems = List.copyOf(problems);
    }

    /**
     * Reads searches, finished or not. A directory that cannot be read is left out and told of; one given twice is
     * read once.
     *
     * @throws UserException if none of the directories can be read
     */
    public static Report read(List<Path> directories, Terms terms) {
        return read(directories, terms, Published.bundled());
    }

    /** The same beside other published values than the bundled ones. */
    public static Report read(List<Path> directories, Terms terms, Published published) {
        var stores = new ArrayList<Store>();
        var problems = new ArrayList<String>();
        Optional<UserException> first = Optional.empty();
        Set<Path> seen = new HashSet<>();
        for (Path directory : directories) {
            if (!seen.add(real(directory))) {
                continue;
            }
            try {
                stores.add(Store.open(directory));
            } catch (UserException e) {
                problems.add(e.getMessage());
                first = first.or(() -> Optional.of(e));
            }
        }
        if (stores.isEmpty()) {
            throw first.orElseGet(() -> new UserException("no directory is given to report on"));
        }
        List<String> labels = labels(stores);
        var runs = new ArrayList<Run>();
        var verdicts = new ArrayList<TicketVerdict>();
        for (int i = 0; i < stores.size(); i++) {
            Results results = ResultsReader.read(stores.get(i));
            problems.addAll(results.problems());
            problems.addAll(damage(stores.get(i), results.problems()));
            Robustness robustness =
                    RobustnessReader.read(stores.get(i), problems::add).of(results.cells());
            var run = new Run(labels.get(i), stores.get(i), results, robustness, new LevelSizes(stores.get(i)));
            runs.add(run);
            NonInferiority.all(labels.get(i), results, run.store().experiment(), robustness, terms)
                    .forEach(verdict -> verdicts.add(
                            BeyondAttackReader.on(verdict, run.store().experiment(), robustness)));
        }
        return new Report(runs, terms, verdicts, published, problems);
    }

    /**
     * The verdicts that a reader asks for first: of networks that are trained against an attack, where there are any, the one
     * by the strongest evaluation; where nothing was evaluated, the one on the attack that they are trained against.
     */
    public List<TicketVerdict> decisive() {
        List<TicketVerdict> against =
                verdicts.stream().filter(TicketVerdict::trainedAgainst).toList();
        List<TicketVerdict> asked = against.isEmpty() ? verdicts : against;
        return asked.stream()
                .filter(verdict -> verdict.basis().isPresent()
                        || asked.stream().noneMatch(other -> other.basis().isPresent() && other.sameNetworks(verdict)))
                .toList();
    }

    /** The verdict on the attack that the same networks are trained against; the verdict itself if there is none. */
    public TicketVerdict ownAttack(TicketVerdict verdict) {
        return verdict.basis().isEmpty()
                ? verdict
                : verdicts.stream()
                        .filter(other ->
                                other.basis().isEmpty() && other.trainedAgainst() && other.sameNetworks(verdict))
                        .findFirst()
                        .orElse(verdict);
    }

    /** Images of any run that are certified and yet broken, a sentence each. */
    public List<String> violations() {
        return runs.stream()
                .flatMap(run -> run.robustness().violations().stream()
                        .map(sentence -> (runs.size() > 1 ? run.label() + ": " : "") + sentence))
                .toList();
    }

    /** Finished levels with a file that is not what it was, but for those that a problem names already. */
    private static List<String> damage(Store store, List<String> problems) {
        return store.damage().stream()
                .filter(sentence -> problems.stream()
                        .noneMatch(problem -> problem.startsWith(sentence.substring(0, sentence.indexOf(';')))))
                .toList();
    }

    /** Splits of the data that lack classes, of any run, a sentence each. */
    public List<String> warnings() {
        return runs.stream()
                .flatMap(run -> run.results().warnings().stream()
                        .map(sentence -> (runs.size() > 1 ? run.label() + ": " : "") + sentence + "."))
                .toList();
    }

    private static Path real(Path directory) {
        try {
            return directory.toRealPath();
        } catch (IOException e) {
            return directory.toAbsolutePath().normalize();
        }
    }

    /** Names of experiments; runs that share one go by their directories, with a number if need be. */
    private static List<String> labels(List<Store> stores) {
        Map<String, Long> counts = stores.stream()
                .collect(Collectors.groupingBy(s -> s.experiment().name(), LinkedHashMap::new, Collectors.counting()));
        var labels = new ArrayList<String>();
        for (Store store : stores) {
            String name = store.experiment().name();
            String label = name;
            if (counts.getOrDefault(name, 0L) > 1) {
                Path last = store.directory().toAbsolutePath().normalize().getFileName();
                label = String.valueOf(last).replaceAll("[^A-Za-z0-9._-]+", "-");
            }
            String unique = label;
            for (int number = 2; labels.contains(unique); number++) {
                unique = label + "-" + number;
            }
            labels.add(unique);
        }
        return labels;
    }
}
