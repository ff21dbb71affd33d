package org.espalier.lab.study.ticket;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.TrialId;
import org.espalier.lab.study.StudiedTrial;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.network.Architecture;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * R2S, the random switch between tickets of several densities: Fu, Yu, Zhang, Wu, Ouyang, Cox and Lin, "Drawing robust scratch
 * tickets" (2021), section 4. Each query is answered by a ticket drawn at random. What it withstands is measured in expectation over
 * the draw, also against the average gradient of all tickets (Athalye, Carlini and Wagner, "Obfuscated gradients give a false sense of
 * security", 2018, section 4.2): without that, a random defence shows a false gain.
 */
@Kind("random-switch")
public record RandomSwitch(
        @Setting("data set of the search; the first if not given")
        Optional<String> dataSet,

        @Setting("objective of the search; the first if not given")
        Optional<String> objective,

        @Setting("strategy of the search; the first if not given")
        Optional<String> strategy,

        @Setting(value = "trial whose tickets are drawn from", preset = "1", min = 1)
        int trial,

        @Setting(value = "levels whose tickets are drawn from; all that are trained if empty", preset = "[]", min = 0)
        List<Integer> levels,

        @Setting(
                value =
                        "directories of more searches, such as those of other densities: the last level of their trial of the"
                                + " same number takes part",
                preset = "[]")
        List<String> searches,

        @Setting(value = "radius of PGD's L-infinity ball, in pixel values", preset = "0.1", min = 0, max = 1)
        double epsilon,

        @Setting(value = "steps of PGD, of epsilon / 4 each", preset = "20", min = 1)
        int steps,

        @Setting(value = "test images to measure, from the start", preset = "1000", min = 1)
        int images) {

    private record Member(String name, StoredNetwork network) {}

    /** Images that each ticket classifies right, and that all of them do. */
    private record Right(double[] tickets, double every) {}

    /** Registers the study. */
    public static final class Definition implements StudyKind<RandomSwitch> {
        @Override
        public Class<RandomSwitch> settings() {
            return RandomSwitch.class;
        }

        @Override
        public String question() {
            return "Does a network that answers each query by a ticket drawn at random withstand more than one ticket?";
        }

        @Override
        public String source() {
            return "Fu, Yu, Zhang, Wu, Ouyang, Cox and Lin 2021 (robust scratch tickets, R2S) and their code; the average"
                    + " gradient is after Athalye, Carlini and Wagner 2018";
        }

        @Override
        public List<Path> searches(RandomSwitch settings) {
            return settings.searches.stream()
                    .map(search -> UserPath.of(search, "searches"))
                    .toList();
        }

        @Override
        public StudyResult run(RandomSwitch settings, StudyContext context) {
            StudiedTrial trial = context.trial(settings.dataSet, settings.objective, settings.strategy, settings.trial);
            List<Member> members = settings.members(trial);
            Split test = StudiedTrial.first(trial.splits().test(), settings.images);
            Stream noise = Stream.root(trial.experiment().seed()).child("study random switch");
            int count = members.size();
            // Task -1 attacks nobody, task k ticket k, and the last one the average of all.
            List<Callable<Right>> tasks = IntStream.rangeClosed(-1, count)
                    .mapToObj(target -> (Callable<Right>) () -> {
                        List<Engine> engines = members.stream()
                                .map(member -> engine(context, member))
                                .toList();
                        Right right = settings.attacked(engines, target, test, noise);
                        context.say(
                                target < 0
                                        ? "measured without attack"
                                        : target < count
                                                ? "attacked " + members.get(target).name
                                                : "attacked the average of all");
                        return right;
                    })
                    .toList();
            return settings.result(members, context.all(tasks), test.size());
        }
    }

    private List<Member> members(StudiedTrial chosen) {
        List<Member> members = new ArrayList<>();
        List<Integer> numbers =
                levels.isEmpty() ? Arrays.stream(chosen.levels()).boxed().toList() : levels;
        for (int level : numbers) {
            members.add(new Member("level " + level, chosen.trained(level)));
        }
        for (String directory : searches) {
            Store store = Store.open(UserPath.of(directory, "searches"));
            TrialId own = chosen.trial().id();
            List<StoredTrial> matching = store.trials().stream()
                    .filter(each ->
                            each.id().trial() == trial && each.id().dataset().equals(own.dataset()))
                    .toList();
            if (matching.size() > 1) {
                matching = matching.stream()
                        .filter(each -> each.id().objective().equals(own.objective())
                                && each.id().strategy().equals(own.strategy()))
                        .toList();
            }
            if (matching.size() != 1) {
                throw new UserException("searches has " + directory + ", expected one chain of trial " + trial
                        + " on data set " + own.dataset() + ", or one of them of objective " + own.objective()
                        + " and strategy " + own.strategy());
            }
            StoredTrial other = matching.getFirst();
            members.add(new Member(
                    directory,
                    store.level(other.levels().getLast())
                            .trained()
                            .orElseThrow(() -> new UserException("searches has " + directory
                                    + ", whose last level is not trained, expected a finished search"))));
        }
        if (members.size() < 2) {
            throw new UserException("levels is " + levels + " and searches is " + searches
                    + ", expected two tickets or more to switch between, found " + members.size());
        }
        Architecture first = members.getFirst().network.mask().architecture();
        for (Member member : members) {
            Architecture own = member.network.mask().architecture();
            if (own.inputs() != first.inputs() || own.classes() != first.classes()) {
                throw new UserException("searches has " + member.name + ", whose network is " + own
                        + ", expected the inputs and classes of " + first);
            }
        }
        return members;
    }

    private static Engine engine(StudyContext context, Member member) {
        Engine engine = context.engine(member.network.mask().architecture());
        engine.load(member.network.weights(), member.network.mask());
        return engine;
    }

    private Right attacked(List<Engine> engines, int target, Split test, Stream noise) {
        Vote all = new Vote(engines);
        Vote attacked = target < 0 || target == engines.size() ? all : new Vote(List.of(engines.get(target)));
        double[] right = new double[engines.size()];
        int every = 0;
        for (int first = 0; first < test.size(); first += Vote.TILE) {
            int count = Math.min(Vote.TILE, test.size() - first);
            attacked.load(test, first, count);
            if (target >= 0) {
                attacked.perturbAverage(test.labels(), first, count, epsilon, steps, noise);
            }
            all.point(attacked.point());
            all.forward();
            for (int e = 0; e < count; e++) {
                int label = test.labels()[first + e];
                boolean always = true;
                for (int member = 0; member < engines.size(); member++) {
                    boolean own = all.predicted(member, e) == label;
                    right[member] += own ? 1 : 0;
                    always &= own;
                }
                every += always ? 1 : 0;
            }
        }
        return new Right(right, every);
    }

    /** @param found first without attack, then attacked for each ticket, last for the average of all */
    private StudyResult result(List<Member> members, List<Right> found, int size) {
        int count = members.size();
        Right guessed = new Right(
                new double[count],
                found.subList(1, count + 1).stream()
                        .mapToDouble(Right::every)
                        .average()
                        .orElseThrow());
        List<List<String>> tickets = new ArrayList<>();
        for (int member = 0; member < count; member++) {
            int own = member;
            guessed.tickets[member] = found.subList(1, count + 1).stream()
                    .mapToDouble(right -> right.tickets[own])
                    .average()
                    .orElseThrow();
            StoredNetwork network = members.get(member).network;
            tickets.add(List.of(
                    members.get(member).name,
                    percent(
                            network.mask().count(),
                            network.mask().architecture().weights()),
                    percent(found.getFirst().tickets[member], size),
                    percent(found.get(member + 1).tickets[member], size),
                    percent(found.getLast().tickets[member], size)));
        }
        List<List<String>> rows = List.of(
                row("none", found.getFirst(), size),
                row("one ticket, drawn at random", guessed, size),
                row("average gradient of all tickets", found.getLast(), size));
        String ball = "PGD with " + steps + " steps of epsilon / 4, epsilon " + epsilon + ", one random start; " + size
                + " test images";
        return new StudyResult(
                List.of(
                        new StudyResult.Table(
                                "switch",
                                "A ticket drawn at random for each query: accuracy in %",
                                1,
                                List.of("attacked", "expected", "least ticket", "right by every ticket"),
                                rows,
                                List.of(
                                        ball,
                                        "expected: over the draw of the ticket that answers, all tickets alike",
                                        "a gain against one ticket alone is no robustness: only the last row may be claimed",
                                        "right by every ticket: what no draw gets wrong")),
                        new StudyResult.Table(
                                "tickets",
                                "The tickets: accuracy in %",
                                1,
                                List.of("ticket", "P_m %", "clean", "attacked itself", "average attacked"),
                                tickets,
                                List.of(ball))),
                List.of());
    }

    private static List<String> row(String attack, Right right, int size) {
        double mean = Arrays.stream(right.tickets).average().orElseThrow();
        double least = Arrays.stream(right.tickets).min().orElseThrow();
        return List.of(attack, percent(mean, size), percent(least, size), percent(right.every, size));
    }

    private static String percent(double found, int of) {
        return String.format(Locale.ROOT, "%.2f", 100.0 * found / of);
    }
}
