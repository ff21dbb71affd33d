package org.espalier.lab.experiment;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.setting.Keyed;
import org.espalier.setting.Setting;
import org.espalier.setting.Shorthand;

/**
 * The tables of all settings in Markdown, made of the records that {@link Binder} binds and of the registered kinds. Published
 * as docs/reference/settings.md.
 */
public final class SettingsReference {
    private final StringBuilder text = new StringBuilder();
    private String file = ""; // before each heading, so that no two headings are the same

    private SettingsReference() {}

    /** The whole page, plug-ins included. */
    public static String page() {
        SettingsReference page = new SettingsReference();
        page.text.append("""
                # Settings

                This page is generated from the records that read experiment, suite and benchmark files. Do not edit it; its test says
                how to generate it. A setting without a default must be given, or is optional where its range says so.
                [Experiments](../guides/experiments.md) and [robustness](../guides/robustness.md) show settings in use.

                ## Experiment files

                """);
        page.table(Experiment.class);
        page.nested(Experiment.class, "", 3);
        page.text.append("""

                ## Suite files

                """);
        page.file = "suite file: ";
        page.table(SuiteSettings.class);
        page.nested(SuiteSettings.class, "", 3);
        page.text.append("""

                ## Benchmark files

                A benchmark and each of its methods also have a member `experiment` with settings of an experiment file; see
                [benchmark](../guides/benchmark.md).

                """);
        page.file = "benchmark file: ";
        page.table(BenchmarkSettings.class);
        page.nested(BenchmarkSettings.class, "", 3);
        return page.text.toString();
    }

    private void table(Class<?> type) {
        if (type.getRecordComponents().length == 0) {
            text.append("No settings.\n");
            return;
        }
        text.append("| setting | meaning | range | default |\n|---|---|---|---|\n");
        for (RecordComponent component : type.getRecordComponents()) {
            Setting setting = Binder.setting(component);
            text.append("| `")
                    .append(Binder.name(component))
                    .append("` | ")
                    .append(cell(setting.value()))
                    .append(" | ")
                    .append(cell(range(component.getGenericType(), setting)))
                    .append(" | ")
                    .append(setting.preset().isEmpty() ? "" : "`" + cell(setting.preset()) + "`")
                    .append(" |\n");
        }
    }

    /** Tables of the records within a record, and of the kinds that its settings choose among. */
    private void nested(Class<?> type, String path, int depth) {
        for (RecordComponent component : type.getRecordComponents()) {
            Setting setting = Binder.setting(component);
            String here = path.isEmpty() ? Binder.name(component) : path + "." + Binder.name(component);
            Class<?> element = element(component.getGenericType());
            if (element == Record.class) {
                kinds(here, Binder.kinds(setting), depth);
            } else if (element.isAnnotationPresent(Keyed.class)) {
                keyed(here, Binder.kinds(element), depth);
            } else if (element.isSealed() && !element.isEnum()) {
                kinds(here, Binder.kinds(element), depth);
            } else if (element.isRecord()) {
                heading(depth, "`" + here + "`");
                shorthand(element);
                table(element);
                nested(element, here, depth);
            }
        }
    }

    private void kinds(String path, Map<String, Class<? extends Record>> kinds, int depth) {
        kinds.forEach((name, kind) -> {
            heading(depth, "`" + path + "` of kind `" + name + "`");
            table(kind);
            nested(kind, path, depth + 1);
        });
    }

    /** Tables of kinds that stand as keys of their settings. */
    private void keyed(String path, Map<String, Class<? extends Record>> kinds, int depth) {
        kinds.forEach((name, kind) -> {
            heading(depth, "`" + path + "`: `" + name + "`");
            shorthand(kind);
            table(kind);
        });
    }

    private void shorthand(Class<?> type) {
        if (type.isAnnotationPresent(Shorthand.class)) {
            RecordComponent first = type.getRecordComponents()[0];
            text.append(first.getType() == List.class ? "A list" : "A bare word or number")
                    .append(" stands for `")
                    .append(Binder.name(first))
                    .append("`.\n\n");
        }
    }

    private void heading(int depth, String title) {
        text.append("\n")
                .append("#".repeat(depth))
                .append(" ")
                .append(file)
                .append(title)
                .append("\n\n");
    }

    private static Class<?> element(Type type) {
        if (type instanceof ParameterizedType generic) {
            return element(generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1]);
        }
        return (Class<?>) type;
    }

    private static String range(Type type, Setting setting) {
        if (type instanceof ParameterizedType generic) {
            if (generic.getRawType() == Optional.class) {
                return "optional; " + range(generic.getActualTypeArguments()[0], setting);
            }
            String element = range(element(type), setting);
            if (generic.getRawType() == List.class) {
                return "list; " + (setting.minItems() > 0 ? "at least " + setting.minItems() + "; " : "") + element;
            }
            return "mapping by name; " + element;
        }
        Class<?> plain = (Class<?>) type;
        if (plain == OptionalInt.class) {
            return "optional; " + "whole number" + Binder.range(setting);
        } else if (plain == int.class || plain == Integer.class || plain == long.class) {
            return "whole number" + Binder.range(setting);
        } else if (plain == double.class || plain == Double.class) {
            return "number" + Binder.range(setting);
        } else if (plain == boolean.class || plain == Boolean.class) {
            return "`true` or `false`";
        } else if (plain == String.class) {
            String form = Binder.form(setting);
            return form.isEmpty() ? "text" : form;
        } else if (plain.isEnum()) {
            return words(List.copyOf(Binder.constants(plain).keySet()));
        } else if (plain == Record.class) {
            return "kind: " + words(List.copyOf(Binder.kinds(setting).keySet()));
        } else if (plain.isAnnotationPresent(Keyed.class)) {
            return words(List.copyOf(Binder.kinds(plain).keySet()));
        } else if (plain.isSealed()) {
            return "kind: " + words(List.copyOf(Binder.kinds(plain).keySet()));
        }
        return "see below";
    }

    private static String words(List<String> names) {
        return String.join(", ", names.stream().map(name -> "`" + name + "`").toList());
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
