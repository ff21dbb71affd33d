package org.espalier.cli.reproduce;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.OptionChecks;
import org.espalier.lab.reproduce.PaperGrid;
import org.espalier.lab.reproduce.PaperPart;
import org.espalier.lab.reproduce.PaperStore;
import org.espalier.report.format.TextTable;
import org.espalier.report.reproduction.ReproductionFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code espalier reproduce paper}: runs parts of the paper's grid. */
@Command(
        name = "paper",
        description = {
            "Run the experiments of \"The Search for Sparse, Robust Neural Networks\" (Cosentino et al. 2019).",
            "The same command continues what was interrupted. Each data set, training and setting has a store of its own in DIR,"
                    + " which status, watch, evaluate and report take."
        },
        footer = {
            "",
            "Examples:",
            "  espalier reproduce paper --plan",
            "  espalier reproduce paper --part as-published-digits-pgd-original --trials 1",
            "  espalier reproduce paper --part as-published-original,continued-fashion",
            "  espalier reproduce paper --claims"
        })
final class ReproducePaperCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--part",
            paramLabel = "WORDS",
            description =
                    "Parts to run: words joined by dashes or commas, of as-published, as-described; digits, fashion;"
                            + " natural, fgsm, pgd; original, continued, random (default: all). May be repeated.")
    private List<String> parts = new ArrayList<>();

    @Option(names = "--trials", paramLabel = "N", description = "Trials of each part (default: 5, as the paper).")
    private int trials = PaperPart.TRIALS;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Trials in training at the same time, one core each (default: all cores). Changes no result.")
    private Optional<Integer> jobs = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of all stores (default: runs/reproduce-paper in the current directory).")
    private Path out = Path.of("runs", "reproduce-paper");

    @Option(
            names = {"--plan", "--list"},
            description = "List the parts, their levels and how many are trained, and run nothing.")
    private boolean plan;

    @Option(
            names = "--tables",
            description =
                    "Run nothing; write tables, figures and claims from what is stored. A finished run does so too.")
    private boolean tables;

    @Option(names = "--claims", description = "As --tables, and print what the stored runs say of the paper's claims.")
    private boolean claims;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    ReproducePaperCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        OptionChecks.atLeastOne(spec, "--trials", trials);
        OptionChecks.atLeastOne(spec, "--jobs", jobs);
        if (plan && (tables || claims)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--plan and " + (tables ? "--tables" : "--claims") + " are given together, expected one of them");
        }
        List<PaperPart> chosen = PaperGrid.select(parts);
        if (plan) {
            PlanText.print(console, out, chosen, trials);
            return ExitCode.DONE;
        }
        if (tables || claims) {
            return write();
        }
        int threads = jobs.orElseGet(() -> Runtime.getRuntime().availableProcessors());
        var runner = new StoreRun(
                console, threads, spec.root().commandLine().getParseResult().originalArgs());
        int code = ExitCode.DONE;
        for (List<PaperPart> step : steps(chosen)) {
            PaperStore store = PaperStore.of(out, step.getFirst());
            List<String> strategies = step.stream().map(PaperPart::strategy).toList();
            List<String> restarts = step.stream().map(PaperPart::restart).toList();
            StoreRun.End end = runner.run(
                    store.experiment(strategies, trials),
                    store.directory(),
                    trial -> restarts.contains(trial.strategy()) && trial.trial() <= trials);
            if (end.stopped()) {
                return end.code();
            }
            code = end.code() == ExitCode.DONE ? code : end.code();
        }
        PlanText.print(console, out, chosen, trials);
        int written = write();
        return code == ExitCode.DONE ? written : code;
    }

    private int write() {
        ReproductionFiles.Written written = ReproductionFiles.write(out);
        if (claims) {
            written.claims().forEach(table -> console.out().println(TextTable.of(table, console.resultWidth())));
        }
        console.out().println("Written: " + written.folder().resolve("index.html") + " and the files beside it");
        console.out().flush();
        written.problems().forEach(console::complain);
        return written.problems().isEmpty() ? ExitCode.DONE : ExitCode.MISTAKE;
    }

    /** Parts in their order, neighbours in one store together. */
    private static List<List<PaperPart>> steps(List<PaperPart> chosen) {
        var steps = new ArrayList<List<PaperPart>>();
        for (PaperPart part : chosen) {
            if (steps.isEmpty() || !steps.getLast().getLast().store().equals(part.store())) {
                steps.add(new ArrayList<>());
            }
            steps.getLast().add(part);
        }
        return steps;
    }
}
