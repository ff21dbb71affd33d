package org.espalier.lab.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.lab.network.LayerSettings;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Reads and writes experiment files. */
public final class ExperimentFile {
    private static final String EXTENDS = "extends";

    private ExperimentFile() {}

    /**
     * Reads an experiment.
     *
     * @param nameOrFile a preset's name, or a file
     * @param overrides each {@code path=value}, the path's names joined by dots and the value in YAML; applied in order
     * @throws UserException naming file, line, setting, what was found and what was expected
     */
    public static Experiment read(String nameOrFile, List<String> overrides) {
        Yaml yaml = load(nameOrFile, null, new ArrayList<>());
        for (String override : overrides) {
            // An option's paths are relative to where it was typed.
            yaml = Yaml.merge(yaml, NetworkForms.whole(RelativePaths.resolved(override(override), Path.of("option"))));
        }
        return Validation.resolve(Binder.bind(Experiment.class, yaml), yaml);
    }

    /** An experiment from YAML text; {@code source} names it in messages. */
    public static Experiment parse(String text, String source) {
        Yaml yaml = extended(Yaml.parse(text, source, true), null, new ArrayList<>());
        return Validation.resolve(Binder.bind(Experiment.class, yaml), yaml);
    }

    /**
     * Settings of one record, each preset where no override says otherwise.
     *
     * @param overrides each {@code path=value}, as in {@link #read}
     * @throws UserException naming the override, the setting, what was found and what was expected
     */
    public static <S extends Record> S settings(Class<S> type, List<String> overrides) {
        Yaml yaml = new Yaml.Mapping(Map.of(), "--set");
        for (String override : overrides) {
            yaml = Yaml.merge(yaml, override(override));
        }
        return Binder.bind(type, yaml);
    }

    /** The complete file: every setting, defaults included. Reading it gives an equal experiment. */
    public static String write(Experiment experiment) {
        return dumped(tree(experiment));
    }

    /** The setting {@code network} as a list of layers, to be edited in a file. */
    public static String write(List<LayerSettings> layers) {
        List<Object> trees = new ArrayList<>();
        layers.forEach(layer -> trees.add(tree((Record) layer)));
        return dumped(Map.of("network", Map.of(Experiment.Network.LAYERS, trees)));
    }

    private static String dumped(Map<String, Object> tree) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndicatorIndent(2)
                .setIndentWithIndicator(true)
                .setWidth(120)
                .build();
        return new Dump(settings).dumpToString(tree);
    }

    /** The settings as plain maps, lists, strings, numbers and truth values, in the order of the file. */
    public static Map<String, Object> tree(Record settings) {
        return new Tree(false).map(settings);
    }

    /**
     * The settings as they enter what identifies a level: as {@link #tree}, but a setting that was added later is
     * omitted while it has its preset value, so that older identities do not change.
     */
    public static Map<String, Object> identity(Record settings) {
        return new Tree(true).map(settings);
    }

    /** The settings of a kind as they enter what identifies a level; the bare name of a kind of Espalier's without settings. */
    public static Object kindIdentity(Record settings) {
        return new Tree(true).of(settings, true);
    }

    /** How a constant is written in a file. */
    public static String nameOf(Enum<?> constant) {
        return Names.dashed(constant.name());
    }

    private static Yaml override(String override) {
        String source = "--set " + override;
        int equals = override.indexOf('=');
        if (equals < 1) {
            throw new UserException(source + ": expected path=value, e.g. training.iterations=1000");
        }
        List<String> path = Arrays.asList(override.substring(0, equals).strip().split("\\.", -1));
        String text = override.substring(equals + 1);
        return Yaml.at(path, text.isBlank() ? new Yaml.Scalar("", false, source) : Yaml.parse(text, source, false));
    }

    private static Yaml load(String nameOrFile, @Nullable Path relativeTo, List<String> chain) {
        if (chain.contains(nameOrFile)) {
            throw new UserException(String.join(" extends ", chain) + " extends " + nameOrFile + ": a circle");
        }
        chain.add(nameOrFile);
        if (Presets.names().contains(nameOrFile)) {
            Yaml preset = Yaml.parse(Presets.text(nameOrFile), "preset " + nameOrFile, true);
            return extended(preset, relativeTo, chain);
        }
        Path file = path(nameOrFile, relativeTo);
        Yaml yaml = RelativePaths.resolved(Yaml.parse(text(file, nameOrFile), file.toString(), true), file);
        return extended(yaml, file, chain);
    }

    private static Path path(String file, @Nullable Path relativeTo) {
        return relativeTo == null
                ? UserPath.of(file, "the experiment")
                : relativeTo.resolveSibling(UserPath.of(file, relativeTo + ": " + EXTENDS));
    }

    private static Yaml extended(Yaml asWritten, @Nullable Path file, List<String> chain) {
        Yaml yaml = NetworkForms.whole(asWritten);
        if (!(yaml instanceof Yaml.Mapping(Map<String, Yaml> values, String place)) || !values.containsKey(EXTENDS)) {
            return yaml;
        }
        if (!(values.get(EXTENDS) instanceof Yaml.Scalar base) || base.isNull()) {
            throw new UserException(place + ": " + EXTENDS + " is not the name of a preset or file");
        }
        Map<String, Yaml> own = new LinkedHashMap<>(values);
        own.remove(EXTENDS);
        if (!Presets.names().contains(base.text()) && Files.notExists(path(base.text(), file))) {
            throw new UserException(base.place() + ": " + EXTENDS + " is " + base.text()
                    + ", expected a preset or a file; " + presetHint(base.text()));
        }
        return Yaml.merge(load(base.text(), file, chain), new Yaml.Mapping(own, place));
    }

    private static String presetHint(String asked) {
        return Names.nearest(asked, Presets.names())
                .map(near -> "did you mean preset " + near + "?")
                .orElse("\"espalier presets\" lists the presets");
    }

    static String text(Path file, String asked) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((1 << 20) + 1);
            if (bytes.length > 1 << 20) {
                throw new UserException(file + " is larger than 1 MiB, expected an experiment file");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UserException(file + " is not UTF-8 text, expected an experiment file in YAML", e);
        } catch (NoSuchFileException e) {
            throw new UserException("there is no preset and no file " + asked + "; " + presetHint(asked), e);
        } catch (AccessDeniedException e) {
            throw new UserException(file + " cannot be read: access is denied", e);
        } catch (IOException e) {
            throw new UserException(
                    file + " cannot be read: " + (Files.isDirectory(file) ? "it is a directory" : e.getMessage()), e);
        }
    }
}
