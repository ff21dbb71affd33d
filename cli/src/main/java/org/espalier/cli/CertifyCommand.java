package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
import org.espalier.cli.progress.CertificationProgress;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.cli.progress.SharedParts;
import org.espalier.lab.certification.BoundsConsistency;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.CertificationMethod;
import org.espalier.lab.certification.CertificationRequest;
import org.espalier.lab.certification.CertificationRunner;
import org.espalier.lab.certification.KeptCounterexamples;
import org.espalier.lab.certification.StoredCertifications;
import org.espalier.lab.cluster.WorkRequest;
import org.espalier.lab.counterexample.KeptDirectory;
import org.espalier.lab.experiment.Decimals;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.file.Json;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketSplits;
import org.espalier.report.example.ContactSheets;
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

/** {@code espalier certify}: proves lower bounds on the robust accuracy of tickets. */
@Command(
        name = "certify",
        description =
                "Certify the share of images that no attack in a ball can break, by bounds or exact verification.",
        footer = {
            "",
            "Methods, in order of rising tightness and cost: ibp (intervals), crown-ibp, crown (linear bounds),",
            "alpha-crown (linear bounds, optimised), exact (branch and bound, with counterexamples).",
            "Examples:",
            "  espalier certify runs/quick-mlp --strategy original --trial 1 --all-levels --epsilon 0.1",
            "  espalier certify runs/quick-mlp --strategy original --trial 1 --level 5 --epsilon 0.05 --method exact"
                    + " --images 100"
        })
final class CertifyCommand implements Callable<Integer> {
    private static final int USUAL_BOUND_IMAGES = 1000;
    private static final int USUAL_EXACT_IMAGES = 100;
    private static final float USUAL_EPSILON = 0.1f;

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TICKET", arity = "0..1", description = TicketOptions.GIVEN)
    private Optional<Path> given;

    @Mixin
    private TicketOptions ticketOptions;

    @Option(names = "--norm", paramLabel = "NORM", description = "linf, l2 or l1 (default: linf); exact is for linf.")
    private String norm = "linf";

    @Option(
            names = {"--epsilon", "--epsilons"},
            paramLabel = "E",
            split = ",",
            description =
                    "Radius of the ball, above 0 and in linf at most 1, e.g. 0.1 or 8/255. Several radii, separated by"
                            + " commas, give a curve (default: 0.1 in linf).")
    private List<String> epsilons = new ArrayList<>();

    @Option(
            names = "--method",
            paramLabel = "NAME",
            description = "ibp, crown-ibp, crown, alpha-crown or exact (default: crown).")
    private String method = "crown";

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Number of images, from the start of the split (default: 1000, or 100 with exact).")
    private Optional<Integer> images;

    @Option(names = "--split", paramLabel = "SPLIT", description = "test or validation (default: test).")
    private String split = "test";

