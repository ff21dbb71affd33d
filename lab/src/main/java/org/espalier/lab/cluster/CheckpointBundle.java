package org.espalier.lab.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.store.StoredLevel;

/**
 * A level in work as one file, so that it is published whole: the checkpoint, the measurements and the weights kept so far, in a
 * ZIP archive. The archive's check sums, and the digests in the networks, tell of damage.
 */
final class CheckpointBundle {
    private CheckpointBundle() {}

    private static boolean belongs(String name) {
        return StoredLevel.wroteWhole(name) || name.equals(StoredLevel.METRICS);
    }

    /** Packs a level's directory. */
    static void pack(Path level, Path archive) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            for (Path file : Directories.list(level)) {
                String name = String.valueOf(file.getFileName());
                if (belongs(name)) {
                    zip.putNextEntry(new ZipEntry(name));
                    Files.copy(file, zip);
                    zip.closeEntry();
                }
            }
        } catch (IOException e) {
            throw AtomicFiles.unwritable(archive, e);
        }
    }

    /**
     * Unpacks into a level's directory.
     *
     * @throws IOException if the archive is damaged; some files may be there then, each of them whole
     */
    static void unpack(Path archive, Path level) throws IOException {
        AtomicFiles.makeDirectory(level);
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                if (!belongs(entry.getName())) {
                    throw new IOException("it holds " + entry.getName() + ", which no level has");
                }
                try (var content = zip.getInputStream(entry)) {
                    Files.copy(content, level.resolve(entry.getName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
