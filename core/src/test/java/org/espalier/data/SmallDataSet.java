package org.espalier.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.data.file.IdxFormat;
import org.espalier.data.source.DataSource;
import org.espalier.data.source.KnownDataSet;
import org.espalier.fixtures.IdxBytes;

/** A small "published" data set for tests of sources, and a listener that records its calls. */
public final class SmallDataSet {
    public static final Map<DataFile, byte[]> FILES = IdxBytes.small();

    private SmallDataSet() {}

    public static KnownDataSet from(DataSource... sources) {
        return new KnownDataSet(
                "small", "A small data set", new IdxFormat(), List.of(), IdxBytes.digests(FILES), List.of(sources));
    }

    public static final class Recorded implements DataProgress {
        public final List<String> failures = new ArrayList<>();
        public final List<String> absences = new ArrayList<>();
        public final List<String> tried = new ArrayList<>();
        public final List<String> ended = new ArrayList<>();

        @Override
        public void trying(String dataSet, String source) {
            tried.add(source);
        }

        @Override
        public void absent(String dataSet, String source, String reason) {
            absences.add(source + ": " + reason);
        }

        @Override
        public void failed(String dataSet, String source, String reason) {
            failures.add(source + ": " + reason);
        }

        @Override
        public void transferEnded(String file) {
            ended.add(file);
        }
    }
}
