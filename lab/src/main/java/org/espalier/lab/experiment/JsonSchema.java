package org.espalier.lab.experiment;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.setting.Keyed;
import org.espalier.setting.Setting;
import org.espalier.setting.Shorthand;

/**
 * The JSON Schema (2020-12) of experiment files, for editors: what {@link Binder} accepts, value by value. Checks
 * between settings are not in it. Published as docs/experiment.schema.json.
 */
public final class JsonSchema {
    private JsonSchema() {}

    /** The schema as maps, lists, strings, numbers and truth values. */
    public static Map<String, Object> ofExperiment() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Espalier experiment");
        schema.putAll(object(Experiment.class, Optional.empty()));
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(
                "extends",
                Map.of(
                        "description",
                        "preset or file (relative to this one) whose settings these replace",
                        "type",
                        "string"));
        properties.putAll(properties(Experiment.class));
        schema.put("properties", properties);
        return schema;
    }

    private static Map<String, Object> object(Class<?> type, Optional<String> kind) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<Object> required = new ArrayList<>();
        kind.ifPresent(name -> {
            // Not required, because a file that extends another need not repeat it. The parser reports it if it is
            // missing.
            properties.put(Binder.KIND, literal(name));
        });
        properties.putAll(properties(type));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        for (RecordComponent component : type.getRecordComponents()) {
            boolean optional = component.getType() == Optional.class || component.getType() == OptionalInt.class;
            if (Binder.setting(component).preset().isEmpty() && !optional) {
                required.add(Binder.name(component));
            }
        }
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    private static Map<String, Object> properties(Class<?> type) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Setting setting = Binder.setting(component);
            Map<String, Object> property = new LinkedHashMap<>();
            property.put("description", setting.value());
            property.putAll(value(component.getGenericType(), setting));
            if (!setting.preset().isEmpty()) {
                property.put("default", plain(Yaml.parse(setting.preset(), "preset", false)));
            }
            properties.put(Binder.name(component), property);
        }
        return properties;
    }

    private static Map<String, Object> value(Type type, Setting setting) {
        if (type instanceof ParameterizedType generic) {
            Type element = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            if (generic.getRawType() == Optional.class) {
                return value(element, setting);
            }
            Map<String, Object> schema = new LinkedHashMap<>();
            if (generic.getRawType() == List.class) {
                schema.put("type", "array");
                schema.put("items", value(element, setting));
                schema.put("minItems", setting.minItems());
            } else {
                schema.put("type", "object");
                schema.put("propertyNames", Map.of("pattern", whole(setting.pattern())));
                schema.put("additionalProperties", value(element, setting));
            }
            return schema;
        }
        Class<?> plain = (Class<?>) type;
        if (plain == int.class || plain == Integer.class || plain == OptionalInt.class || plain == long.class) {
            return range("integer", setting);
        } else if (plain == double.class || plain == Double.class) {
            return range("number", setting);
        } else if (plain == boolean.class || plain == Boolean.class) {
            return Map.of("type", "boolean");
        } else if (plain == String.class) {
            String pattern = Binder.pattern(setting);
            return pattern.isEmpty() ? Map.of("type", "string") : ordered("type", "string", "pattern", whole(pattern));
        } else if (plain.isEnum()) {
            List<Object> constants = new ArrayList<>(Binder.constants(plain).keySet());
            if (constants.contains("true")) {
                constants.addFirst(true); // YAML reads the word without quotes as a truth value
            }
            return Map.of("enum", constants);
        } else if (plain.isAnnotationPresent(Keyed.class)) {
            return Map.of("anyOf", keyed(Binder.kinds(plain)));
        } else if (plain.isSealed()) {
            return Map.of("anyOf", objects(Binder.kinds(plain)));
        } else if (plain == Record.class) {
            Map<String, Class<? extends Record>> kinds = Binder.kinds(setting);
            List<Object> forms = objects(kinds);
            if (setting.bare()) {
                forms.addFirst(Map.of("enum", List.copyOf(kinds.keySet())));
            }
            return Map.of("anyOf", forms);
        }
        return shorthand(plain);
    }

    private static Map<String, Object> shorthand(Class<?> plain) {
        Map<String, Object> object = object(plain, Optional.empty());
        if (!plain.isAnnotationPresent(Shorthand.class)) {
            return object;
        }
        RecordComponent first = plain.getRecordComponents()[0];
        return Map.of("oneOf", List.of(value(first.getGenericType(), Binder.setting(first)), object));
    }

    /** The forms of {@link Keyed} kinds: a mapping of the kind to its settings, or the name alone where none is required. */
    private static List<Object> keyed(Map<String, Class<? extends Record>> kinds) {
        List<Object> bare = new ArrayList<>();
        List<Object> forms = new ArrayList<>();
        kinds.forEach((name, kind) -> {
            List<Object> settings = new ArrayList<>();
            settings.add(shorthand(kind));
            if (!object(kind, Optional.empty()).containsKey("required")) {
                bare.add(name);
                settings.add(Map.of("type", "null"));
            }
            Map<String, Object> form = new LinkedHashMap<>();
            form.put("type", "object");
            form.put("properties", Map.of(name, Map.of("anyOf", settings)));
            form.put("required", List.of(name));
            form.put("additionalProperties", false);
            forms.add(form);
        });
        forms.addFirst(Map.of("enum", bare));
        return forms;
    }

    private static List<Object> objects(Map<String, Class<? extends Record>> kinds) {
        List<Object> objects = new ArrayList<>();
        kinds.forEach((name, kind) -> objects.add(object(kind, Optional.of(name))));
        return objects;
    }

    private static Map<String, Object> range(String type, Setting setting) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type);
        if (setting.min() != Double.NEGATIVE_INFINITY) {
            schema.put(setting.above() ? "exclusiveMinimum" : "minimum", number(setting.min()));
        }
        if (setting.max() != Double.POSITIVE_INFINITY) {
            schema.put(setting.below() ? "exclusiveMaximum" : "maximum", number(setting.max()));
        }
        return schema;
    }

    /** YAML as maps, lists, strings, numbers and truth values, for a validator. */
    static Object plain(Yaml yaml) {
        return switch (yaml) {
            case Yaml.Mapping(Map<String, Yaml> values, String ignored) -> {
                Map<String, Object> tree = new LinkedHashMap<>();
                values.forEach((name, value) -> tree.put(name, plain(value)));
                yield tree;
            }
            case Yaml.Sequence(List<Yaml> values, String ignored) ->
                values.stream().map(JsonSchema::plain).toList();
            case Yaml.Scalar scalar -> scalar(scalar);
        };
    }

    private static Object scalar(Yaml.Scalar scalar) {
        if (scalar.text().equals("true") || scalar.text().equals("false")) {
            return scalar.text().equals("true");
        }
        try {
            return new BigDecimal(scalar.text());
        } catch (NumberFormatException e) {
            return scalar.text();
        }
    }

    private static Object number(double value) {
        return value == Math.rint(value) ? (Object) (long) value : (Object) value;
    }

    private static Map<String, Object> literal(String name) {
        return ordered("const", name, "description", "which kind this is");
    }

    private static Map<String, Object> ordered(String key, Object value, String otherKey, Object otherValue) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(key, value);
        map.put(otherKey, otherValue);
        return map;
    }

    private static String whole(String pattern) {
        return "^(?:" + pattern + ")$";
    }
}
