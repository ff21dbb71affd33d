package org.espalier.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.Interruption;
import org.espalier.cli.console.OptionChecks;
import org.espalier.cli.place.PlaceOptions;
import org.espalier.cli.place.RunPlace;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.cli.progress.EvaluationProgress;
import org.espalier.cli.progress.SharedParts;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.cluster.WorkRequest;
import org.espalier.lab.counterexample.KeptDirectory;
import org.espalier.lab.exchange.LeaderboardEntry;
import org.espalier.lab.experiment.Decimals;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Json;
import org.espalier.lab.robustness.EvaluationRequest;
import org.espalier.lab.robustness.EvaluationRunner;
import org.espalier.lab.robustness.Radius;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.lab.robustness.SuiteChoice;
import org.espalier.lab.selftest.SelfTest;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketSplits;
import org.espalier.report.example.ContactSheets;
import org.espalier.report.format.TextTable;
import org.espalier.report.table.EvaluationTables;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier evaluate}: attacks tickets with a suite, checks the accuracies by the rules, and stores them. */
@Command(
        name = "evaluate",
        description = "Attack tickets with a suite and report robust accuracy, with checks of its reliability.",
        footer = {
            "",
            "Suites: standard (AutoAttack's four), fast, paper (FGSM and PGD-10), thorough, distances",
            "(minimum-norm attacks, for security curves), or a YAML file.",
            "Examples:",
            "  espalier evaluate runs/quick-mlp --strategy original --trial 1 --level 3",
            "  espalier evaluate runs/quick-mlp --all-levels --suite fast --images 200",
            "  espalier evaluate ticket.safetensors --suite fast --keep",
            "  espalier evaluate /shared/mine --all-levels --shared",
            "  espalier evaluate /shared/mine --all-levels --on spark --master spark://HOST:7077",
            "  espalier evaluate --self-test"
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final int USUAL_IMAGES = 1000;
    private static final float USUAL_EPSILON = 0.3f;

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TICKET", arity = "0..1", description = TicketOptions.GIVEN)
    private Optional<Path> given;

    @Option(names = "--suite", paramLabel = "NAME|FILE", description = "Suite of attacks (default: standard).")
    private String suite = "standard";

    @Option(names = "--norm", paramLabel = "NORM", description = "linf, l2 or l1 (default: linf).")
    private String norm = "linf";

    @Option(
            names = "--epsilon",
            paramLabel = "E",
            description = "Radius of the ball, in pixel values 0 to 1, e.g. 0.3 or 8/255 (default: 0.3 in linf).")
    private Optional<String> epsilon;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Number of images to attack, from the start of the split (default: 1000, or all if fewer).")
    private Optional<Integer> images;

    @Option(names = "--split", paramLabel = "SPLIT", description = "test or validation (default: test).")
    private String split = "test";

    @Option(
            names = "--rules",
            paramLabel = "WHICH",
            description = "all or none (default: all). None runs the suite alone, and the verdict is not checked.")
    private String rules = "all";

    @Option(names = "--seed", paramLabel = "N", description = "Seed of all randomness (default: 1).")
    private long seed = 1;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Batches in work at the same time, one core each (default: all cores). Changes no result.")
    private Optional<Integer> jobs;

    @Mixin
    private TicketOptions ticketOptions;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the results (default: in the search, or beside the file).")
    private Optional<Path> out;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            arity = "0..1",
            fallbackValue = "",
            description =
                    "Keep what the attacks find, as arrays (.npz) and pictures (default: with the results). An evaluation that"
                            + " is finished without runs its attacks again on the images that they broke.")
    private Optional<Path> keep;

    @Option(
            names = "--as-entry",
            description =
                    "Write records for RobustBench and for the benchmark of adversarial pruning, with the results. Needs --suite"
                            + " standard.")
    private boolean asEntry;

    @Option(
            names = "--entry-field",
            paramLabel = "NAME=VALUE",
            description =
                    "With --as-entry: a field that Espalier does not know, e.g. name, link, authors, venue, additional-data,"
                            + " architecture, ap-key. May be repeated. Fields that are not given are left out.")
    private Map<String, String> entryFields = new LinkedHashMap<>();

    @Option(names = "--shared", description = SharedParts.SHARED)
    private boolean shared;

    @Mixin
    private PlaceOptions placeOptions;

    @Option(names = "--json", description = "Print results as JSON, one line per ticket.")
    private boolean json;

    @Option(names = "--self-test", description = "Test evaluation itself, on networks whose robust accuracy is known.")
    private boolean selfTest;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    EvaluateCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new EvaluateCommand(console));
        }
    }

    @Override
    public Integer call() {
        OptionChecks.atLeastOne(spec, "--jobs", jobs);
        int threads = jobs.orElse(Runtime.getRuntime().availableProcessors());
        if (selfTest) {
            checkAlone();
            return selfTest(threads);
        }
        TicketOptions.KeepChoice choice = TicketOptions.KeepChoice.of(spec, given, keep);
        keep = choice.place();
        Path path = choice.ticket();
        ThreatModel threat = threat();
        OptionChecks.atLeastOne(spec, "--images", images);
        Optional<RunPlace> place = placeOptions.place(spec);
        if (shared && place.isPresent()) {
            throw wrong("--shared is given, expected none with --on");
        } else if ((shared || place.isPresent()) && keep.isPresent()) {
            throw wrong("--keep is given, expected none with " + (shared ? "--shared" : "--on")
                    + "; run the command again with --keep alone");
        }
        if (asEntry && !suite.equals("standard")) {
            throw wrong("--as-entry needs --suite standard, AutoAttack's attacks, found " + suite);
        } else if (!asEntry && !entryFields.isEmpty()) {
            throw wrong("--entry-field is given, expected --as-entry with it");
        }
        LeaderboardEntry.check(entryFields);
        OptionChecks.oneOf(spec, "--rules", rules, List.of("all", "none"));
        OptionChecks.oneOf(spec, "--split", split, List.of("test", "validation"));
        OptionChecks.oneOf(spec, "--weights", ticketOptions.weights(), List.of("final", "best-validation"));
        List<Ticket> tickets = tickets(path);
        List<EvaluationRequest> requests = requests(tickets, threat);
        if (place.isPresent()) {
            return place(tickets, requests, place.get());
        }
        return shared ? share(tickets, requests, threads) : attack(requests, threads);
    }

    private int place(List<Ticket> tickets, List<EvaluationRequest> requests, RunPlace place) {
        Path root = TicketOptions.sharedRoot(tickets, out, "--on");
        OptionalInt interrupted = PlacedParts.run(
                console,
                place,
                placeOptions,
                jobs,
                root,
                Ticket.EVALUATIONS,
                PlacedParts.evaluations(requests, suite, root),
                spec.root().commandLine().getParseResult().originalArgs());
        return interrupted.isPresent() ? interrupted.getAsInt() : conclude(requests);
    }

    private int share(List<Ticket> tickets, List<EvaluationRequest> requests, int threads) {
        Path root = TicketOptions.sharedRoot(tickets, out, "--shared");
        OptionalInt interrupted = SharedParts.run(
                console,
                requests.stream()
                        .map(request -> EvaluationRunner.parted(request, root))
                        .toList(),
                root,
                Ticket.EVALUATIONS,
                threads,
                WorkRequest.USUAL_TERM,
                false);
        return interrupted.isPresent() ? interrupted.getAsInt() : conclude(requests);
    }

    private int attack(List<EvaluationRequest> requests, int threads) {
        var runner = new EvaluationRunner(requests, threads, new EvaluationProgress(console), this::kept);
        try (Interruption interruption = Interruption.expect(() -> {
            console.err().println("stopping; waits for the batches in work");
            runner.stop();
        })) {
            if (!runner.run()) {
                return interruption.stopped(console);
            }
        }
        int code = conclude(requests);
        runner.secondsPerImage()
                .ifPresent(seconds -> console.err()
                        .println(String.format(
                                Locale.ROOT,
                                "Time: %.3g s of processor time per image, %s",
                                seconds,
                                rules.equals("all") ? "the rules' attacks included" : "without rules")));
        return code;
    }

    private int conclude(List<EvaluationRequest> requests) {
        int code = show(requests);
        pictures(requests);
        if (asEntry) {
            requests.forEach(this::entries);
        }
        return code;
    }

    /** Where the adversarial examples of an evaluation are kept, if they are. */
    private Optional<KeptDirectory> kept(EvaluationRequest request) {
        return keep.map(place ->
                KeptDirectory.of(place, request.directory(), request.ticket().digest(), request.id()));
    }

    private void pictures(List<EvaluationRequest> requests) {
        for (EvaluationRequest request : requests) {
            kept(request).ifPresent(directory -> {
                List<Path> sheets =
                        ContactSheets.write(directory, request.set().details().classNames());
                console.err()
                        .println("Kept: " + directory.file() + " and " + sheets.size()
                                + (sheets.size() == 1 ? " picture" : " pictures") + " beside it");
            });
        }
    }

    private void entries(EvaluationRequest request) {
        var entry = new LeaderboardEntry(
                request.ticket(),
                StoredEvaluations.read(request),
                request.split().size(),
                entryFields);
        Path robustBench = request.directory().resolve("entry-robustbench.json");
        Path pruning = request.directory().resolve("entry-adversarial-pruning.json");
        AtomicFiles.write(robustBench, json(entry.robustBench()));
        AtomicFiles.write(pruning, json(entry.adversarialPruning()));
        console.err()
                .println("Entries: " + robustBench + " and " + pruning
                        + (entry.missing().isEmpty()
                                ? ""
                                : "; left out, as not given with --entry-field: "
                                        + String.join(", ", entry.missing())));
    }

    private static byte[] json(Map<String, Object> record) {
        return (Json.write(record) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private List<Ticket> tickets(Path path) {
        List<Ticket> tickets = ticketOptions.tickets(path);
        return out.isEmpty()
                ? tickets
                : tickets.stream().map(ticket -> ticket.keptIn(out.get())).toList();
    }

    private List<EvaluationRequest> requests(List<Ticket> tickets, ThreatModel threat) {
        List<EvaluationRequest> requests = new ArrayList<>();
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            TicketSplits parts = new TicketSplits(split, lines);
            for (Ticket ticket : tickets) {
                TicketSplits.Part part = parts.of(ticket);
                Radius.check(threat, part.set().features(), "--epsilon");
                requests.add(new EvaluationRequest(
                        ticket,
                        part.set(),
                        part.split(),
                        count(part.split()),
                        SuiteChoice.of(
                                suite,
                                threat.norm(),
                                ticket.network().mask().architecture().classes()),
                        threat,
                        seed,
                        rules.equals("all")));
            }
        }
        return requests;
    }

    private int count(Split part) {
        images.filter(n -> n > part.size()).ifPresent(n -> {
            throw new UserException("--images is " + n + ", expected at most " + part.size() + ", the " + part.name()
                    + " images of the data set");
        });
        return images.orElse(Math.min(USUAL_IMAGES, part.size()));
    }

    private ThreatModel threat() {
        Norm chosen = OptionChecks.norm(spec, norm);
        if (epsilon.isEmpty() && chosen != Norm.LINF) {
            throw wrong("--epsilon is missing: only linf has a default, " + USUAL_EPSILON);
        }
        float radius = (float) epsilon.map(text -> Decimals.parseDouble(text)
                        .orElseThrow(() -> wrong("--epsilon is " + text
                                + ", expected a number above 0 or a fraction as 8/255" + Decimals.hint(text))))
                .orElse((double) USUAL_EPSILON)
                .doubleValue();
        OptionChecks.epsilon(spec, epsilon.orElse(""), radius, chosen);
        return new ThreatModel(chosen, radius);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int show(List<EvaluationRequest> requests) {
        List<EvaluationTables.Row> rows = new ArrayList<>();
        boolean refused = false;
        for (EvaluationRequest request : requests) {
            StoredEvaluation stored = StoredEvaluations.read(request);
            refused |= stored.verdict() == Verdict.REFUSED;
            rows.add(new EvaluationTables.Row(request.ticket().label(), stored));
            if (json) {
                console.out().println(jsonLine(request, stored));
            }
        }
        if (!json) {
            if (rows.size() == 1) {
                console.out().print(TextTable.of(EvaluationTables.one(rows.getFirst()), console.resultWidth()));
            } else {
                console.out().print(TextTable.of(EvaluationTables.many(rows), console.resultWidth()));
            }
            console.out().println();
            console.out()
                    .println("Written: "
                            + (rows.size() == 1
                                    ? requests.getFirst().directory()
                                    : rows.size() + " evaluations, e.g. "
                                            + requests.getFirst().directory()));
        }
        return refused ? ExitCode.REFUSED : ExitCode.DONE;
    }

    private static String jsonLine(EvaluationRequest request, StoredEvaluation stored) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("directory", request.directory().toString());
        request.ticket().place().ifPresent(place -> line.putAll(place.members()));
        return StoredEvaluations.json(line, request, stored);
    }

    /** The self-test has networks and attacks of its own. */
    private void checkAlone() {
        given.ifPresent(path -> {
            throw wrong("the ticket " + path + " is given, expected none with --self-test");
        });
        spec.commandLine().getParseResult().matchedOptions().stream()
                .filter(option -> !option.inherited())
                .map(OptionSpec::longestName)
                .filter(name -> !List.of("--self-test", "--jobs").contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw wrong(name + " is given, expected none with --self-test");
                });
    }

    private int selfTest(int threads) {
        DataSet digits;
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            digits = DataSets.load("digits", Optional.empty(), lines);
        }
        List<SelfTest.Answer> answers = new SelfTest(digits, threads).run(answer -> {
            console.out().println((answer.right() ? "right  " : "WRONG  ") + answer.name());
            console.out().println("       expected: " + answer.expected());
            console.out().println("       found:    " + answer.found());
            console.out().flush();
        });
        boolean right = answers.stream().allMatch(SelfTest.Answer::right);
        console.out()
                .println(
                        right
                                ? "self-test passed: all results are as expected"
                                : "self-test failed: do not rely on evaluations");
        return right ? ExitCode.DONE : ExitCode.REFUSED;
    }
}
