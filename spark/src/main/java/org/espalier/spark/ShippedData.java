package org.espalier.spark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.espalier.UserException;
import org.espalier.data.catalogue.FoundDataSet;
import org.espalier.lab.file.AtomicFiles;

/** The files of a data set as one archive, which a job carries to its executors. Compressed files stay as they are. */
final class ShippedData {
    private ShippedData() {}

    /**
     * Packs a data set.
     *
     * @param folder where the archive is made
     * @return the archive; empty if the set is bundled with the program, which executors have
     */
    static Optional<Path> pack(FoundDataSet found, Path folder) {
        if (found.directory().isEmpty()) {
            return Optional.empty();
        }
        Path directory = found.directory().get();
        Path archive = folder.resolve("espalier-data-" + found.dataSet().name() + ".zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            zip.setLevel(1); // most are compressed already
            for (String name : found.files()) {
                Path plain = directory.resolve(name);
                Path file = Files.exists(plain) ? plain : directory.resolve(name + ".gz");
                zip.putNextEntry(new ZipEntry(String.valueOf(file.getFileName())));
                Files.copy(file, zip);
                zip.closeEntry();
            }
            return Optional.of(archive);
        } catch (IOException e) {
            throw new UserException(
                    "data set " + found.dataSet().name() + " cannot be packed from " + directory + ": "
                            + OneLine.reason(e),
                    e);
        }
    }

    /**
     * Unpacks an archive that {@link #pack} made.
     *
     * @param given folder that is made for its files
     */
    static void unpack(Path archive, Path given) {
        Path folder = given.toAbsolutePath().normalize(); // Spark's folder for a job's files has a dot in it
        AtomicFiles.makeDirectory(folder);
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                Path file = folder.resolve(entry.getName()).normalize();
                if (!folder.equals(file.getParent())) {
                    throw new IOException("it holds " + entry.getName() + ", expected names without folders");
                }
                try (InputStream content = zip.getInputStream(entry)) {
                    Files.copy(content, file);
                }
            }
        } catch (IOException e) {
            throw new UserException(archive + " cannot be unpacked: " + OneLine.reason(e), e);
        }
    }
}
