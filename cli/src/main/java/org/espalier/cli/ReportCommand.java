package org.espalier.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.lab.store.Store;
import org.espalier.report.ReportFiles;
import org.espalier.report.Results;
import org.espalier.report.ResultsReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier report DIR}: tables of a search, finished or not. */
@Command(
        name = "report",
        description = "Show the tables of a search and write them to files, whether it is finished or not.")
final class ReportCommand implements Runnable {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "What 'espalier run' wrote.")
    private Path directory;

    @Option(
            names = "--iteration",
            paramLabel = "N",
            description = "Iteration to show, or the nearest measured one; by default the experiment's own.")
    private Optional<Integer> iteration;

    @Option(
            names = "--csv",
            paramLabel = "FILE",
            description = "Where to write every measurement, one a row (default: DIR/" + ReportFiles.CSV + ").")
    private Optional<Path> csv;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Where to write the tables in Markdown (default: DIR/" + ReportFiles.MARKDOWN + ").")
    private Optional<Path> markdown;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    ReportCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        iteration.filter(i -> i < 0).ifPresent(i -> {
            throw new ParameterException(spec.commandLine(), "--iteration is " + i + ", expected a number from 0");
        });
        OptionalInt shown = iteration.map(OptionalInt::of).orElse(OptionalInt.empty());
        show(
                console,
                directory,
                shown,
                csv.orElse(directory.resolve(ReportFiles.CSV)),
                markdown.orElse(directory.resolve(ReportFiles.MARKDOWN)));
    }

    /** Shows the tables, then writes the files, so that a full disk costs the files only. */
    static void show(Console console, Path directory, OptionalInt iteration, Path csv, Path markdown) {
        Results results = ResultsReader.read(Store.open(directory));
        console.out().print(ReportFiles.text(results, iteration, console.width()));
        console.out().flush();
        ReportFiles.writeCsv(results, csv);
        ReportFiles.writeMarkdown(results, iteration, markdown);
        console.out().println();
        console.out().println("Written: " + markdown + " and " + csv);
    }
}