    @Option(
            names = "--nodes",
            paramLabel = "N",
            description =
                    "With exact: most subproblems per image (default: 2000). The result is the same on every machine.")
    private Optional<Integer> nodes;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            description = "With exact: a time limit per image. With a limit, results depend on the machine.")
    private Optional<Double> timeLimit;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Images in work at the same time, one core each (default: all cores). Changes no result.")
    private Optional<Integer> jobs;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the certificates (default: in the search's directory, or beside the file).")
    private Optional<Path> out;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            arity = "0..1",
            fallbackValue = "",
            description =
                    "With exact: keep the counterexamples, as arrays (.npz) and pictures (default: with the certificate).")
    private Optional<Path> keep;

    @Option(names = "--shared", description = SharedParts.SHARED)
    private boolean shared;

    @Mixin
    private PlaceOptions placeOptions;

    @Option(names = "--json", description = "Print results as JSON, one line per ticket and epsilon.")
    private boolean json;

    private Path ticketGiven; // with or without --keep

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    CertifyCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new CertifyCommand(console));
        }
    }

    @Override
    public Integer call() {
        OptionChecks.atLeastOne(spec, "--jobs", jobs);
        int threads = jobs.orElse(Runtime.getRuntime().availableProcessors());
        TicketOptions.KeepChoice choice = TicketOptions.KeepChoice.of(spec, given, keep);
        keep = choice.place();
        ticketGiven = choice.ticket();
        Optional<RunPlace> place = placeOptions.place(spec);
        if (shared && place.isPresent()) {
            throw wrong("--shared is given, expected none with --on");
        }
        List<CertificationRequest> requests = requests(choice.ticket());
        if (place.isPresent()) {
            return place(requests, place.get());
        }
        if (shared) {
            return share(requests, threads);
        }
        var progress = new CertificationProgress(console, requests.size());
        var runner = new CertificationRunner(threads, progress);
        List<Certification> certifications = new ArrayList<>();
        try (Interruption interruption = Interruption.expect(() -> {
            console.err().println("stopping");
            runner.stop();
        })) {
            for (CertificationRequest request : requests) {
                Optional<Certification> certification = runner.run(request);
                if (certification.isEmpty()) {
                    return interruption.stopped(console);
                }
                certifications.add(certification.get());
            }
        }
        return conclude(requests, certifications);
    }

    private Path root(List<CertificationRequest> requests, String option) {
        return TicketOptions.sharedRoot(
                requests.stream().map(CertificationRequest::ticket).toList(), out, option);
    }

    private int place(List<CertificationRequest> requests, RunPlace place) {
        Path root = root(requests, "--on");
        OptionalInt interrupted = PlacedParts.run(
                console,
                place,
                placeOptions,
                jobs,
                root,
                Ticket.CERTIFICATES,
                PlacedParts.certificates(requests, root),
                spec.root().commandLine().getParseResult().originalArgs());
        return interrupted.isPresent() ? interrupted.getAsInt() : conclude(requests);
    }

    private int share(List<CertificationRequest> requests, int threads) {
        Path root = root(requests, "--shared");
        OptionalInt interrupted = SharedParts.run(
                console,
                requests.stream()
                        .map(request -> CertificationRunner.parted(request, root))
                        .toList(),
                root,
                Ticket.CERTIFICATES,
                threads,
                WorkRequest.USUAL_TERM,
                false);
        return interrupted.isPresent() ? interrupted.getAsInt() : conclude(requests);
    }

    private int conclude(List<CertificationRequest> requests) {
        return conclude(
                requests, requests.stream().map(CertificationRunner::stored).toList());
    }

    private int conclude(List<CertificationRequest> requests, List<Certification> certifications) {
        show(requests, certifications);
        keep.ifPresent(place -> keep(requests, certifications, place));
        List<String> violations = violations(requests, certifications);
        violations.forEach(console::complain);
        return violations.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private void keep(List<CertificationRequest> requests, List<Certification> certifications, Path place) {
        for (int i = 0; i < requests.size(); i++) {
            CertificationRequest request = requests.get(i);
            KeptDirectory directory = KeptDirectory.of(
                    place, request.directory(), request.ticket().digest(), request.id());
            int found = KeptCounterexamples.write(request, certifications.get(i), directory);
            ContactSheets.write(directory, request.set().details().classNames());
            console.err()
                    .println("Kept: " + directory.file() + " (" + found + " " + Names.noun(found, "counterexample")
                            + ")");
        }
    }

    /** Contradictions between these certificates and all stored ones of the same tickets. */
    private static List<String> violations(List<CertificationRequest> requests, List<Certification> certifications) {
        Map<Path, Certification> all = new LinkedHashMap<>();
        certifications.forEach(each -> all.put(each.directory(), each));
        requests.stream()
                .map(CertificationRequest::ticket)
                .distinct()
                .flatMap(ticket -> StoredCertifications.of(ticket).stream())
                .forEach(each -> all.putIfAbsent(each.directory(), each));
        return BoundsConsistency.violations(List.copyOf(all.values()));
    }

    private float radius(String text, Norm measured) {
        float radius = (float) Decimals.parseDouble(text)
                .orElseThrow(() -> wrong("--epsilon is " + text + ", expected a number above 0 or a fraction as 8/255"
                        + Decimals.hint(text)));
        // Of several radii, 0,3 may be meant as one.
        if (epsilons.size() > 1 && radius <= 0) {
            throw wrong("--epsilon is " + String.join(",", epsilons)
                    + ", expected numbers above 0: commas separate several, decimals have a point");
        }
        OptionChecks.epsilon(spec, text, radius, measured);
        return radius;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private List<CertificationRequest> requests(Path path) {
        CertificationMethod chosen = CertificationMethod.of(method);
        if (!chosen.exact() && (nodes.isPresent() || timeLimit.isPresent())) {
            throw new UserException(
                    (nodes.isPresent() ? "--nodes" : "--time-limit") + " needs --method exact, found " + chosen);
        }
        if (!chosen.exact() && keep.isPresent()) {
            throw new UserException("--keep needs --method exact, which finds counterexamples, found " + chosen);
        }
        OptionChecks.oneOf(spec, "--split", split, List.of("test", "validation"));
        Norm measured = OptionChecks.norm(spec, norm);
        if (epsilons.isEmpty() && measured != Norm.LINF) {
            throw wrong("--epsilon is missing: only linf has a default, " + USUAL_EPSILON);
        }
        if (epsilons.isEmpty() && spec.commandLine().getParseResult().hasMatchedOption("--epsilon")) {
            throw wrong("--epsilon has no number, expected one above 0 and at most 1");
        }
        List<Float> radii = epsilons.isEmpty()
                ? List.of(USUAL_EPSILON)
                : epsilons.stream()
                        .map(text -> radius(text, measured))
                        .sorted()
                        .distinct()
                        .toList();
        List<Ticket> tickets = ticketOptions.tickets(path).stream()
                .map(ticket -> out.map(ticket::certificatesKeptIn).orElse(ticket))
                .toList();
        List<CertificationRequest> requests = new ArrayList<>();
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            TicketSplits parts = new TicketSplits(split, lines);
            for (Ticket ticket : tickets) {
                TicketSplits.Part part = parts.of(ticket);
                int usual = chosen.exact() ? USUAL_EXACT_IMAGES : USUAL_BOUND_IMAGES;
                int count = images.orElse(Math.min(part.split().size(), usual));
                for (float epsilon : radii) {
                    requests.add(new CertificationRequest(
                            ticket,
                            part.set(),
                            part.split(),
                            count,
                            measured,
                            epsilon,
                            chosen,
                            nodes.orElse(CertificationRequest.USUAL_NODES),
                            timeLimit));
                }
            }
        }
        return requests;
    }

    private void show(List<CertificationRequest> requests, List<Certification> certifications) {
        if (json) {
            for (int i = 0; i < requests.size(); i++) {
                console.out().println(Json.write(line(requests.get(i), certifications.get(i))));
            }
            return;
        }
        console.out().print(TextTable.of(table(requests, certifications), console.resultWidth()));
        for (CertificationRequest request : requests) {
            for (StoredEvaluation each :
                    StoredEvaluations.of(request.ticket(), new ThreatModel(request.norm(), request.epsilon()))) {
                console.out()
                        .println(String.format(
                                Locale.ROOT,
                                "  %s, suite %s, first %,d %s %s: %s",
                                request.ticket().label(),
                                each.suite(),
                                each.robust().images(),
                                each.split(),
                                Names.noun(each.robust().images(), "image"),
                                each.known().sentence()));
            }
        }
        console.out().println();
        console.out()
                .println("Written: "
                        + (certifications.size() == 1
                                ? requests.getFirst().directory()
                                : certifications.size() + " certificates, e.g. "
                                        + requests.getFirst().directory()));
        console.out().println("Next: " + next(requests));
    }

    /** A network goes to where it is used; several are compared. */
    private String next(List<CertificationRequest> requests) {
        Ticket first = requests.getFirst().ticket();
        boolean one =
                requests.stream().map(each -> each.ticket().digest()).distinct().count() == 1;
        return one || first.place().isEmpty()
                ? "espalier export " + ticketGiven + ticketOptions.given() + " --format onnx"
                : "espalier report " + first.place().get().store();
    }

    private static Map<String, Object> line(CertificationRequest request, Certification certification) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("ticket", request.ticket().label());
        request.ticket().place().ifPresent(place -> line.putAll(place.members()));
        line.put("density", request.ticket().density());
        line.put("norm", request.norm().name().toLowerCase(Locale.ROOT));
        line.put("epsilon", request.epsilon());
        line.put("method", request.method().toString());
        line.put("split", request.split().name());
        line.put("images", request.images());
        line.put("clean", certification.clean());
        line.put("chance", certification.chance().share());
        line.put("certified", certification.certified());
        line.put("attacked", certification.attacked());
        line.put("unbroken", certification.unbroken());
        line.put("unknown", certification.unknown());
        line.put("seconds-per-image", certification.secondsPerImage());
        line.put("directory", request.directory().toString());
        return line;
    }

    private static Table table(List<CertificationRequest> requests, List<Certification> certifications) {
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            CertificationRequest request = requests.get(i);
            Certification each = certifications.get(i);
            keys.add(List.of(
                    request.ticket().label(),
                    percent(request.ticket().density()),
                    ThreatModel.radius(request.epsilon())));
            rows.add(List.of(
                    percent(each.clean()) + (each.ofChance() ? "*" : ""),
                    percent(each.certified()),
                    percent(each.unbroken()),
                    percent(each.attacked()),
                    percent(each.unknown()),
                    seconds(each.secondsPerImage())));
        }
        CertificationRequest first = requests.getFirst();
        List<String> notes = new ArrayList<>();
        certifications.stream()
                .filter(Certification::ofChance)
                .map(each -> percent(each.chance().share()))
                .distinct()
                .forEach(share -> notes.add(
                        "* the network is no better on these images than one that always names their most frequent class ("
                                + share + " %): its certificates show nothing."));
        notes.addAll(meanings(first));
        return new Table(
                "Certified by " + first.method() + ", " + first.norm() + ", first "
                        + String.format(Locale.ROOT, "%,d", first.images()) + " "
                        + first.split().name() + " " + Names.noun(first.images(), "image") + ", %",
                new Table.Block("", List.of("ticket", "P_m", "epsilon"), keys, Set.of(0)),
                List.of(new Table.Block(
                        "", List.of("clean", "certified", "unbroken", "attacked", "unknown", "s/image"), rows)),
                notes);
    }

    /** What the columns mean. */
    private static List<String> meanings(CertificationRequest first) {
        return List.of(
                "certified: no attack in the ball can break these images; robust accuracy is at least this.",
                "unbroken: the attack failed and no counterexample is known; robust accuracy is at most this.",
                "attacked: correct under " + first.attackInWords() + ".",
                "unknown: neither certified nor broken. s/image: mean processor time per verified image.",
                first.method().exact()
                        ? "Exact verification used at most "
                                + String.format(Locale.ROOT, "%,d", first.nodes()) + " nodes per image"
                                + first.secondsPerImage()
                                        .map(limit -> " and at most " + limit + " s per image; with a time"
                                                + " limit, results depend on the machine.")
                                        .orElse(".")
                        : "Bounds are not exact: images that are not certified may be robust too.");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    private static String seconds(double seconds) {
        return Double.isNaN(seconds) ? "-" : String.format(Locale.ROOT, seconds < 0.1 ? "%.4f" : "%.2f", seconds);
    }
}
