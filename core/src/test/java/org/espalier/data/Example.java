package org.espalier.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A small "published" data set for tests of sources, and a listener that writes down what it hears. */
final class Example {
    static final Map<DataFile, byte[]> FILES = IdxBytes.small();

    private Example() {}

    static KnownDataSet from(DataSource... sources) {
        return new KnownDataSet("small", "A small data set", IdxBytes.digests(FILES), List.of(sources));
    }

    static final class Heard implements DataProgress {
        final List<String> failures = new ArrayList<>();
        final List<String> absences = new ArrayList<>();
        final List<String> tried = new ArrayList<>();
        final List<String> ended = new ArrayList<>();

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
