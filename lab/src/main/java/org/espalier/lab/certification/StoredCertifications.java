package org.espalier.lab.certification;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.lab.file.Directories;
import org.espalier.lab.store.Store;
import org.espalier.lab.tickets.Ticket;

/** Reads whole certificates and skips unfinished ones. */
public final class StoredCertifications {
    private StoredCertifications() {}

    /**
     * All certificates of a level that can be read, in the order of their names.
     *
     * @param damaged receives a message with the file for each that cannot
     */
    public static List<Certification> of(Store store, String level, Consumer<UserException> damaged) {
        List<Certification> certifications = new ArrayList<>();
        try {
            for (Path each : directories(results(store, level))) {
                try {
                    CertificationDirectory.read(each).ifPresent(certifications::add);
                } catch (UserException e) {
                    damaged.accept(e);
                }
            }
        } catch (UserException e) {
            damaged.accept(e);
        }
        return certifications;
    }

    /** How many certificates of a level are begun and not whole: certifying continues them. */
    public static int unfinished(Store store, String level) {
        return (int) directories(results(store, level)).stream()
                .filter(each -> CertificationDirectory.working(each)
                        && !Files.exists(each.resolve(CertificationDirectory.CERTIFICATE)))
                .count();
    }

    private static Path results(Store store, String level) {
        return store.directory().resolve(Ticket.CERTIFICATES).resolve(level);
    }

    /** All certificates of a ticket, in the order of their names; those of other weights of its level too. */
    public static List<Certification> of(Ticket ticket) {
        return in(ticket.certificates());
    }

    /** The certificate of a request, if it is whole. */
    public static Optional<Certification> of(CertificationRequest request) {
        return new CertificationDirectory(request).whole();
    }

    /**
     * All certificates in a ticket's directory of certificates, in the order of their names.
     *
     * @param results {@link Ticket#certificates}
     * @throws UserException naming the file that is damaged
     */
    public static List<Certification> in(Path results) {
        List<Certification> certifications = new ArrayList<>();
        directories(results).forEach(each -> CertificationDirectory.read(each).ifPresent(certifications::add));
        return certifications;
    }

    private static List<Path> directories(Path parent) {
        List<Path> directories = new ArrayList<>();
        if (Files.isDirectory(parent)) {
            try {
                Directories.list(parent).stream().filter(Files::isDirectory).forEach(directories::add);
            } catch (IOException e) {
                throw new UserException(parent + " cannot be read: " + e.getMessage(), e);
            }
        }
        return directories;
    }
}
