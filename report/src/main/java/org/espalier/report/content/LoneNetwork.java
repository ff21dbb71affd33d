package org.espalier.report.content;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.certification.BoundsConsistency;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.StoredCertifications;
import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.file.Directories;
import org.espalier.lab.network.SizeFacts;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketChoice;
import org.espalier.lab.tickets.TicketData;
import org.espalier.lab.tickets.Tickets;

/**
 * A network in a file that belongs to no search, or one of its evaluations, and what is stored of it.
 *
 * @param label for headings: the file or directory as given
 * @param home where its report goes
 * @param facts name and value, for a list
 * @param evaluations whole ones, in the order of their names
 * @param certificates whole ones, likewise
 * @param problems what could not be read, a sentence each
 */
public record LoneNetwork(
        String label,
        Path home,
        List<List<String>> facts,
        List<Evaluation> evaluations,
        List<Certification> certificates,
        List<String> problems) {
    private static final String SUMMARY = "summary.json";
    private static final String INDEX = "index.json";
    private static final TicketChoice NOTHING = TicketChoice.none(WeightChoice.FINAL);

    /**
     * An evaluation and its directory.
     *
     * @param dataSet name of the data set, empty where it is not known
     */
    public record Evaluation(Path directory, StoredEvaluation stored, String dataSet) {}

    public LoneNetwork {
        facts = List.copyOf(facts);
        evaluations = List.copyOf(evaluations);
        certificates = List.copyOf(certificates);
        problems = List.copyOf(problems);
    }

    /**
     * What is at a path, if it is no search: a network's file, the directory of one of its evaluations, or that of all of them.
     *
     * @throws UserException if it is damaged
     */
    public static Optional<LoneNetwork> at(Path given) {
        if (Files.isRegularFile(given)) {
            return Optional.of(file(given));
        } else if (!Files.isDirectory(given) || Files.exists(given.resolve(INDEX))) {
            return Optional.empty();
        } else if (Files.exists(given.resolve(SUMMARY))) {
            return Optional.of(directories(given, List.of(given)));
        }
        List<Path> found = evaluations(given);
        return found.isEmpty() ? Optional.empty() : Optional.of(directories(given, found));
    }

    private static LoneNetwork file(Path given) {
        Ticket ticket = Tickets.at(given, NOTHING, TicketData.of("digits", Optional.empty()))
                .getFirst();
        var problems = new ArrayList<String>();
        var evaluations = new ArrayList<Evaluation>();
        for (Path each : evaluations(ticket.results())) {
            read(each, problems).forEach(evaluations::add);
        }
        List<Certification> certificates = List.of();
        try {
            certificates = StoredCertifications.in(ticket.certificates()).stream()
                    .filter(each -> each.network().equals(ticket.digest()))
                    .toList();
            problems.addAll(BoundsConsistency.violations(certificates));
        } catch (UserException e) {
            problems.add(e.getMessage());
        }
        String name = String.valueOf(given.getFileName());
        int dot = name.lastIndexOf('.');
        var facts = new ArrayList<List<String>>();
        facts.add(List.of("file", given.toString()));
        facts.add(List.of("SHA-256", ticket.digest()));
        facts.add(List.of("network", ticket.network().mask().architecture().toString()));
        facts.addAll(SizeFacts.of(ticket.network().mask()));
        return new LoneNetwork(
                given.toString(),
                given.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".report"),
                facts,
                evaluations,
                certificates,
                problems);
    }

    private static LoneNetwork directories(Path given, List<Path> found) {
        var problems = new ArrayList<String>();
        var evaluations = new ArrayList<Evaluation>();
        found.forEach(each -> evaluations.addAll(read(each, problems)));
        if (evaluations.isEmpty()) {
            throw new UserException(problems.getFirst());
        }
        return new LoneNetwork(
                given.toString(),
                given.resolve("report"),
                List.of(
                        List.of("evaluations", given.toString()),
                        List.of(
                                "weights remaining",
                                String.format(
                                        Locale.ROOT,
                                        "%.2f %%",
                                        100 * evaluations.getFirst().stored().density()))),
                evaluations,
                List.of(),
                problems);
    }

    private static List<Evaluation> read(Path directory, List<String> problems) {
        try {
            return List.of(
                    new Evaluation(directory, StoredEvaluations.read(directory), StoredEvaluations.dataSet(directory)));
        } catch (UserException e) {
            problems.add(e.getMessage() + "; this evaluation is left out");
            return List.of();
        }
    }

    private static List<Path> evaluations(Path results) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(results)) {
            try {
                Directories.list(results).stream()
                        .filter(each -> Files.exists(each.resolve(SUMMARY)))
                        .forEach(found::add);
            } catch (IOException e) {
                throw new UserException(results + " cannot be read: " + e.getMessage(), e);
            }
        }
        return found;
    }
}
