package org.espalier.lab.plan;

import java.nio.file.Path;
import java.util.Optional;
import org.espalier.UserPath;
import org.espalier.data.Digests;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.store.StoredNetwork;

/**
 * The network that level 0 starts from, of the setting {@code network.from}. Digest and network are of the same bytes, which are read
 * once.
 *
 * @param file as the setting names it
 * @param digest SHA-256 of the file's bytes, in lower-case hexadecimal
 * @param network weights and mask; not to be written to
 */
public record StartNetwork(String file, String digest, StoredNetwork network) {
    /**
     * Reads the file, if the experiment names one.
     *
     * @throws org.espalier.UserException if it is missing, damaged or no network
     */
    public static Optional<StartNetwork> of(Experiment experiment) {
        return experiment.network().from().map(file -> {
            Path path = UserPath.of(file, "network.from");
            byte[] content = AtomicFiles.read(path);
            return new StartNetwork(
                    file,
                    Digests.sha256(content),
                    NetworkFile.decode(content, path.toString()).network());
        });
    }
}
