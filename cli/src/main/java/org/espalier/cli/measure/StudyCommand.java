package org.espalier.cli.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.KernelModeConverter;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.OptionChecks;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.catalogue.DataSets;
import org.espalier.engine.KernelMode;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyKind;
import org.espalier.report.format.TextTable;
import org.espalier.report.table.StudyTables;
import org.espalier.report.table.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier study}: runs a study and keeps its result. */
@Command(
        name = "study",
        description = "Run a study of tickets: a question from the literature, answered with tables and figures.",
        footer = {
            "",
            "Results are kept in studies/NAME of the directory. The same command continues an interrupted study.",
            "Examples:",
            "  espalier study --list",
            "  espalier study mask-overlap runs/quick",
            "  espalier study linear-mode-connectivity runs/quick-mlp --set 'shared=[0, 500]' --set 'levels=[0, 3]'"
        })
final class StudyCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "A study; see --list.")
    private Optional<String> name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "RUN",
            description = "Directory of a search; of any directory for results where the study needs no search.")
    private Optional<Path> run;

    @Option(names = "--list", description = "List all studies.")
    private boolean list;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Change a setting of the study, e.g. trial=2. May be repeated.")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--jobs", paramLabel = "N", description = "Threads (default: all cores). Changes no result.")
    private Optional<Integer> jobs;

    @Option(
            names = "--kernels",
            paramLabel = "WHICH",
            converter = KernelModeConverter.class,
            defaultValue = "auto",
            description = "auto (default), dense or sparse kernels. Changes no result.")
    private KernelMode kernels;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    StudyCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new StudyCommand(console));
        }
    }

    @Override
    public Integer call() {
        if (list) {
            list();
            return ExitCode.DONE;
        }
        OptionChecks.atLeastOne(spec, "--jobs", jobs);
        StudyKind<?> kind = Studies.kind(name.orElseThrow(() -> new ParameterException(
                spec.commandLine(), "no study is named, expected NAME; \"espalier study --list\" lists them")));
        Path directory = run.orElseThrow(() -> new ParameterException(
                spec.commandLine(),
                "no directory is named, expected that of a "
                        + (kind.needsRun() ? "search" : "search or any other for the results")));
        Studies.Stored stored;
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            stored = Studies.run(
                    kind,
                    directory,
                    settings,
                    jobs.orElse(Runtime.getRuntime().availableProcessors()),
                    kernels,
                    (dataset, files) -> DataSets.load(dataset, files, lines),
                    line -> console.err().println(line));
        }
        StudyTables.of(stored)
                .forEach(table -> console.out().print(TextTable.of(table.table(), console.resultWidth())));
        console.err().println("kept in " + stored.file());
        return ExitCode.DONE;
    }

    private void list() {
        List<List<String>> names = new ArrayList<>();
        List<List<String>> about = new ArrayList<>();
        for (StudyKind<?> kind : Studies.kinds()) {
            names.add(List.of(kind.kind()));
            about.add(List.of(kind.question(), kind.source()));
        }
        Table table = new Table(
                "Studies",
                new Table.Block("", List.of("name"), names, true),
                List.of(new Table.Block("", List.of("question", "source"), about, true)),
                List.of());
        console.out().print(TextTable.of(table, console.resultWidth()));
    }
}
