package org.espalier.lab.dataset.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.data.ImageShape;
import org.espalier.lab.exchange.image.ImageFile;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.jspecify.annotations.Nullable;

/**
 * A folder of pictures: a sub-folder for each class, in one tree or below {@code train}, {@code test} and {@code validation}. Pictures
 * are PNG and JPEG; those deeper in a class's folder belong to the class.
 */
public final class PictureFolder {
    private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");
    private static final int DEEPEST = 16;
    private static final int NAMED = 10;
    private static final int BAD_NAMED = 20;
    private static final long MOST_BYTES = 1L << 26;

    private final PictureOptions options;
    private final Found found;
    private final Map<Part, Map<String, List<Path>>> files = new EnumMap<>(Part.class);
    private final List<String> unlabelled = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private final Map<Path, String> unreadable = new LinkedHashMap<>();
    private ImageShape common = new ImageShape(1, 1); // size of the first picture

    private PictureFolder(PictureOptions options, Found found) {
        this.options = options;
        this.found = found;
    }

    /**
     * Reads the pictures of a folder.
     *
     * @throws UserException if there are none, a class has none, sizes differ and none is wanted, or a picture cannot be read
     */
    public static void read(Path folder, PictureOptions options, Found found) {
        new PictureFolder(options, found).read(folder);
    }

    private void read(Path folder) {
        list(folder);
        if (files.isEmpty()) {
            throw new UserException(folder
                    + " has no pictures in sub-folders: expected a folder for each class with PNG or"
                    + " JPEG files, or files of a data format"
                    + (unlabelled.isEmpty() ? "" : "; put the pictures of each class into a folder of their own"));
        }
        boolean grey = readHeaders();
        int channels = switch (options.colours()) {
            case GREY -> 1;
            case COLOUR -> 3;
            case AUTO -> grey ? 1 : 3;
        };
        ImageShape size = options.size().orElse(common);
        decode(new ImageShape(size.height(), size.width(), channels));
        if (!unreadable.isEmpty()) {
            refuseUnreadable();
        }
        if (options.colours() == PictureOptions.Colours.AUTO && channels == 3) {
            Map<Part, Examples> parts = found.parts();
            if (parts.values().stream().allMatch(Examples::isGrey)) {
                parts.replaceAll((part, examples) -> examples.firstChannel());
                found.notes().add("all pictures are grey: one channel is stored");
            }
        }
        note("unlabelled picture", ", outside of the folders of classes", unlabelled, NAMED);
        note("file", " of other kinds than PNG and JPEG", others, NAMED);
        note(
                "picture",
                " that cannot be read",
                unreadable.keySet().stream().map(Path::toString).toList(),
                BAD_NAMED);
    }

    private void note(String what, String which, List<String> names, int most) {
        if (!names.isEmpty()) {
            found.notes()
                    .add("left out: " + names.size() + " " + Names.noun(names.size(), what) + which + ": "
                            + Names.listed(names, most));
        }
    }

    private void list(Path folder) {
        Map<String, Path> folders = folders(folder);
        boolean split = folders.keySet().stream()
                .map(Part::ofFolder)
                .anyMatch(part -> part.filter(each -> each == Part.TRAIN).isPresent());
        if (!split) {
            folders.forEach((name, path) -> listClass(Part.ALL, name, path));
            return;
        }
        folders.forEach((name, path) -> {
            Optional<Part> part = Part.ofFolder(name);
            if (part.isEmpty()) {
                others.add(path + " (a folder beside those of the splits)");
            } else if (files.containsKey(part.get())) {
                throw new UserException(path + " is a second folder of " + part.get() + " images, expected one");
            } else {
                folders(path).forEach((label, inside) -> listClass(part.get(), label, inside));
            }
        });
    }

    /** Sub-folders by name; pictures beside them have no label. */
    private Map<String, Path> folders(Path folder) {
        Map<String, Path> folders = new TreeMap<>();
        try {
            for (Path entry : Directories.list(folder)) {
                String name = String.valueOf(entry.getFileName());
                if (hidden(name)) {
                    continue;
                } else if (Files.isDirectory(entry)) {
                    folders.put(name, entry);
                } else {
                    (picture(entry) ? unlabelled : others).add(entry.toString());
                }
            }
        } catch (IOException e) {
            throw new UserException(folder + " cannot be read: " + e.getMessage(), e);
        }
        return folders;
    }

