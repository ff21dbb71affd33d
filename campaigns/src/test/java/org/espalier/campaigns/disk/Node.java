package org.espalier.campaigns.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A file or directory: what programs see now, and what the disk keeps if the power is cut. The rules are POSIX's: flushing a
 * file keeps its content and not its name, flushing a directory keeps its names and not their content.
 */
final class Node {
    final boolean directory;
    byte[] content = new byte[0];
    private byte[] kept = new byte[0];
    private boolean dirty;
    long modified = System.currentTimeMillis();
    /** Positions that are locked; every lock here is of one byte. */
    final Set<Long> locked = new HashSet<>();

    final Map<String, Node> entries = new TreeMap<>();
    private final Map<String, Node> keptEntries = new TreeMap<>();
    /** Changes of entries since the last flush, in order; each is atomic. */
    private final List<Map<String, Optional<Node>>> changes = new ArrayList<>();

    Node(boolean directory) {
        this.directory = directory;
    }

    /** Replaces what programs see of a file. */
    void write(byte[] now) {
        content = now;
        dirty = true;
        modified = System.currentTimeMillis();
    }

    /** Changes entries, all at once. */
    void change(Map<String, Optional<Node>> change) {
        change.forEach((name, node) -> node.ifPresentOrElse(it -> entries.put(name, it), () -> entries.remove(name)));
        changes.add(change);
        modified = System.currentTimeMillis();
    }

    /** Brings content or entries to the disk. */
    void flush() {
        kept = content;
        dirty = false;
        keptEntries.clear();
        keptEntries.putAll(entries);
        changes.clear();
    }

    /** A failed flush of Linux: programs go on to see what was written, and the disk will never have it. */
    void lose() {
        dirty = false;
    }

    /** The same as it is now, all of it on the disk. */
    Node copy() {
        return survivor(Optional.empty(), true, new IdentityHashMap<>());
    }

    /** What is there after a power cut of now; what was not flushed may be there, in part or not at all. */
    Node afterPowerCut(Random random) {
        return survivor(Optional.of(random), false, new IdentityHashMap<>());
    }

    /** What is there after a power cut of now, if nothing is there that was not flushed. */
    Node flushedOnly() {
        return survivor(Optional.empty(), false, new IdentityHashMap<>());
    }

    private Node survivor(Optional<Random> random, boolean all, IdentityHashMap<Node, Node> known) {
        Node there = known.get(this);
        if (there != null) {
            return there;
        }
        Node survivor = new Node(directory);
        known.put(this, survivor);
        survivor.modified = modified;
        if (directory) {
            Map<String, Node> names = new HashMap<>(all ? entries : keptEntries);
            // Journals keep the order of one directory's changes: some first ones of them may be there.
            random.ifPresent(r -> changes.subList(0, r.nextInt(changes.size() + 1))
                    .forEach(change -> change.forEach((name, node) ->
                            node.ifPresentOrElse(it -> names.put(name, it), () -> names.remove(name)))));
            names.forEach((name, node) -> survivor.entries.put(name, node.survivor(random, all, known)));
        } else if (all) {
            survivor.content = content;
        } else {
            survivor.content = dirty && random.isPresent() ? partly(random.get()) : kept;
        }
        survivor.flush();
        return survivor;
    }

    /** Content of which not all was flushed: old, new, cut off, or of the new length with zeros where data did not arrive. */
    private byte[] partly(Random random) {
        int common = 0;
        while (common < Math.min(kept.length, content.length) && kept[common] == content[common]) {
            common++;
        }
        int arrived = common + random.nextInt(content.length - common + 1);
        return switch (random.nextInt(4)) {
            case 0 -> kept;
            case 1 -> content;
            case 2 -> Arrays.copyOf(content, arrived);
            default -> Arrays.copyOf(Arrays.copyOf(content, arrived), content.length);
        };
    }
}
