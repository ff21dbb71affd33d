package org.espalier.setting;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import org.espalier.UserException;
import org.jspecify.annotations.Nullable;

/** The kinds of one extension point by name, in the order of {@link Plugins#services}. */
public final class Registry {
    private static final String OWN = "org.espalier.";
    private static final String NAME = "[a-z0-9][a-z0-9._-]{0,62}";
    private static final Map<Source, Registry> FOUND = new ConcurrentHashMap<>();

    private record Source(Class<?> type, ClassLoader loader) {}

    private final Class<?> type;
    private final SequencedMap<String, Extension<?>> kinds = new LinkedHashMap<>();

    private Registry(Source source) {
        type = source.type();
        Plugins.services(type, source.loader()).forEach(each -> add((Extension<?>) each));
    }

    /**
     * The kinds of an extension point on the class path and in the plug-in directory.
     *
     * @param type a subinterface of {@link Extension}
     * @throws UserException if two plug-ins have a kind of one name, or a plug-in lacks an annotation
     */
    public static Registry of(Class<?> type) {
        return FOUND.computeIfAbsent(new Source(type, Plugins.loader()), Registry::new);
    }

    private void add(Extension<?> extension) {
        Class<? extends Record> settings = extension.settings();
        Kind kind = kind(settings);
        String plugin = "plug-in " + extension.getClass().getName();
        if (!kind.value().matches(NAME)) {
            throw new UserException(plugin + " has the kind \"" + kind.value()
                    + "\", expected lower-case letters, digits, '-', '_' and '.'");
        }
        boolean own = extension.getClass().getName().startsWith(OWN);
        if (!own && (kind.provider().isBlank() || kind.version().isBlank())) {
            throw new UserException(plugin + " has no provider or version in @Kind of " + settings.getName()
                    + ", expected both: they enter the keys of stored levels");
        }
        for (RecordComponent component : settings.getRecordComponents()) {
            if (!component.isAnnotationPresent(Setting.class)) {
                throw new UserException(
                        plugin + " has no @Setting on " + component.getName() + " of " + settings.getName());
            }
        }
        @Nullable Extension<?> other = kinds.putIfAbsent(kind.value(), extension);
        if (other != null) {
            throw new UserException(plugin + " and " + other.getClass().getName() + " both have the kind \""
                    + kind.value() + "\", expected one of them");
        }
    }

    /** The kinds in order. */
    public Collection<Extension<?>> all() {
        return Collections.unmodifiableCollection(kinds.values());
    }

    /** The settings records by kind. */
    public SequencedMap<String, Class<? extends Record>> settings() {
        SequencedMap<String, Class<? extends Record>> settings = new LinkedHashMap<>();
        kinds.forEach((name, extension) -> settings.put(name, extension.settings()));
        return Collections.unmodifiableSequencedMap(settings);
    }

    /**
     * The kind that a settings record belongs to.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Extension<?> find(Record settings) {
        return kinds.values().stream()
                .filter(extension -> extension.settings() == settings.getClass())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no " + type.getSimpleName() + " has the settings "
                        + settings.getClass().getName()));
    }

    /**
     * What a settings record is called.
     *
     * @throws UserException if it has no {@link Kind}
     */
    public static Kind kind(Class<? extends Record> settings) {
        Kind kind = settings.getAnnotation(Kind.class);
        if (kind == null) {
            throw new UserException("settings record " + settings.getName() + " has no @Kind");
        }
        return kind;
    }
}
