package org.espalier.lab.study.ticket;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudiedTrial;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Tickets of a search that vote as one, after the idea of several masks in one network: Tan, Pan and Huang, "One is more: diverse
 * perspectives within a single network for efficient DRL" (2023), of which only the abstract could be had.
 */
@Kind("masked-ensemble-style")
public record MaskedEnsemble(
        @Setting("data set of the search; the first if not given")
        Optional<String> dataSet,

        @Setting("objective of the search; the first if not given")
        Optional<String> objective,

        @Setting("strategy whose tickets vote; the first if not given")
        Optional<String> strategy,

        @Setting(value = "trials whose tickets vote; all if empty", preset = "[]", min = 1)
        List<Integer> trials,

        @Setting(value = "levels whose tickets vote; the last that all trials have if empty", preset = "[]", min = 0)
        List<Integer> levels,

        @Setting(value = "radius of PGD's L-infinity ball, in pixel values", preset = "0.1", min = 0, max = 1)
        double epsilon,

        @Setting(value = "steps of PGD, of epsilon / 4 each", preset = "10", min = 1)
        int steps,

        @Setting(value = "test images to measure, from the start", preset = "1000", min = 1)
        int images) {

    private record Member(String name, StoredNetwork network) {}

    /** Registers the study. */
    public static final class Definition implements StudyKind<MaskedEnsemble> {
        @Override
        public Class<MaskedEnsemble> settings() {
            return MaskedEnsemble.class;
        }

        @Override
        public String question() {
            return "Do tickets that vote withstand more than each alone, and do adversarial examples of one fool"
                    + " another?";
        }

        @Override
        public String source() {
            return "After Tan, Pan and Huang 2023 (OMNet), abstract only; classification instead of reinforcement"
                    + " learning is ours";
        }

        @Override
        public StudyResult run(MaskedEnsemble settings, StudyContext context) {
            List<StudiedTrial> trials = context.trials(settings.dataSet, settings.objective, settings.strategy).stream()
                    .filter(trial -> settings.trials.isEmpty()
                            || settings.trials.contains(trial.trial().id().trial()))
                    .toList();
            List<Member> members = settings.members(trials);
            Split test = StudiedTrial.first(trials.getFirst().splits().test(), settings.images);
            Stream noise = Stream.root(trials.getFirst().experiment().seed()).child("study masked ensemble");
            int count = members.size();
            // Task k attacks member k alone; the last one attacks the vote of all.
            List<Callable<int[]>> tasks = IntStream.rangeClosed(0, count)
                    .mapToObj(target -> (Callable<int[]>) () -> {
                        List<Engine> engines = members.stream()
                                .map(member -> engine(context, member))
                                .toList();
                        int[] withstand = attacked(settings, engines, target, test, noise);
                        context.say("attacked " + (target < count ? members.get(target).name : "the vote"));
                        return withstand;
                    })
                    .toList();
            List<int[]> found = new ArrayList<>();
            found.add(attacked(
                    settings,
                    members.stream().map(member -> engine(context, member)).toList(),
                    -1,
                    test,
                    noise));
            found.addAll(context.all(tasks));
            return settings.result(members, found, test.size());
        }
    }

    private List<Member> members(List<StudiedTrial> chosen) {
        List<Integer> numbers = levels;
        if (numbers.isEmpty() && !chosen.isEmpty()) {
            int last = chosen.stream()
                    .mapToInt(trial -> Arrays.stream(trial.levels()).max().orElse(-1))
                    .min()
                    .orElseThrow();
            numbers = last < 0 ? List.of() : List.of(last);
        }
        List<Member> members = new ArrayList<>();
        for (StudiedTrial trial : chosen) {
            for (int level : numbers) {
                members.add(
                        new Member("trial " + trial.trial().id().trial() + ", level " + level, trial.trained(level)));
            }
        }
        if (members.size() < 2) {
            throw new UserException("trials is " + trials + " and levels is " + levels
                    + ", expected two tickets or more" + " to vote, found " + members.size());
        }
        return members;
    }

    private static Engine engine(StudyContext context, Member member) {
        Engine engine = context.engine(member.network.mask().architecture());
        engine.load(member.network.weights(), member.network.mask());
        return engine;
    }

    /**
     * Images that each member and, last, the vote classify right.
     *
     * @param target whom the images are attacked for: a member, the vote if as many as members, nobody if -1
     */
    private static int[] attacked(MaskedEnsemble settings, List<Engine> engines, int target, Split test, Stream noise) {
        Vote all = new Vote(engines);
        Vote attacked = target < 0 || target == engines.size() ? all : new Vote(List.of(engines.get(target)));
        int[] right = new int[engines.size() + 1];
        for (int first = 0; first < test.size(); first += Vote.TILE) {
            int count = Math.min(Vote.TILE, test.size() - first);
            attacked.load(test, first, count);
            if (target >= 0) {
                attacked.perturb(test.labels(), first, count, settings.epsilon, settings.steps, noise);
            }
            all.point(attacked.point());
            all.forward();
            for (int e = 0; e < count; e++) {
                int label = test.labels()[first + e];
                for (int member = 0; member <= engines.size(); member++) {
                    right[member] += all.predicted(member, e) == label ? 1 : 0;
                }
            }
        }
        return right;
    }

    /** @param found first without attack, then attacked for each member, last for the vote */
    private StudyResult result(List<Member> members, List<int[]> found, int size) {
        int count = members.size();
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> transfer = new ArrayList<>();
        List<String> headings = new ArrayList<>(List.of("attacked"));
        for (int member = 0; member <= count; member++) {
            String name = member == count ? "vote" : members.get(member).name;
            headings.add(member == count ? "vote" : Integer.toString(member + 1));
            rows.add(List.of(
                    member == count ? "" : Integer.toString(member + 1),
                    name,
                    member == count
                            ? ""
                            : percent(
                                    members.get(member).network.mask().count(),
                                    members.get(member)
                                            .network
                                            .mask()
                                            .architecture()
                                            .weights()),
                    percent(found.getFirst()[member], size),
                    percent(found.get(member + 1)[member], size),
                    percent(found.get(count + 1)[member], size)));
            List<String> row = new ArrayList<>(List.of(name));
            for (int reader = 0; reader <= count; reader++) {
                row.add(percent(found.get(member + 1)[reader], size));
            }
            transfer.add(row);
        }
        String ball = "PGD with " + steps + " steps of epsilon / 4, epsilon " + epsilon + ", one random start; " + size
                + " test images";
        return new StudyResult(
                List.of(
                        new StudyResult.Table(
                                "members",
                                "Tickets that vote: accuracy in %",
                                2,
                                List.of("", "ticket", "P_m %", "clean", "attacked itself", "vote attacked"),
                                rows,
                                List.of(
                                        "the vote averages the members' probabilities; it is attacked through all of"
                                                + " them",
                                        ball,
                                        "tickets of several trials have initial weights of their own; those of one"
                                                + " trial share them")),
                        new StudyResult.Table(
                                "transfer",
                                "Accuracy in % of the columns on adversarial examples of the rows",
                                1,
                                headings,
                                transfer,
                                List.of(ball))),
                List.of());
    }

    private static String percent(int found, int of) {
        return String.format(Locale.ROOT, "%.2f", 100.0 * found / of);
    }
}
