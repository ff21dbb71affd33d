package org.espalier.lab.dataset.read;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the user's files hold. */
public final class Found {
    private final Map<Part, Examples> parts = new EnumMap<>(Part.class);
    private final Labels labels = new Labels();
    private final List<String> notes = new ArrayList<>();
    private final PixelScale scale = new PixelScale();
    private List<String> columns = List.of();
    private boolean ordered;

    /** Examples by the part that files or folders name. */
    public Map<Part, Examples> parts() {
        return parts;
    }

    /** Whether pixels of images are floats. */
    boolean isFloat() {
        return parts.values().stream().anyMatch(Examples::isFloat);
    }

    public Labels labels() {
        return labels;
    }

    /** Sentences about files that were left out and other things to know. */
    public List<String> notes() {
        return notes;
    }

    PixelScale scale() {
        return scale;
    }

    /** Names of a table's columns but labels, (column); empty for images of other files. */
    public List<String> columns() {
        return columns;
    }

    /** Sets the names of a table's features. */
    public void columns(List<String> names) {
        columns = List.copyOf(names);
    }

    /** Whether the order of examples is the publisher's and is kept. */
    public boolean ordered() {
        return ordered;
    }

    /** Keeps the order of examples. */
    public void keepOrder() {
        ordered = true;
    }
}
