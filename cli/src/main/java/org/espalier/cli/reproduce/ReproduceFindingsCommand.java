package org.espalier.cli.reproduce;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.OptionChecks;
import org.espalier.report.reproduction.FindingsFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier reproduce findings}: keeps the results of a search where documents take their figures from. */
@Command(
        name = "findings",
        description = {
            "Keep the results of a search as CSV files, with its command and the digest of its trained levels.",
            "Documents take their figures from these files. Plots are drawn anew from all of them.",
            "Rows of stores of the paper that RUN lacks stay."
        },
        footer = {
            "",
            "Examples:",
            "  espalier reproduce findings runs/certified --name certified",
            "  espalier reproduce findings runs/reproduce-paper --name paper"
        })
final class ReproduceFindingsCommand implements Runnable {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "Directory of a search, or folder of \"espalier reproduce paper\".")
    private Path run;

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "Begins the names of the files.")
    private String name;

    @Option(names = "--dir", paramLabel = "DIR", description = "Folder of the files (default: docs/findings).")
    private Path directory = Path.of("docs", "findings");

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    ReproduceFindingsCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        OptionChecks.fileName(spec, "--name", name);
        console.out()
                .println("Written: "
                        + FindingsFiles.keep(run, name, directory).stream()
                                .map(Path::toString)
                                .collect(Collectors.joining(", ")));
    }
}
