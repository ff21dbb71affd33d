package org.espalier.cli.progress;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.Interruption;
import org.espalier.lab.cluster.PartWorker;
import org.espalier.lab.cluster.SharedFolder;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.StoreLock;
import org.espalier.lab.jobs.PartedWork;
import org.espalier.lab.tickets.Ticket;

/** Evaluations or certificates whose parts this process makes together with others on a shared directory. */
public final class SharedParts {
    /** What {@code --shared} does, for the help. */
    public static final String SHARED =
            "Share the work with the same command on other machines, on the directory of a search that all of them see.";

    private SharedParts() {}

    /**
     * Works until all is whole, or until interrupted.
     *
     * @param works several may have the same folder, and are the same then
     * @param root the search's directory
     * @param kind the folder of the results in it, out of which processes that do not share are kept
     * @param leave whether to end as soon as other processes hold all that is left
     * @return empty if all is whole, or left to others with {@code leave}; else the exit code of the interruption
     */
    public static OptionalInt run(
            Console console, List<PartedWork> works, Path root, String kind, int jobs, Duration term, boolean leave) {
        Map<String, PartedWork> distinct = new LinkedHashMap<>();
        works.forEach(work -> distinct.putIfAbsent(work.folder(), work));
        AtomicFiles.makeDirectory(root.resolve(kind));
        Optional<StoreLock> lock = StoreLock.share(root.resolve(kind));
        try (SharedFolder files = new SharedFolder(root)) {
            files.sweep();
            String what = kind.equals(Ticket.CERTIFICATES) ? "certificate" : "evaluation";
            console.err()
                    .println(distinct.size() + " " + what + (distinct.size() == 1 ? "" : "s")
                            + ", shared with other machines");
            PartWorker worker =
                    new PartWorker(List.copyOf(distinct.values()), files, jobs, term, leave, new Lines(console));
            try (Interruption interruption = Interruption.expect(() -> {
                console.err().println("stopping; waits for the batches in work");
                worker.stop();
            })) {
                if (worker.run()) {
                    return OptionalInt.empty();
                } else if (interruption.code().isPresent()) {
                    return OptionalInt.of(interruption.stopped(console));
                }
                return leave ? OptionalInt.empty() : OptionalInt.of(ExitCode.INTERRUPTED);
            }
        } finally {
            lock.ifPresent(StoreLock::close);
        }
    }

    /** A line for each part. */
    private record Lines(Console console) implements PartWorker.Observer {
        @Override
        public void made(PartedWork work, int part) {
            synchronized (console) {
                console.err().println(work.label() + ": part " + (part + 1) + " of " + work.parts());
            }
        }

        @Override
        public void warned(String sentence) {
            synchronized (console) {
                console.err().println(sentence);
            }
        }
    }
}
