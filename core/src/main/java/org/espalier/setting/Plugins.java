package org.espalier.setting;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.espalier.UserException;

/**
 * Where kinds are looked for: always the class path, and the jars of one directory if {@link #use} names it. The choice holds
 * for the whole process and is made before the first experiment is read.
 */
public final class Plugins {
    private static final ClassLoader CLASS_PATH = Plugins.class.getClassLoader();
    private static volatile ClassLoader loader = CLASS_PATH;
    private static volatile Optional<Path> directory = Optional.empty();

    private Plugins() {}

    /**
     * Adds all jars of a directory, in the order of their names.
     *
     * @throws UserException if the directory cannot be read or holds no jar
     */
    public static void use(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UserException(
                    "the plug-in directory " + folder + " does not exist, expected a directory of jars");
        }
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.jar")) {
            found.forEach(jars::add);
        } catch (IOException | DirectoryIteratorException e) {
            throw new UserException("the plug-in directory " + folder + " cannot be read: " + e.getMessage(), e);
        }
        if (jars.isEmpty()) {
            throw new UserException("the plug-in directory " + folder + " holds no jar, expected at least one");
        }
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars.stream().sorted().toList()) {
            try {
                urls.add(jar.toUri().toURL());
            } catch (MalformedURLException e) {
                throw new UserException("the plug-in " + jar + " cannot be read: " + e.getMessage(), e);
            }
        }
        loader = new URLClassLoader(urls.toArray(URL[]::new), CLASS_PATH);
        directory = Optional.of(folder);
    }

    /** Looks on the class path alone again. */
    public static void useClassPath() {
        loader = CLASS_PATH;
        directory = Optional.empty();
    }

    /** The directory of plug-ins in use, if there is one: other processes of the same search need its jars too. */
    public static Optional<Path> directory() {
        return directory;
    }

    /**
     * All implementations of an interface on the class path and in the plug-in directory, in the order of their service
     * files. Those of the interface's own jar come first, so that the order of jars on the class path shows nowhere.
     *
     * @throws UserException if one of them cannot be loaded
     */
    public static <T> List<T> services(Class<T> type) {
        return services(type, loader);
    }

    static <T> List<T> services(Class<T> type, ClassLoader loader) {
        try {
            List<T> found = new ArrayList<>();
            ServiceLoader.load(type, loader).forEach(found::add);
            found.sort(Comparator.comparing(
                    (T each) -> each.getClass().getProtectionDomain() != type.getProtectionDomain()));
            return List.copyOf(found);
        } catch (ServiceConfigurationError e) {
            throw new UserException("a plug-in cannot be loaded: " + e.getMessage(), e);
        }
    }

    static ClassLoader loader() {
        return loader;
    }
}
