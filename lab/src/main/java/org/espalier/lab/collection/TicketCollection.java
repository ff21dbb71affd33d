package org.espalier.lab.collection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.attack.ThreatModel;
import org.espalier.data.Digests;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.Json;
import tools.jackson.databind.JsonNode;

/**
 * A folder of tickets: {@code manifest.json}, a compact file and a model card for each, an experiment file for some, and
 * {@code README.md} with a table of them.
 *
 * @param directory the folder
 * @param tickets by name
 */
public record TicketCollection(Path directory, List<KeptTicket> tickets) {
    /** Name of the file that lists the tickets. */
    public static final String MANIFEST = "manifest.json";

    private static final String README = "README.md";

    /** Most bytes of all files together: a clone of the repository carries them. */
    public static final long MOST_BYTES = 2_000_000;

    public TicketCollection {
        tickets =
                tickets.stream().sorted(Comparator.comparing(KeptTicket::name)).toList();
    }

    /**
     * Reads a folder's manifest.
     *
     * @throws UserException if it is damaged, or with {@code there} if it is missing
     */
    public static TicketCollection read(Path directory, boolean there) {
        Path file = directory.resolve(MANIFEST);
        if (!Files.exists(file)) {
            if (there) {
                throw new UserException(directory + " has no " + MANIFEST
                        + ": expected a folder that \"espalier tickets add\" has written, as tickets of a clone");
            }
            return new TicketCollection(directory, List.of());
        }
        List<KeptTicket> tickets = new ArrayList<>();
        for (JsonNode ticket :
                Json.list(Json.parse(AtomicFiles.read(file), file.toString()), "tickets", file.toString())) {
            tickets.add(KeptTicket.read(ticket, file.toString()));
        }
        return new TicketCollection(directory, tickets);
    }

    /**
     * Adds a ticket, or replaces that of the same name, and writes manifest and table.
     *
     * @param content of its compact file
     * @param card its model card in Markdown
     * @param experiment text of the experiment file that its command names, if it names one
     * @return the collection with it
     * @throws UserException if the files would take more than {@link #MOST_BYTES}
     */
    public TicketCollection with(KeptTicket ticket, byte[] content, String card, Optional<String> experiment) {
        AtomicFiles.makeDirectory(directory);
        long others = bytes(ticket.name());
        if (others + content.length > MOST_BYTES) {
            throw new UserException(String.format(
                    Locale.ROOT,
                    "%s would take %,d bytes with %s, expected at most %,d",
                    directory,
                    others + content.length,
                    ticket.file(),
                    MOST_BYTES));
        }
        List<KeptTicket> all = new ArrayList<>(tickets);
        all.removeIf(each -> each.name().equals(ticket.name()));
        all.add(ticket);
        TicketCollection grown = new TicketCollection(directory, all);
        AtomicFiles.write(directory.resolve(ticket.file()), content);
        AtomicFiles.write(directory.resolve(ticket.name() + ".md"), card.getBytes(StandardCharsets.UTF_8));
        write(experiment(ticket.name()), experiment);
        AtomicFiles.write(directory.resolve(MANIFEST), grown.manifest().getBytes(StandardCharsets.UTF_8));
        AtomicFiles.write(directory.resolve(README), grown.readme().getBytes(StandardCharsets.UTF_8));
        return grown;
    }

    /** Writes a file that a ticket has or not; what a replaced ticket left goes. */
    private static void write(Path file, Optional<String> text) {
        if (text.isPresent()) {
            AtomicFiles.write(file, text.get().getBytes(StandardCharsets.UTF_8));
            return;
        }
        AtomicFiles.delete(file);
    }

    /** The experiment file of a ticket whose search is no preset with other settings. */
    public Path experiment(String ticket) {
        return directory.resolve(ticket + ".yaml");
    }

    private long bytes(String but) {
        try {
            return Directories.list(directory).stream()
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith(but + "."))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UserException(directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    private String manifest() {
        var text = new StringBuilder("{\"format\":1,\"tickets\":[\n");
        for (int i = 0; i < tickets.size(); i++) {
            text.append(Json.write(tickets.get(i).members())).append(i + 1 < tickets.size() ? ",\n" : "\n");
        }
        return text.append("]}\n").toString();
    }

    /** The table of all tickets in Markdown, as {@code README.md} has it. */
    public String readme() {
        var text = new StringBuilder("""
                <!-- Generated by: espalier tickets add -->
                # Tickets

                Small networks that Espalier found. `./espalier tickets` checks their digests and measures the first figures again in
                seconds. `evaluate`, `certify`, `predict`, `export` and `run --from` take the files. The model card beside each file has
                all stored evaluations with their intervals and limits.

                | file | what it is | data set | weights | right, all test images | right under suite `fast` | stored evaluations |
                |---|---|---|---|---|---|---|
                """);
        for (KeptTicket ticket : tickets) {
            KeptTicket.Figures figures = ticket.figures();
            text.append(String.format(
                    Locale.ROOT,
                    "| [%s](%s) | %s | %s | %,d (%.1f %%) | %.2f %% | %d of %d at %s | %s |%n",
                    ticket.file(),
                    ticket.name() + ".md",
                    ticket.title(),
                    ticket.dataset(),
                    ticket.weights(),
                    100 * ticket.density(),
                    100 * figures.clean().accuracy(),
                    figures.fast().correct(),
                    figures.fast().images(),
                    Float.toString(figures.epsilon()),
                    evaluations(ticket)));
        }
        text.append("\nThe commands that made their searches:\n");
        tickets.forEach(ticket -> text.append("\n- ")
                .append(ticket.name())
                .append(": ")
                .append(ticket.origin())
                .append(" of `./")
                .append(ticket.command())
                .append("`, whose trained levels have the digest `")
                .append(ticket.store())
                .append('`'));
        return text.append('\n').toString();
    }

    private static String evaluations(KeptTicket ticket) {
        return ticket.evaluations().isEmpty()
                ? "none"
                : String.join(
                        "; ",
                        ticket.evaluations().stream()
                                .map(e -> String.format(
                                        Locale.ROOT,
                                        "%s, %s %s: at most %d of %d right%s (%s)",
                                        e.suite(),
                                        e.norm(),
                                        ThreatModel.radius((float) e.epsilon()),
                                        e.robust(),
                                        e.images(),
                                        e.certified().isPresent()
                                                ? ", " + e.certified().getAsInt() + " certified"
                                                : "",
                                        e.verdict()))
                                .toList());
    }

    /** The file of a ticket, whose digest is checked. */
    public byte[] content(KeptTicket ticket) {
        Path file = directory.resolve(ticket.file());
        byte[] content = AtomicFiles.read(file);
        String found = Digests.sha256(content);
        if (!found.equals(ticket.sha256())) {
            throw new UserException(file + " has SHA-256 " + found + ", expected " + ticket.sha256() + ", which "
                    + MANIFEST + " names");
        }
        return content;
    }
}
