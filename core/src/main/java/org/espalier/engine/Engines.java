package org.espalier.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.espalier.network.Architecture;

/** Makes engines, from the {@link EngineProvider}s on the class path. */
public final class Engines {
    /** Providers, the preferred one first. */
    private static final List<EngineProvider> PROVIDERS =
            // With the loader of this class: a thread's own loader may not see the library.
            ServiceLoader.load(EngineProvider.class, EngineProvider.class.getClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .sorted(Comparator.comparingInt(EngineProvider::rank)
                            .reversed()
                            .thenComparing(EngineProvider::name))
                    .toList();

    private Engines() {}

    /** The fastest engine for this machine, float32. */
    public static Engine create(Architecture architecture) {
        return create(architecture, KernelMode.AUTO);
    }

    /** The same engine with its kernels forced, to compare them. */
    public static Engine create(Architecture architecture, KernelMode mode) {
        return preferred().create(architecture, mode);
    }

    /** All providers found, the preferred one first. */
    public static List<EngineProvider> providers() {
        return PROVIDERS;
    }

    /**
     * The provider of a name.
     *
     * @throws IllegalArgumentException if there is none; the message lists the known names
     */
    public static EngineProvider provider(String name) {
        return PROVIDERS.stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no engine is called \"" + name + "\", known are "
                        + PROVIDERS.stream().map(EngineProvider::name).collect(Collectors.joining(", "))));
    }

    private static EngineProvider preferred() {
        if (PROVIDERS.isEmpty()) {
            throw new IllegalStateException("no engine is on the class path: expected a file META-INF/services/"
                    + EngineProvider.class.getName() + " in espalier-core's jar");
        }
        return PROVIDERS.getFirst();
    }

    /**
     * Densities at which {@link KernelMode#AUTO} changes from sparse to dense kernels, in words, one line for each layer
     * shape measured so far.
     */
    public static List<String> crossovers() {
        return preferred().measurements();
    }

    /** Arithmetic that {@link #create} uses on this machine, in words; it changes no bit of any result. */
    public static String describe() {
        return preferred().describe();
    }

    /** Arithmetic that {@link #create(Architecture, KernelMode)} uses on this machine, in words. */
    public static String describe(KernelMode mode) {
        return describe() + ", " + mode.name().toLowerCase(Locale.ROOT) + " kernels";
    }
}
