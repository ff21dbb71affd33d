package org.espalier.campaigns.crash;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.espalier.UserException;
import org.espalier.cli.Main;
import org.espalier.data.DataProgress;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;

/**
 * A process to be killed: says that it is there, then runs an espalier command, or {@code checkpoints FILE DIR}, which is
 * {@code run FILE --out DIR} with a checkpoint after every update.
 */
final class KillWorker {
    static final String READY = "ready";

    private KillWorker() {}

    public static void main(String[] arguments) {
        System.out.println(READY);
        if (!arguments[0].equals("checkpoints")) {
            Main.main(arguments);
            return;
        }
        try {
            new Runner(
                            new RunRequest(
                                    ExperimentFile.read(arguments[1], List.of()),
                                    Path.of(arguments[2]),
                                    2,
                                    Duration.ZERO,
                                    "campaign",
                                    List.of(arguments)),
                            RunObserver.NONE)
                    .run(DataProgress.NONE);
        } catch (UserException e) {
            System.err.println("espalier: " + e.getMessage());
            System.exit(1);
        }
    }
}
