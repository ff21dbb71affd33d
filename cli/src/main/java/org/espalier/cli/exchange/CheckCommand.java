package org.espalier.cli.exchange;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.OptionChecks;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.DataSet;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.ImageCertificate;
import org.espalier.lab.certification.StoredCertifications;
import org.espalier.lab.counterexample.ExampleJudge;
import org.espalier.lab.counterexample.GivenExamples;
import org.espalier.lab.counterexample.Judgement;
import org.espalier.lab.experiment.Decimals;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.file.Json;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.Radius;
import org.espalier.lab.robustness.StoredChecks;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketSplits;
import org.espalier.network.Architecture;
import org.espalier.report.format.TextTable;
import org.espalier.report.table.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier check}: judges adversarial examples of any origin against a network. */
@Command(
        name = "check",
        description =
                "Check adversarial examples of any origin against a network: ball, box, and whether they fool it.",
        footer = {
            "",
            "Files: .npz with x_adv and, if there, x (originals), y (labels) and index (numbers of the images), as evaluate --keep",
            "writes them; or .npy with adversarial examples of the first images of the split.",
            "Examples that fool the network count in the lowest known accuracy of its evaluations in that ball and larger ones.",
            "Examples:",
            "  espalier check theirs.npz --network ticket.safetensors --data digits --norm linf --epsilon 0.3",
            "  espalier check x_adv.npy --labels y.npy --network runs/quick-mlp --strategy original --trial 1 --level 3"
                    + " --epsilon 0.1"
        })
