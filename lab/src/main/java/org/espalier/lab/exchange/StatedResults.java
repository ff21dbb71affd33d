package org.espalier.lab.exchange;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.tickets.Ticket;

/**
 * What a ticket's file says of the ticket that it was made of. An export wrote it to the file's metadata.
 *
 * @param source SHA-256 of the ticket that was measured, if the file names it
 * @param origin trial and level of its search, if the file names them
 * @param evaluations a sentence for each evaluation
 * @param certificates a sentence for each certificate
 */
public record StatedResults(
        Optional<String> source, Optional<String> origin, List<String> evaluations, List<String> certificates) {
    /** Of a file that says nothing. */
    public static final StatedResults NONE =
            new StatedResults(Optional.empty(), Optional.empty(), List.of(), List.of());

    /** Name in a file's metadata of the SHA-256 of the ticket that its figures were measured on. */
    static final String SOURCE_DIGEST = "espalier.source-sha256";

    static final String EVALUATION = "espalier.evaluation.";

    static final String CERTIFICATE = "espalier.certificate.";

    /** Name in a file's metadata of its trial and level. */
    static final String LEVEL = "espalier.level";

    /** Most sentences of a kind that are read, and most characters of one: files come from anywhere. */
    private static final int MOST = 1000;

    public StatedResults {
        evaluations = List.copyOf(evaluations);
        certificates = List.copyOf(certificates);
    }

    /**
     * What the file of a ticket says. A level of a search has its results in the search.
     *
     * @throws org.espalier.UserException if the file is missing or damaged
     */
    public static StatedResults of(Ticket ticket) {
        if (ticket.place().isPresent()) {
            return NONE;
        }
        Map<String, String> about = NetworkFile.about(ticket.file());
        return new StatedResults(
                Optional.ofNullable(about.getOrDefault(SOURCE_DIGEST, about.get(NetworkExport.TICKET_DIGEST)))
                        .filter(digest -> digest.matches("[0-9a-f]{64}")),
                Optional.ofNullable(about.get(LEVEL)).map(StatedResults::line),
                sentences(about, EVALUATION),
                sentences(about, CERTIFICATE));
    }

    private static List<String> sentences(Map<String, String> about, String name) {
        List<String> sentences = new ArrayList<>();
        for (int i = 1; i <= MOST && about.containsKey(name + i); i++) {
            sentences.add(line(about.getOrDefault(name + i, "")));
        }
        return sentences;
    }

    /** Text of a file of any origin in one short line. */
    private static String line(String text) {
        String line = text.replaceAll("\\p{Cntrl}", " ");
        return line.length() > MOST ? line.substring(0, MOST) : line;
    }

    /** Whether the file says nothing of any measurement. */
    public boolean isEmpty() {
        return evaluations.isEmpty() && certificates.isEmpty();
    }

    /**
     * Sentences as strings for a file's metadata, after those of what is stored; each sentence once.
     *
     * @param stored sentences of stored results
     */
    static Map<String, String> metadata(String name, List<String> stored, List<String> stated) {
        List<String> all = new ArrayList<>(stored);
        stated.stream().filter(sentence -> !all.contains(sentence)).forEach(all::add);
        Map<String, String> metadata = new LinkedHashMap<>();
        for (int i = 0; i < all.size(); i++) {
            metadata.put(name + (i + 1), all.get(i));
        }
        return metadata;
    }
}
