package org.espalier.lab.experiment;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Settings records as plain maps, lists, strings, numbers and truth values, as they stand in a file. */
final class Tree {
    private final boolean identity;

    /**
     * A way of making trees.
     *
     * @param identity whether to leave out settings that were added later and have their preset value
     */
    Tree(boolean identity) {
        this.identity = identity;
    }

    /** The tree of a record, in the order of its components; absent settings are left out. */
    Map<String, Object> map(Record settings) {
        Map<String, Object> tree = new LinkedHashMap<>();
        Kind kind = settings.getClass().getAnnotation(Kind.class);
        if (kind != null) {
            tree.put(Binder.KIND, kind.value());
        }
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            Object value = read(component, settings);
            if (identity
                    && Binder.setting(component).addedLater()
                    && Binder.presetOf(component).equals(Optional.of(value))) {
                continue;
            }
            switch (value) {
                case Optional<?> optional ->
                    optional.ifPresent(present -> tree.put(Binder.name(component), of(present)));
                case OptionalInt optional -> optional.ifPresent(present -> tree.put(Binder.name(component), present));
                default -> tree.put(Binder.name(component), of(value));
            }
        }
        return tree;
    }

    private Object of(Object value) {
        return switch (value) {
            case Record settings -> map(settings);
            case List<?> list -> list.stream().map(this::of).toList();
            case Map<?, ?> map -> {
                Map<String, Object> tree = new LinkedHashMap<>();
                map.forEach((name, element) -> tree.put((String) name, of(element)));
                yield tree;
            }
            case Enum<?> constant -> Names.dashed(constant.name());
            default -> value;
        };
    }

    private static Object read(RecordComponent component, Record settings) {
        try {
            return component.getAccessor().invoke(settings);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
