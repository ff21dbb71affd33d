package org.espalier.lab.certification;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.lab.robustness.Ticket;
import org.espalier.lab.store.Store;

/** Reads whole certificates; those in work are left out. */
public final class StoredCertifications {
    private StoredCertifications() {}

    /**
     * All certificates of a search's levels, by the level's key, each level's in the order of their names.
     *
     * @throws UserException naming the file that is damaged
     */
    public static Map<String, List<Certification>> of(Store store) {
        Map<String, List<Certification>> byLevel = new LinkedHashMap<>();
        for (Path level : directories(store.directory().resolve(CertificationRequest.RESULTS))) {
            List<Certification> certifications = in(level);
            if (!certifications.isEmpty()) {
                byLevel.put(String.valueOf(level.getFileName()), certifications);
            }
        }
        return byLevel;
    }

    /** All certificates of a ticket, in the order of their names; those of other weights of its level too. */
    public static List<Certification> of(Ticket ticket) {
        return in(ticket.certificates());
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
            try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, Files::isDirectory)) {
                found.forEach(directories::add);
            } catch (IOException e) {
                throw new UserException(parent + " cannot be read: " + e.getMessage(), e);
            }
        }
        directories.sort(Comparator.comparing(directory -> String.valueOf(directory.getFileName())));
        return directories;
    }
}
