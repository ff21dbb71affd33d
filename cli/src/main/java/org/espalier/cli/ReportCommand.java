package org.espalier.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.TrialId;
import org.espalier.report.ReportFiles;
import org.espalier.report.ReportFolder;
import org.espalier.report.ReportTargets;
import org.espalier.report.ReportText;
import org.espalier.report.content.LoneNetwork;
import org.espalier.report.content.Report;
import org.espalier.report.content.ReportPart;
import org.espalier.report.format.MarkdownTable;
import org.espalier.report.format.TextTable;
import org.espalier.report.page.LonePage;
import org.espalier.report.page.PageFiles;
import org.espalier.report.result.Published;
import org.espalier.report.table.EvaluationTables;
import org.espalier.report.table.LoneTables;
import org.espalier.report.table.Table;
import org.espalier.report.verdict.Comparison;
import org.espalier.report.verdict.Terms;
import org.espalier.report.verdict.TicketVerdict;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier report DIR...}: verdicts, tables and figures of searches, on the terminal and as files. */
@Command(
        name = "report",
        description = "Show verdicts and tables of searches, finished or not, and write a report.",
        footer = {
            "",
            "Examples:",
            "  espalier report runs/quick",
            "  espalier report runs/digits-* --out comparison",
            "  espalier report ticket.safetensors",
            "  espalier report --text runs/quick | less"
        })
