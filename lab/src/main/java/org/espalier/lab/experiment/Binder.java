package org.espalier.lab.experiment;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.setting.Keyed;
import org.espalier.setting.Named;
import org.espalier.setting.Registry;
import org.espalier.setting.Setting;
import org.espalier.setting.Shorthand;
import org.jspecify.annotations.Nullable;

/** Makes settings records of YAML, checking every name, type and range against {@link Setting}. */
final class Binder {
    /** The settings that a record's setting {@code kind} chooses by. */
    static final String KIND = "kind";

    private Binder() {}

    /**
     * Binds a document to a record.
     *
     * @throws UserException naming place, setting, what was found and what was expected
     */
    static <T extends Record> T bind(Class<T> type, Yaml yaml) {
        return type.cast(record(type, yaml, "", null));
    }

    /** A bound of a kind, everything else as preset. */
    static Experiment.BoundSettings bound(String kind) {
        Yaml yaml = Yaml.parse("{" + KIND + ": " + kind + "}", "bounds." + kind, false);
        return (Experiment.BoundSettings)
                ofKind(kinds(Experiment.BoundSettings.class), false, false, yaml, "bounds." + kind);
    }

    private static Object value(Type type, Yaml yaml, String path, Setting setting) {
        if (type instanceof ParameterizedType generic) {
            Type element = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            if (generic.getRawType() == Optional.class) {
                return Optional.of(value(element, yaml, path, setting));
            }
            return generic.getRawType() == List.class
                    ? list(element, yaml, path, setting)
                    : map(element, yaml, path, setting);
        }
        Class<?> plain = (Class<?>) type;
        if (plain == OptionalInt.class) {
            return OptionalInt.of((int) whole(yaml, path, setting, Integer.MIN_VALUE, Integer.MAX_VALUE));
        } else if (plain == int.class || plain == Integer.class) {
            return (int) whole(yaml, path, setting, Integer.MIN_VALUE, Integer.MAX_VALUE);
        } else if (plain == long.class) {
            return whole(yaml, path, setting, Long.MIN_VALUE, Long.MAX_VALUE);
        } else if (plain == double.class || plain == Double.class) {
            return number(yaml, path, setting);
        } else if (plain == boolean.class || plain == Boolean.class) {
            return truth(yaml, path);
        } else if (plain == String.class) {
            return string(yaml, path, setting);
        } else if (plain.isEnum()) {
            return constant(plain, yaml, path);
        } else if (plain.isSealed()) {
            return plain.isAnnotationPresent(Keyed.class)
                    ? ofKey(kinds(plain), yaml, path)
                    : ofKind(kinds(plain), false, false, yaml, path);
        } else if (plain == Record.class) {
            return ofKind(kinds(setting), true, setting.bare(), yaml, path);
        }
        return record(plain.asSubclass(Record.class), yaml, path, null);
    }

    /**
     * The record of the kind that a value names.
     *
     * @param open whether plug-ins add kinds
     * @param bare whether the value may be a kind's name alone
     */
    private static Record ofKind(
            Map<String, Class<? extends Record>> kinds, boolean open, boolean bare, Yaml yaml, String path) {
        String kinds0 = String.join(" or ", kinds.keySet());
        if (bare && yaml instanceof Yaml.Scalar name && !name.isNull()) {
            return record(chosen(kinds, open, name, path), new Yaml.Mapping(Map.of(), name.place()), path, KIND);
        } else if (bare && !(yaml instanceof Yaml.Mapping)) {
            throw wrong(yaml, path, kinds0 + ", or a mapping with " + KIND);
        }
        if (!(yaml instanceof Yaml.Mapping(Map<String, Yaml> values, String place))) {
            throw wrong(yaml, path, "a mapping with " + KIND + ": " + kinds0);
        }
        if (!(values.get(KIND) instanceof Yaml.Scalar kind)) {
            throw new UserException(place + ": " + path + "." + KIND + " is missing, expected " + kinds0);
        }
        return record(chosen(kinds, open, kind, path + "." + KIND), yaml, path, KIND);
    }

