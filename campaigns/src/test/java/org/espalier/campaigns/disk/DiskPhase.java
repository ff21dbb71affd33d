package org.espalier.campaigns.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.campaigns.TinyImages;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.certification.CertificationMethod;
import org.espalier.lab.certification.CertificationObserver;
import org.espalier.lab.certification.CertificationRequest;
import org.espalier.lab.certification.CertificationRunner;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.robustness.EvaluationObserver;
import org.espalier.lab.robustness.EvaluationRequest;
import org.espalier.lab.robustness.EvaluationRunner;
import org.espalier.lab.robustness.ExperimentEvaluation;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.store.Store;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketChoice;
import org.espalier.lab.tickets.Tickets;

/** Work on a search that is stored on a simulated disk. Each phase begins where the one before it ended. */
enum DiskPhase {
    /** Training, with checkpoints, rewinds and best weights. */
    SEARCH {
        @Override
        void run(Path disk, Images images, int jobs) {
            new Runner(
                            new RunRequest(
                                    images.experiment(), store(disk), jobs, Duration.ZERO, "campaign", List.of("run")),
                            RunObserver.NONE)
                    .run(DataProgress.NONE);
        }
    },
    /** Robustness evaluation of all levels. */
    ROBUSTNESS {
        @Override
        void run(Path disk, Images images, int jobs) {
            List<EvaluationRequest> requests = ExperimentEvaluation.of(Store.open(store(disk)), DataProgress.NONE);
            new EvaluationRunner(requests, jobs, EvaluationObserver.NONE).run();
        }
    },
    /** Certificates of all levels. */
    CERTIFICATION {
        @Override
        void run(Path disk, Images images, int jobs) {
            DataSet set = DataSets.load("tiny", Optional.of(images.directory()), DataProgress.NONE);
            for (Ticket ticket : Tickets.of(Store.open(store(disk)), TicketChoice.everything(WeightChoice.FINAL))) {
                new CertificationRunner(jobs, CertificationObserver.NONE)
                        .run(new CertificationRequest(
                                ticket,
                                set,
                                set.test(),
                                40,
                                0.05f,
                                CertificationMethod.of("crown"),
                                10,
                                Optional.empty()));
            }
        }
    };

    /** Data on the machine's own disk, and the experiment on them. */
    record Images(Path directory, Experiment experiment) {
        static Images in(Path home) {
            try {
                Path directory = home.resolve("images");
                TinyImages.write(directory, 4, 80, 300);
                Path suite = Files.writeString(home.resolve("suite.yaml"), """
                        name: small
                        attacks: [{kind: fgsm}, {kind: noise, draws: 1}]
                        """);
                Path file = Files.writeString(
                        home.resolve("search.yaml"),
                        TinyImages.experiment(directory, 1, 12, 4, 2, """
                                strategies: [original, random, rewind-5]
                                robustness: {suite: "%s", epsilon: 0.05, images: 300, weights: best-validation}
                                """.formatted(suite)));
                return new Images(directory, ExperimentFile.read(file.toString(), List.of()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Does the work, or what of it is not done. */
    abstract void run(Path disk, Images images, int jobs);

    static Path store(Path disk) {
        return disk.resolve("home").resolve("runs").resolve("tiny");
    }

    String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