    private static boolean hidden(String name) {
        return name.startsWith(".") || name.equals("__MACOSX") || name.equals("Thumbs.db");
    }

    private static boolean picture(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return ENDINGS.stream().anyMatch(name::endsWith);
    }

    private void listClass(Part part, String label, Path folder) {
        List<Path> pictures = new ArrayList<>();
        try (Stream<Path> inside = Files.walk(folder, DEEPEST, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : inside.filter(Files::isRegularFile).sorted().toList()) {
                if (hidden(String.valueOf(file.getFileName()))) {
                    continue;
                } else if (picture(file)) {
                    pictures.add(file);
                } else {
                    others.add(file.toString());
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new UserException(folder + " cannot be read: " + e.getMessage(), e);
        }
        if (pictures.isEmpty()) {
            throw new UserException(
                    folder + " has no PNG or JPEG files: expected at least one picture of class " + label);
        }
        files.computeIfAbsent(part, _ -> new LinkedHashMap<>()).put(label, pictures);
    }

    private Stream<Path> all() {
        return files.values().stream()
                .flatMap(classes -> classes.values().stream())
                .flatMap(List::stream);
    }

    /** Whether all pictures are grey; compares their sizes where no size is wanted. */
    private boolean readHeaders() {
        boolean grey = true;
        @Nullable Path first = null;
        @Nullable Path other = null;
        int differing = 0;
        ImageShape otherSize = common;
        for (Path file : all().toList()) {
            try {
                ImageFile.Header header = ImageFile.header(file);
                checkSize(file, header);
                grey &= header.grey();
                ImageShape size = new ImageShape(header.rows(), header.columns());
                if (first == null) {
                    first = file;
                    common = size;
                } else if (!size.equals(common)) {
                    other = file;
                    otherSize = size;
                    differing++;
                }
            } catch (UserException e) {
                unreadable.put(file, e.getMessage());
            }
        }
        if (first == null) {
            refuseUnreadable();
        } else if (other != null && options.size().isEmpty() && (unreadable.isEmpty() || options.skipUnreadable())) {
            throw new UserException(other + " has " + otherSize + " pixels, but " + first + " has " + common
                    + (differing > 1 ? ", and " + (differing - 1) + " more differ" : "")
                    + ": expected equal sizes, or --size HxW to resize all pictures");
        }
        return grey;
    }

    private void checkSize(Path file, ImageFile.Header header) {
        long pixels = (long) header.rows() * header.columns();
        long most = options.size().isPresent() ? ImageFile.MOST_PHOTO_PIXELS : ImageFile.MOST_PIXELS;
        if (pixels < 1 || pixels > most) {
            throw new UserException(
                    file + " has " + header.rows() + " x " + header.columns() + " pixels, expected at most " + most);
        }
        long bytes = size(file);
        if (bytes > MOST_BYTES) {
            throw new UserException(file + " has " + bytes + " bytes, expected a picture of at most " + MOST_BYTES);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UserException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void decode(ImageShape shape) {
        long most = options.size().isPresent() ? ImageFile.MOST_PHOTO_PIXELS : ImageFile.MOST_PIXELS;
        files.forEach((part, classes) -> {
            Examples examples = Examples.images(shape);
            classes.forEach((label, pictures) -> {
                int number = found.labels().number(label, pictures.getFirst().toString());
                for (Path file : pictures) {
                    if (unreadable.containsKey(file)) {
                        continue;
                    }
                    try {
                        ImageFile picture =
                                ImageFile.decode(AtomicFiles.read(file), shape.channels(), file.toString(), most);
                        examples.addImage(
                                Resize.resize(picture.pixels(), picture.shape(), shape), number, file.toString(), 0);
                    } catch (UserException e) {
                        unreadable.put(file, e.getMessage());
                    }
                }
            });
            found.parts().put(part, examples);
        });
    }

    /** Fails unless such pictures are left out. */
    private void refuseUnreadable() {
        if (options.skipUnreadable() && found.parts().values().stream().anyMatch(part -> part.size() > 0)) {
            return;
        }
        List<String> names = unreadable.keySet().stream().map(Path::toString).toList();
        throw new UserException(
                names.size() == 1
                        ? unreadable.values().iterator().next() + "; --skip-unreadable leaves such a picture out"
                        : names.size() + " pictures cannot be read: " + Names.listed(names, BAD_NAMED) + "; the first: "
                                + unreadable.values().iterator().next()
                                + "; --skip-unreadable leaves such pictures out");
    }
}