final class CheckCommand implements Callable<Integer> {
    /** Invalid examples that are named one by one. */
    private static final int NAMED = 10;

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "File of adversarial examples.")
    private Path file;

    @Option(names = "--network", paramLabel = "TICKET", required = true, description = TicketOptions.GIVEN)
    private Path network;

    @Option(names = "--norm", paramLabel = "NORM", description = "linf, l2 or l1 (default: the file's, or linf).")
    private Optional<String> norm = Optional.empty();

    @Option(
            names = "--epsilon",
            paramLabel = "E",
            description = "Radius of the ball, in pixel values 0 to 1, e.g. 0.3 or 8/255 (default: the file's).")
    private Optional<String> epsilon = Optional.empty();

    @Option(
            names = "--tolerance",
            paramLabel = "T",
            description =
                    "What counts as rounding, for each pixel (default: 1e-6). Examples that are outside by less are moved into"
                            + " ball and box before they are judged.")
    private String tolerance = "1e-6";

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "True classes, a .npy file (default: y of the file).")
    private Optional<Path> labels = Optional.empty();

    @Option(
            names = "--indices",
            paramLabel = "FILE",
            description =
                    "Numbers of the images in the split, a .npy file (default: index of the file, else images found by x, else"
                            + " the first ones).")
    private Optional<Path> indices = Optional.empty();

    @Option(names = "--split", paramLabel = "SPLIT", description = "test or validation (default: test).")
    private String split = "test";

    @Mixin
    private TicketOptions ticketOptions;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the network's evaluations (default: in the search, or beside the file).")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--no-store", description = "Do not store examples that fool the network.")
    private boolean noStore;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    CheckCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return TicketOptions.ofOne(new CommandLine(new CheckCommand(console)));
        }
    }

    @Override
    public Integer call() {
        if (!List.of("test", "validation").contains(split)) {
            throw wrong("--split is " + split + ", expected test or validation");
        }
        Ticket chosen = ticketOptions.ticket(network, "to check against");
        Ticket ticket = out.map(chosen::keptIn).orElse(chosen);
        Architecture architecture = ticket.network().mask().architecture();
        GivenExamples given =
                GivenExamples.read(file, labels, indices, architecture.graph().input(), architecture.inputs());
        ThreatModel threat = threat(given);
        Radius.check(threat, architecture.inputs(), "--epsilon");
        if (given.count() == 0 && !json) {
            console.out().println(file + ": no examples: nothing was broken");
            return ExitCode.DONE;
        }
        Optional<TicketSplits.Part> part = data(ticket, given);
        Optional<DataSet> set = part.map(TicketSplits.Part::set);
        int[] images = part.map(found -> ExampleJudge.images(given, found.set(), found.split()))
                .orElse(new int[0]);
        Judgement judgement = new ExampleJudge(ticket.network(), threat, slack(), part.map(TicketSplits.Part::split))
                .judge(given, images);
        Optional<Path> stored =
                set.isPresent() && !noStore && !judgement.fooled().isEmpty()
                        ? Optional.of(StoredChecks.write(ticket, set.get(), given, judgement))
                        : Optional.empty();
        List<StoredEvaluation> evaluations = stored.isPresent() ? StoredEvaluations.of(ticket, threat) : List.of();
        if (json) {
            console.out().println(Json.write(line(ticket, given, judgement, stored)));
        } else {
            show(ticket, given, judgement, stored, evaluations);
        }
        List<String> contradictions = set.isPresent() ? contradictions(ticket, set.get(), judgement) : List.of();
        contradictions.forEach(console::complain);
        return contradictions.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED;
    }

    /** The data set; none where the file of examples has all that is needed, the network is of no search, and no set is named. */
    private Optional<TicketSplits.Part> data(Ticket ticket, GivenExamples given) {
        boolean complete = given.original().isPresent() && given.labels().isPresent();
        if (complete && !ticketOptions.namesData() && ticket.place().isEmpty()) {
            return Optional.empty();
        }
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            return Optional.of(new TicketSplits(split, lines).of(ticket));
        }
    }

    private ThreatModel threat(GivenExamples given) {
        Norm chosen =
                norm.map(name -> OptionChecks.norm(spec, name)).or(given::norm).orElse(Norm.LINF);
        // A radius belongs to the norm that it was written for.
        Optional<Float> own =
                given.norm().isEmpty() || given.norm().get() == chosen ? given.epsilon() : Optional.empty();
        float radius = epsilon.map(text -> (float) number("--epsilon", text))
                .or(() -> own)
                .orElseThrow(() -> wrong("--epsilon is missing: " + file + " names no radius"));
        OptionChecks.epsilon(spec, epsilon.orElse(Float.toString(radius)), radius, chosen);
        return new ThreatModel(chosen, radius);
    }

    private float slack() {
        double slack = number("--tolerance", tolerance);
        if (!(slack >= 0 && slack <= 0.01)) {
            throw wrong("--tolerance is " + tolerance + ", expected a number from 0 to 0.01");
        }
        return (float) slack;
    }

    private double number(String option, String text) {
        return Decimals.parseDouble(text)
                .orElseThrow(() -> wrong(
                        option + " is " + text + ", expected a number or a fraction as 8/255" + Decimals.hint(text)));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void show(
            Ticket ticket,
            GivenExamples given,
            Judgement judgement,
            Optional<Path> stored,
            List<StoredEvaluation> evaluations) {
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> counts = new ArrayList<>();
        judgement.outcomes().forEach((outcome, count) -> {
            keys.add(List.of(outcome.toString()));
            counts.add(List.of(String.format(Locale.ROOT, "%,d", count)));
        });
        console.out()
                .print(TextTable.of(
                        new Table(
                                given + ", network " + ticket.label() + ", " + judgement.threat(),
                                new Table.Block("", List.of("outcome"), keys, true),
                                List.of(new Table.Block("", List.of("examples"), counts)),
                                notes(judgement)),
                        console.resultWidth()));
        for (StoredEvaluation each : evaluations) {
            console.out()
                    .println(String.format(
                            Locale.ROOT,
                            "  suite %s, first %,d %s %s: %s",
                            each.suite(),
                            each.robust().images(),
                            each.split(),
                            Names.noun(each.robust().images(), "image"),
                            each.known().sentence()));
        }
        stored.ifPresent(path -> {
            console.out().println();
            console.out().println("Written: " + path);
        });
    }

    private List<String> notes(Judgement judgement) {
        List<String> notes = new ArrayList<>();
        int images = judgement.images().cardinality();
        if (images > 0) {
            notes.add("images with a valid example: robust accuracy at most "
                    + accuracy(new Proportion(judgement.left(), images)) + "; fooled "
                    + judgement.fooled().cardinality());
        }
        judgement
                .split()
                .ifPresent(covered -> notes.add("all " + String.format(Locale.ROOT, "%,d", covered.images()) + " "
                        + covered.name() + " " + Names.noun(covered.images(), "image") + ": robust accuracy at most "
                        + accuracy(new Proportion(judgement.leftOfSplit().orElseThrow(), covered.images()))
                        + "; images without an example count where they are classified right"));
        long moved = judgement.rows().stream().filter(Judgement.Row::moved).count();
        if (moved > 0) {
            notes.add(moved + (moved == 1 ? " example was" : " examples were") + " outside by rounding, at most "
                    + tolerance + " for each pixel, and moved into ball and box");
        }
        List<String> invalid = new ArrayList<>();
        for (int i = 0; i < judgement.rows().size(); i++) {
            Judgement.Row row = judgement.rows().get(i);
            if (row.outcome().invalid()) {
                invalid.add(i
                        + (Double.isNaN(row.distance())
                                ? ""
                                : String.format(Locale.ROOT, " (distance %.6g)", row.distance())));
            }
        }
        if (!invalid.isEmpty()) {
            notes.add("invalid examples, by place from 0: "
                    + invalid.stream().limit(NAMED).collect(Collectors.joining(", "))
                    + (invalid.size() > NAMED ? " and " + (invalid.size() - NAMED) + " more" : ""));
        }
        return notes;
    }

    private static String accuracy(Proportion proportion) {
        return String.format(
                Locale.ROOT,
                "%.2f %% (%,d of %,d)",
                100 * proportion.accuracy(),
                proportion.correct(),
                proportion.images());
    }

    private static Map<String, Object> line(
            Ticket ticket, GivenExamples given, Judgement judgement, Optional<Path> stored) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("file", given.source());
        line.put("ticket", ticket.label());
        line.put("network", ticket.digest());
        line.put("norm", judgement.threat().norm().name().toLowerCase(Locale.ROOT));
        line.put("epsilon", judgement.threat().epsilon());
        Map<String, Object> outcomes = new LinkedHashMap<>();
        judgement
                .outcomes()
                .forEach((outcome, count) ->
                        outcomes.put(outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'), count));
        line.put("outcomes", outcomes);
        line.put("images", judgement.images().cardinality());
        line.put("fooled", judgement.fooled().cardinality());
        line.put("left", judgement.left());
        judgement.split().ifPresent(covered -> {
            line.put("split", covered.name());
            line.put("split-images", covered.images());
            line.put("split-left", judgement.leftOfSplit().orElseThrow());
        });
        line.put(
                "rows",
                judgement.rows().stream()
                        .map(row ->
                                row.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .toList());
        stored.ifPresent(path -> line.put("stored", path.toString()));
        return line;
    }

    /** Images that are certified in this ball and that an example fools the network on. */
    private List<String> contradictions(Ticket ticket, DataSet set, Judgement judgement) {
        List<String> sentences = new ArrayList<>();
        for (Certification each : StoredCertifications.of(ticket)) {
            if (each.network().equals(ticket.digest())
                    && each.data().equals(set.digest())
                    && each.split().equals(split)
                    && each.threat().holds(judgement.threat())) {
                BitSet both = judgement.fooled();
                BitSet certified = new BitSet();
                each.images().stream()
                        .filter(ImageCertificate::certified)
                        .forEach(image -> certified.set(image.image()));
                both.and(certified);
                if (!both.isEmpty()) {
                    sentences.add("contradiction, " + both.cardinality() + " " + Names.noun(both.cardinality(), "image")
                            + ", e.g. image " + both.nextSetBit(0)
                            + ", are certified in " + each.directory() + " and broken by " + file
                            + ": one of the two is wrong");
                }
            }
        }
        return sentences;
    }
}
