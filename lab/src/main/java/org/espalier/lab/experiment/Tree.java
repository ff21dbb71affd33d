package org.espalier.lab.experiment;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.setting.Keyed;
import org.espalier.setting.Kind;
import org.espalier.setting.Registry;

/** Settings records as plain maps, lists, strings, numbers and truth values, as they stand in a file. */
final class Tree {
    private final boolean identity;

    /**
     * A way of making trees.
     *
     * @param identity whether to omit settings that were added later and have their preset value
     */
    Tree(boolean identity) {
        this.identity = identity;
    }

    /** The tree of a record, in the order of its components; absent settings are omitted. */
    Map<String, Object> map(Record settings) {
        Map<String, Object> tree = new LinkedHashMap<>();
        if (isKeyed(settings)) {
            tree.put(Registry.kind(settings.getClass()).value(), components(settings));
            return tree;
        }
        Kind kind = settings.getClass().getAnnotation(Kind.class);
        if (kind != null) {
            tree.put(Binder.KIND, kind.value());
            if (identity && !kind.provider().isEmpty()) {
                tree.put("provider", kind.provider());
            }
            if (identity && !kind.version().isEmpty()) {
                tree.put("version", kind.version());
            }
        }
        tree.putAll(components(settings));
        return tree;
    }

    private static boolean isKeyed(Record settings) {
        return Arrays.stream(settings.getClass().getInterfaces())
                .anyMatch(each -> each.isAnnotationPresent(Keyed.class));
    }

    private Map<String, Object> components(Record settings) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            Object value = read(component, settings);
            if (identity
                    && Binder.setting(component).addedLater()
                    && Binder.presetOf(component).equals(Optional.of(value))) {
                continue;
            }
            boolean bare = Binder.setting(component).bare();
            switch (value) {
                case Optional<?> optional ->
                    optional.ifPresent(present -> tree.put(Binder.name(component), of(present, bare)));
                case OptionalInt optional -> optional.ifPresent(present -> tree.put(Binder.name(component), present));
                default -> tree.put(Binder.name(component), of(value, bare));
            }
        }
        return tree;
    }

    /**
     * One value.
     *
     * @param bare whether a kind without settings is written as its name; one of a plug-in keeps its provider and version
     *     where it identifies a level
     */
    Object of(Object value, boolean bare) {
        return switch (value) {
            case Record settings -> {
                Map<String, Object> tree = map(settings);
                yield bare && tree.size() == 1 && tree.containsKey(Binder.KIND)
                        ? Objects.requireNonNull(tree.get(Binder.KIND))
                        : tree;
            }
            case List<?> list -> list.stream().map(element -> of(element, bare)).toList();
            case Map<?, ?> map -> {
                Map<String, Object> tree = new LinkedHashMap<>();
                map.forEach((name, element) -> tree.put((String) name, of(element, bare)));
                yield tree;
            }
            case Enum<?> constant -> Names.dashed(constant.name());
            default -> value;
        };
    }

    private static Object read(RecordComponent component, Record settings) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true); // a plug-in's record need not be public
            return accessor.invoke(settings);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
