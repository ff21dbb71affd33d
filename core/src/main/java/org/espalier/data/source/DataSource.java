package org.espalier.data.source;

import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.data.DataProgress;
import org.espalier.data.file.Content;

/** A place that a data set may come from. What it delivers is checked by the one who asked. */
public interface DataSource {
    /** The place, in a few words. */
    String describe();

    /** Whether the files would be on this machine already, so that looking costs nothing. */
    boolean isLocal();

    /**
     * Where the files of the set's format lie, by name without suffix, once this source has done its work.
     *
     * @param set what is wanted; a source that fetches checks each file before it keeps it
     * @param target where a source that fetches puts the files
     * @throws SourceException if the source does not have them
     */
    Map<String, Content> obtain(KnownDataSet set, DataDirectory target, DataProgress progress) throws SourceException;

    /** The files bundled with the program. */
    record Bundled() implements DataSource {
        @Override
        public String describe() {
            return "bundled with espalier";
        }

        @Override
        public boolean isLocal() {
            return true;
        }

        @Override
        public Map<String, Content> obtain(KnownDataSet set, DataDirectory target, DataProgress progress)
                throws SourceException {
            Map<String, Content> files = new LinkedHashMap<>();
            for (String file : set.format().files()) {
                String resource = set.name() + "/" + file + ".gz";
                Content.Bundled bundled = new Content.Bundled(resource);
                if (!bundled.exists()) {
                    throw SourceException.absent("has no " + resource);
                }
                files.put(file, bundled);
            }
            return files;
        }
    }

    /** A directory on this machine. */
    record Local(String describe, DataDirectory directory) implements DataSource {
        @Override
        public boolean isLocal() {
            return true;
        }

        @Override
        public Map<String, Content> obtain(KnownDataSet set, DataDirectory target, DataProgress progress)
                throws SourceException {
            return directory.files(set.format());
        }
    }

    /** The target directory itself: the cache, or the directory that the user gave. */
    record Target(String describe) implements DataSource {
        @Override
        public boolean isLocal() {
            return true;
        }

        @Override
        public Map<String, Content> obtain(KnownDataSet set, DataDirectory target, DataProgress progress)
                throws SourceException {
            return target.files(set.format());
        }
    }
}