final class ReportCommand implements Callable<Integer> {
    /** Problems that have a line each; the others are counted. */
    private static final int MOST_PROBLEMS = 10;

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DIR",
            arity = "1..*",
            description =
                    "Directory of a search; several searches are compared. Or one network's file, or the directory of one of its"
                            + " evaluations.")
    private List<Path> directories;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Folder for all output (default: " + ReportFolder.NAME
                    + " in the first DIR; the results of each search stay in its own DIR).")
    private Optional<Path> out;

    @Option(names = "--text", description = "Show verdicts, tables and curves as text and write no file.")
    private boolean text;

    @Option(
            names = "--iteration",
            paramLabel = "N",
            description = "Iteration to show; the nearest measured one is taken (default: the experiment's).")
    private Optional<Integer> iteration;

    @Option(
            names = "--confidence",
            paramLabel = "PERCENT",
            description = "Confidence of tests and intervals (default: 95).")
    private Optional<Double> confidence;

    @Option(
            names = "--margin",
            paramLabel = "POINTS",
            description = "Largest loss of accuracy, in percentage points, that counts as none (default: 0.5).")
    private Optional<Double> margin;

    @Option(
            names = "--published",
            paramLabel = "FILE",
            description = "CSV file of published accuracies to show beside the measured ones. May be repeated.")
    private List<Path> published = new ArrayList<>();

    @Option(
            names = "--csv",
            paramLabel = "FILE",
            description = "CSV file of all measurements, one per row (default: DIR/" + ReportFiles.CSV + ").")
    private Optional<Path> csv;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Markdown file of the tables (default: DIR/" + ReportFiles.MARKDOWN + ").")
    private Optional<Path> markdown;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    ReportCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new ReportCommand(console));
        }
    }

    @Override
    public Integer call() {
        iteration.filter(i -> i < 0).ifPresent(i -> {
            throw new ParameterException(spec.commandLine(), "--iteration is " + i + ", expected a number from 0");
        });
        // Both are written at the same time.
        if (csv.isPresent() && csv.map(ReportCommand::plain).equals(markdown.map(ReportCommand::plain))) {
            throw new ParameterException(
                    spec.commandLine(), "--csv and --markdown are both " + csv.get() + ", expected two files");
        }
        if (text) {
            String reason = "names what to write, but --text writes no file; expected one of the two";
            refuse("--csv", csv.isPresent(), reason);
            refuse("--markdown", markdown.isPresent(), reason);
            refuse("--out", out.isPresent(), reason);
        }
        checkTargets();
        if (directories.size() == 1) {
            Optional<LoneNetwork> lone = LoneNetwork.at(directories.getFirst());
            if (lone.isPresent()) {
                String reason = "does nothing for " + directories.getFirst() + ", which is no search";
                refuse("--iteration", iteration.isPresent(), reason);
                refuse("--confidence", confidence.isPresent(), reason);
                refuse("--margin", margin.isPresent(), reason);
                refuse("--published", !published.isEmpty(), reason);
                refuse("--csv", csv.isPresent(), reason);
                return lone(lone.get());
            }
        }
        OptionalInt shown = iteration.map(OptionalInt::of).orElse(OptionalInt.empty());
        Report report = Report.read(directories, terms(), Published.with(published));
        if (report.runs().size() > 1 && (csv.isPresent() || markdown.isPresent())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--csv and --markdown name the file of one search, found "
                            + report.runs().size() + " searches; expected --out");
        }
        console.out()
                .print(
                        text
                                ? ReportText.full(report, shown, console.resultWidth(), console.charset())
                                : ReportText.brief(report, shown, console.resultWidth()));
        console.out().flush();
        List<String> problems = new ArrayList<>(report.problems());
        Optional<UserException> unwritten = text ? Optional.empty() : write(report, shown, problems);
        // Damage to one file is reported in one line, the first, which contains the remedy.
        Set<String> named = new HashSet<>();
        problems.removeIf(problem -> !named.add(problem.split(";", 2)[0]));
        problems.stream().limit(MOST_PROBLEMS).forEach(console::complain);
        if (problems.size() > MOST_PROBLEMS) {
            console.complain((problems.size() - MOST_PROBLEMS) + " more problems of this kind");
        }
        List<String> violations = report.violations();
        violations.forEach(
                sentence -> console.complain("contradiction, an image is certified and broken: " + sentence));
        unwritten.ifPresent(
                e -> console.complain(e.getMessage() + "; the report above is complete, but some files are missing"));
        if (!violations.isEmpty()) {
            return ExitCode.REFUSED;
        }
        return problems.isEmpty() && unwritten.isEmpty() ? ExitCode.DONE : ExitCode.MISTAKE;
    }

    /** Refuses an option that would do nothing. */
    private void refuse(String option, boolean given, String reason) {
        if (given) {
            throw new ParameterException(spec.commandLine(), option + " " + reason);
        }
    }

    /** Refuses to write over files that are no report. */
    private void checkTargets() {
        csv.ifPresent(target -> checkTarget("--csv", target));
        markdown.ifPresent(target -> checkTarget("--markdown", target));
        out.ifPresent(folder -> {
            checkTarget("--out", folder);
            ReportTargets.checkPage("--out", folder);
        });
    }

    private void checkTarget(String option, Path target) {
        ReportTargets.check(option, target);
        directories.forEach(directory -> ReportTargets.checkOther(option, target, directory));
    }

    /** A network that belongs to no search: its tables on the terminal, and a page. */
    private int lone(LoneNetwork lone) {
        List<Table> tables = new ArrayList<>();
        lone.evaluations()
                .forEach(each ->
                        tables.add(EvaluationTables.one(new EvaluationTables.Row(lone.label(), each.stored()))));
        if (!lone.certificates().isEmpty()) {
            tables.add(LoneTables.certificates(lone.certificates()));
        }
        lone.facts().forEach(fact -> console.out().println(String.join(": ", fact)));
        tables.forEach(table -> {
            console.out().println();
            console.out().print(TextTable.of(table, console.resultWidth()));
        });
        if (tables.isEmpty()) {
            console.out().println("Nothing is evaluated or certified: espalier evaluate " + lone.label());
        }
        lone.problems().forEach(console::complain);
        if (!text) {
            Path folder = out.orElse(lone.home());
            Path page = folder.resolve(PageFiles.PAGE);
            Path tidy = markdown.orElse(folder.resolve(ReportFiles.MARKDOWN));
            AtomicFiles.makeDirectory(folder);
            AtomicFiles.writeRepeatable(page, LonePage.of(lone).bytes());
            AtomicFiles.write(
                    tidy,
                    tables.stream()
                            .map(MarkdownTable::of)
                            .collect(Collectors.joining("\n"))
                            .getBytes(StandardCharsets.UTF_8));
            console.out().println();
            console.out().println("Written: " + page + ", " + tidy);
        }
        return lone.problems().isEmpty() ? ExitCode.DONE : ExitCode.MISTAKE;
    }

    private static Path plain(Path file) {
        return file.toAbsolutePath().normalize();
    }

    private Terms terms() {
        double percent = confidence.orElse(Terms.USUAL.confidence() * 100);
        if (!(percent > 50 && percent < 100)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--confidence is " + percent + ", expected a percentage above 50 and below 100, as 95");
        }
        double points = margin.orElse(Terms.USUAL.margin() * 100);
        if (!(points >= 0 && points < 100)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--margin is " + points + ", expected percentage points from 0 to less than 100, as 0.5");
        }
        return new Terms(percent / 100, points / 100);
    }

    /** The result of writing one part. */
    private record Outcome(List<Path> files, List<String> problems, Optional<UserException> failure) {
        static Outcome of(Supplier<ReportPart.Written> writing) {
            try {
                ReportPart.Written written = writing.get();
                return new Outcome(written.files(), written.problems(), Optional.empty());
            } catch (UserException e) {
                return new Outcome(List.of(), List.of(), Optional.of(e));
            }
        }
    }

    /** Writes all files that can be written, names them, adds what could not be read, and gives the first failure. */
    private Optional<UserException> write(Report report, OptionalInt shown, List<String> problems) {
        Path folder = out.orElse(report.runs().getFirst().directory().resolve(ReportFolder.NAME));
        List<Supplier<ReportPart.Written>> parts = new ArrayList<>();
        parts.add(() -> ReportFolder.write(report, shown, folder));
        for (Report.Run run : report.runs()) {
            Path home = out.isEmpty() ? run.directory() : folder;
            String prefix = out.isEmpty() || report.runs().size() == 1 ? "" : run.label() + "-";
            Path tables = markdown.orElse(home.resolve(prefix + ReportFiles.MARKDOWN));
            Path numbers = csv.orElse(home.resolve(prefix + ReportFiles.CSV));
            parts.add(() -> {
                ReportFiles.writeMarkdown(run.results(), shown, tables);
                return written(List.of(tables));
            });
            parts.add(() -> {
                ReportFiles.writeCsv(run.results(), numbers);
                return written(List.of(numbers));
            });
            parts.add(() -> written(ReportFiles.writeRobustness(run.robustness(), home, prefix)));
        }
        // With --out all parts write into the folder, so it is made first. If that fails, the message names the reason.
        Outcome.of(() -> {
            AtomicFiles.makeDirectory(folder);
            return written(List.of());
        });
        // Side by side: on a grid the page is as much work as the tables of all measurements.
        List<Outcome> outcomes = parts.parallelStream().map(Outcome::of).toList();
        var written = new ArrayList<Path>();
        for (Outcome outcome : outcomes) {
            written.addAll(outcome.files());
            problems.addAll(outcome.problems());
        }
        if (!written.isEmpty()) {
            console.out().println();
            console.out()
                    .println("Written: " + written.stream().map(Path::toString).collect(Collectors.joining(", ")));
        }
        return outcomes.stream().flatMap(outcome -> outcome.failure().stream()).findFirst();
    }

    private static ReportPart.Written written(List<Path> files) {
        return new ReportPart.Written(files, List.of());
    }

    /**
     * Shows a search that has just ended, then writes its results, so that a full disk costs the files only.
     *
     * @return {@link ExitCode#DONE}, or the code for files that could not be read or contradict each other
     */
    static int show(Console console, Path directory) {
        Report report = Report.read(List.of(directory), Terms.USUAL);
        Path csv = directory.resolve(ReportFiles.CSV);
        Path markdown = directory.resolve(ReportFiles.MARKDOWN);
        console.out().print(ReportText.brief(report, OptionalInt.empty(), console.resultWidth()));
        console.out().flush();
        ReportFiles.writeCsv(report.runs().getFirst().results(), csv);
        ReportFiles.writeMarkdown(report.runs().getFirst().results(), OptionalInt.empty(), markdown);
        ReportFiles.writeRobustness(report.runs().getFirst().robustness(), directory, "");
        report.problems().forEach(console::complain);
        report.violations()
                .forEach(sentence -> console.complain("contradiction, an image is certified and broken: " + sentence));
        console.out().println();
        console.out().println("Written: " + markdown + " and " + csv);
        console.err().println("For a page with all figures: espalier report " + directory);
        console.err().println("Next: " + next(report, directory));
        if (!report.violations().isEmpty()) {
            return ExitCode.REFUSED;
        }
        return report.problems().isEmpty() ? ExitCode.DONE : ExitCode.MISTAKE;
    }

    /**
     * The certificate of the ticket that a verdict names, else of the first chain's sparsest level, in the ball that it was trained
     * in; the report where it was trained in none.
     */
    private static String next(Report report, Path directory) {
        Store store = report.runs().getFirst().store();
        Optional<TicketVerdict> named = report.verdicts().stream()
                .filter(verdict ->
                        verdict.ticket().filter(ticket -> ticket.level() > 0).isPresent())
                .findFirst();
        StoredTrial chain = store.trials().stream()
                .filter(trial -> named.stream().allMatch(verdict -> isOf(trial.id(), verdict)))
                .findFirst()
                .orElse(store.trials().getFirst());
        int last = chain.levels().size() - 1;
        int level = named.flatMap(TicketVerdict::ticket)
                .map(Comparison::level)
                .filter(each -> each <= last)
                .orElse(last);
        TrialId id = chain.id();
        return radius(store.experiment(), id.objective())
                .map(epsilon -> "espalier certify " + directory + " --data-set " + id.dataset() + " --objective "
                        + id.objective() + " --strategy " + id.strategy() + " --trial " + id.trial() + " --level "
                        + level
                        + " --epsilon " + ThreatModel.radius(epsilon))
                .orElse("espalier report " + directory);
    }

    private static boolean isOf(TrialId id, TicketVerdict verdict) {
        return id.dataset().equals(verdict.dataset())
                && id.objective().equals(verdict.objective())
                && id.strategy().equals(verdict.strategy());
    }

    /** The radius of the bound or of the L-infinity attack that an objective trains with, else of the first that is measured. */
    private static Optional<Float> radius(Experiment experiment, String objective) {
        return Stream.concat(Stream.of(objective), experiment.evaluation().attacks().stream())
                .flatMap(name -> experiment.ball(name).stream())
                .filter(threat -> threat.norm() == Norm.LINF && threat.epsilon() > 0)
                .map(ThreatModel::epsilon)
                .findFirst();
    }
}
