package org.espalier.campaigns.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.fixtures.Trees;

/** A search that is trained, evaluated and certified, on a disk in memory. */
public final class StoredSearch {
    private StoredSearch() {}

    /** Makes one and returns its directory. */
    public static Path make() throws IOException {
        Path home = Files.createTempDirectory("espalier-store-");
        try {
            SimulatedDisk disk = new SimulatedDisk();
            for (DiskPhase phase : DiskPhase.values()) {
                phase.run(disk.rootDirectory(), DiskPhase.Images.in(home), 1);
            }
            return DiskPhase.store(disk.rootDirectory());
        } finally {
            Trees.delete(home);
        }
    }
}
