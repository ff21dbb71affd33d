package org.espalier.lab.experiment;

import java.util.List;
import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.setting.Setting;

/**
 * A suite of attacks from a file. The records here are the settings of such a file; docs/guides/robustness.md describes
 * them.
 *
 * @param name the suite's name, for tables and directories
 * @param survivorsOnly whether each attack runs only on the images that no earlier attack broke
 * @param attacks the attacks, in order
 */
public record SuiteSettings(
        @Setting(value = "name of the suite", preset = "own", pattern = Names.PATTERN, form = Names.FORM)
        String name,

        @Setting(value = "whether each attack runs only on the images that no earlier attack broke", preset = "true")
        boolean survivorsOnly,

        @Setting(value = "attacks, in order", minItems = 1, preset = "[]", kinds = EvaluationAttackKind.class)
        List<Record> attacks) {
    /**
     * Reads a suite file.
     *
     * @throws org.espalier.UserException naming file, line, setting, what was found and what was expected
     */
    public static SuiteSettings read(java.nio.file.Path file) {
        return Binder.bind(
                SuiteSettings.class, Yaml.parse(ExperimentFile.text(file, file.toString()), file.toString(), true));
    }
}