    /** The record of a {@link Keyed} kind: a bare name, or a mapping of the name to its settings. */
    private static Record ofKey(Map<String, Class<? extends Record>> kinds, Yaml yaml, String path) {
        if (yaml instanceof Yaml.Scalar name && !name.isNull()) {
            return record(
                    chosen(kinds, false, name, path),
                    new Yaml.Mapping(Map.of(), name.place()),
                    join(path, name.text()),
                    null);
        } else if (!(yaml instanceof Yaml.Mapping(Map<String, Yaml> values, String place))) {
            throw wrong(yaml, path, String.join(" or ", kinds.keySet()) + ", or one of them with its settings");
        } else if (values.size() != 1) {
            throw new UserException(place + ": " + path + " has "
                    + (values.isEmpty() ? "no key" : "the keys " + String.join(", ", values.keySet()))
                    + ", expected one, the kind, with all settings below it");
        } else {
            String kind = values.keySet().iterator().next();
            Yaml settings = Objects.requireNonNull(values.get(kind));
            if (settings instanceof Yaml.Scalar scalar && scalar.isNull()) {
                settings = new Yaml.Mapping(Map.of(), scalar.place());
            }
            return record(
                    chosen(kinds, false, new Yaml.Scalar(kind, false, settings.place()), path),
                    settings,
                    join(path, kind),
                    null);
        }
    }

    private static Class<? extends Record> chosen(
            Map<String, Class<? extends Record>> kinds, boolean open, Yaml.Scalar kind, String path) {
        Class<? extends Record> chosen = kinds.get(kind.text());
        if (chosen == null) {
            boolean unlike = Names.nearest(kind.text(), kinds.keySet()).isEmpty();
            throw new UserException(kind.place() + ": " + path + " is " + kind.describe() + ", "
                    + Names.suggestion(kind.text(), kinds.keySet())
                    + (open && unlike ? ", or a plug-in's kind with --plugins" : ""));
        }
        return chosen;
    }

    private static Record record(Class<? extends Record> type, Yaml yaml, String path, @Nullable String alsoKnown) {
        RecordComponent[] components = type.getRecordComponents();
        Map<String, Yaml> given;
        if (yaml instanceof Yaml.Mapping mapping) {
            given = mapping.values();
        } else if (type.isAnnotationPresent(Shorthand.class) && isFirst(yaml, components[0])) {
            given = Map.of(name(components[0]), yaml);
        } else {
            throw wrong(
                    yaml,
                    path,
                    "a mapping of settings"
                            + (type.isAnnotationPresent(Shorthand.class) ? " or " + alone(components[0]) : ""));
        }
        List<String> names = Arrays.stream(components).map(Binder::name).toList();
        given.forEach((name, value) -> {
            if (!names.contains(name) && !name.equals(alsoKnown)) {
                throw new UserException(value.place() + ": unknown setting \"" + join(path, name) + "\", "
                        + Names.suggestion(name, names));
            }
        });
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            Setting setting = setting(component);
            String here = join(path, name(component));
            Yaml value = given.get(name(component));
            if (value == null && setting.preset().isEmpty()) {
                arguments[i] = absent(component, yaml, here);
                continue;
            }
            if (value == null) {
                value = Yaml.parse(setting.preset(), yaml.place(), false);
            }
            arguments[i] = value(component.getGenericType(), value, here, setting);
        }
        return create(type, arguments, yaml, path);
    }

    /** Whether a value may stand for a record by its first component alone. */
    private static boolean isFirst(Yaml yaml, RecordComponent first) {
        return first.getType() == List.class
                ? yaml instanceof Yaml.Sequence
                : yaml instanceof Yaml.Scalar scalar && !scalar.isNull();
    }

    /** What {@link #isFirst} accepts, in words. */
    private static String alone(RecordComponent first) {
        return first.getType() == List.class ? "a list" : first.getType() == String.class ? "a name" : "a number";
    }

    private static Object absent(RecordComponent component, Yaml yaml, String path) {
        if (component.getType() == Optional.class) {
            return Optional.empty();
        } else if (component.getType() == OptionalInt.class) {
            return OptionalInt.empty();
        }
        throw new UserException(yaml.place() + ": " + path + " is missing");
    }

    private static Record create(Class<? extends Record> type, Object[] arguments, Yaml yaml, String path) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true); // a plug-in's record need not be public
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException problem) {
                // The record checks settings that have to go together.
                throw new UserException(yaml.place() + ": " + path + ": " + problem.getMessage(), e);
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Object> list(Type element, Yaml yaml, String path, Setting setting) {
        if (!(yaml instanceof Yaml.Sequence(List<Yaml> values, String place))) {
            throw wrong(yaml, path, "a list");
        }
        if (values.size() < setting.minItems()) {
            throw new UserException(place + ": " + path + " has " + values.size() + " elements, expected at least "
                    + setting.minItems());
        }
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            list.add(value(element, values.get(i), path + "[" + i + "]", setting));
        }
        return List.copyOf(list);
    }

    private static Map<String, Object> map(Type element, Yaml yaml, String path, Setting setting) {
        if (!(yaml instanceof Yaml.Mapping(Map<String, Yaml> values, String ignored))) {
            throw wrong(yaml, path, "a mapping");
        }
        Map<String, Object> map = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (!name.matches(setting.pattern())) {
                throw new UserException(
                        value.place() + ": " + path + " has an entry \"" + name + "\", expected " + setting.form());
            }
            map.put(name, value(element, value, join(path, name), setting));
        });
        return java.util.Collections.unmodifiableMap(map);
    }

    private static long whole(Yaml yaml, String path, Setting setting, long least, long most) {
        BigDecimal found = decimal(yaml, path, setting, "a whole number");
        if (found.stripTrailingZeros().scale() > 0) {
            throw wrong(yaml, path, "a whole number" + range(setting));
        }
        if (found.compareTo(BigDecimal.valueOf(least)) < 0 || found.compareTo(BigDecimal.valueOf(most)) > 0) {
            throw wrong(yaml, path, "a whole number from " + least + " to " + most);
        }
        inRange(found.doubleValue(), yaml, path, setting, "a whole number");
        return found.longValueExact();
    }

    private static double number(Yaml yaml, String path, Setting setting) {
        double found = decimal(yaml, path, setting, "a number").doubleValue();
        inRange(found, yaml, path, setting, "a number");
        // Training computes with floats. A number that differs from zero, a bound or infinity in double precision only
        // is refused.
        float single = (float) found;
        inRange(single, yaml, path, setting, "a number that is, in single precision,");
        if (single == 0 && found != 0) {
            throw wrong(yaml, path, "0 or a number that is not 0 in single precision");
        }
        return found;
    }

    private static BigDecimal decimal(Yaml yaml, String path, Setting setting, String expected) {
        if (yaml instanceof Yaml.Scalar scalar && !scalar.quoted()) {
            Optional<BigDecimal> found = Decimals.parse(scalar.text());
            if (found.isPresent()) {
                return found.get();
            }
            throw wrong(yaml, path, expected + range(setting) + Decimals.hint(scalar.text()));
        }
        throw wrong(yaml, path, expected + range(setting));
    }

    private static void inRange(double found, Yaml yaml, String path, Setting setting, String expected) {
        boolean low = setting.above() ? found <= setting.min() : found < setting.min();
        boolean high = setting.below() ? found >= setting.max() : found > setting.max();
        if (low || high || !Double.isFinite(found)) {
            throw wrong(yaml, path, expected + range(setting));
        }
    }

    /** The range of a number, to follow "a number": {@code  of at least 0}. */
    static String range(Setting setting) {
        List<String> bounds = new ArrayList<>();
        if (setting.min() != Double.NEGATIVE_INFINITY) {
            bounds.add((setting.above() ? "above " : "of at least ") + plain(setting.min()));
        }
        if (setting.max() != Double.POSITIVE_INFINITY) {
            bounds.add((setting.below() ? "below " : "at most ") + plain(setting.max()));
        }
        return bounds.isEmpty() ? "" : " " + String.join(" and ", bounds);
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private static boolean truth(Yaml yaml, String path) {
        if (yaml instanceof Yaml.Scalar scalar
                && (scalar.text().equals("true") || scalar.text().equals("false"))) {
            return scalar.text().equals("true");
        }
        throw wrong(yaml, path, "true or false");
    }

    private static String string(Yaml yaml, String path, Setting setting) {
        String form = form(setting);
        if (!(yaml instanceof Yaml.Scalar scalar) || scalar.isNull()) {
            throw wrong(yaml, path, form.isEmpty() ? "a string" : form);
        }
        String pattern = pattern(setting);
        if (!pattern.isEmpty() && !scalar.text().matches(pattern)) {
            throw wrong(yaml, path, form);
        }
        return scalar.text();
    }

    /** Regular expression of a string setting; empty for any string. */
    static String pattern(Setting setting) {
        return setting.kinds() == void.class
                ? setting.pattern()
                : named(setting).map(Named::pattern).collect(Collectors.joining("|"));
    }

    /** What a string setting has to be, in words; empty for any string. */
    static String form(Setting setting) {
        if (setting.kinds() == void.class) {
            return setting.form();
        }
        List<String> forms = named(setting).map(Named::form).toList();
        return String.join(", ", forms.subList(0, forms.size() - 1)) + " or " + forms.getLast();
    }

    private static Stream<Named<?>> named(Setting setting) {
        return Registry.of(setting.kinds()).all().stream().map(kind -> (Named<?>) kind);
    }

    private static Object constant(Class<?> type, Yaml yaml, String path) {
        Map<String, Object> constants = constants(type);
        if (!(yaml instanceof Yaml.Scalar scalar)) {
            throw wrong(yaml, path, String.join(" or ", constants.keySet()));
        }
        Object found = constants.get(scalar.text());
        if (found == null) {
            throw new UserException(yaml.place() + ": " + path + " is " + yaml.describe() + ", "
                    + Names.suggestion(scalar.text(), constants.keySet()));
        }
        return found;
    }

    private static UserException wrong(Yaml yaml, String path, String expected) {
        String what = path.isEmpty() ? "the experiment" : path;
        return new UserException(yaml.place() + ": " + what + " is " + yaml.describe() + ", expected " + expected);
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** The default of a setting; empty if the setting is required or may be absent. */
    static Optional<Object> presetOf(RecordComponent component) {
        Setting setting = setting(component);
        return setting.preset().isEmpty()
                ? Optional.empty()
                : Optional.of(value(
                        component.getGenericType(),
                        Yaml.parse(setting.preset(), "preset", false),
                        name(component),
                        setting));
    }

    /** How a component is written in a file. */
    static String name(RecordComponent component) {
        return Names.dashed(component.getName());
    }

    static Setting setting(RecordComponent component) {
        return Objects.requireNonNull(component.getAnnotation(Setting.class), component::toString);
    }

    /** The records of a sealed interface by the kind that names them. */
    static Map<String, Class<? extends Record>> kinds(Class<?> type) {
        Map<String, Class<? extends Record>> kinds = new LinkedHashMap<>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            Class<? extends Record> settings = permitted.asSubclass(Record.class);
            kinds.put(Registry.kind(settings).value(), settings);
        }
        return kinds;
    }

    /** The records of a setting that chooses among registered kinds, by the kind that names them. */
    static Map<String, Class<? extends Record>> kinds(Setting setting) {
        return Registry.of(setting.kinds()).settings();
    }

    /** The constants of an enum by how they are written. */
    static Map<String, Object> constants(Class<?> type) {
        Map<String, Object> constants = new LinkedHashMap<>();
        for (Object constant : type.getEnumConstants()) {
            constants.put(Names.dashed(((Enum<?>) constant).name()), constant);
        }
        return constants;
    }
}
