package org.espalier.cli.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.evaluate.suite.Suite;
import org.espalier.evaluate.suite.Suites;

/** The page {@code docs/reference/attacks.md}: the named suites with the settings of their attacks. */
final class AttacksPage {
    /** Classes of both built-in data sets. */
    private static final int CLASSES = 10;

    private AttacksPage() {}

    static String of() {
        var page = new StringBuilder("# Attacks and suites\n\n" + ReferencePagesTest.GENERATED + "\n\n"
                + "`espalier evaluate --suite NAME` runs one of these suites. The settings apply to networks with "
                + CLASSES + " classes.\nWhere a setting depends on the norm, the suite has one table for each norm.\n"
                + "The section [Attacks](#attacks) says which norms each attack supports and what it needs.\n\n");
        Map<String, StrongAttack> attacks = new TreeMap<>();
        for (String name : Suites.NAMES) {
            suite(page, name, attacks);
        }
        attacks(page, attacks);
        return page.toString();
    }

    private static void suite(StringBuilder page, String name, Map<String, StrongAttack> attacks) {
        page.append("## Suite ").append(name).append("\n\n");
        Map<String, List<Norm>> tables = new LinkedHashMap<>();
        boolean survivorsOnly = false;
        for (Norm norm : Norm.values()) {
            Optional<Suite> suite = named(name, norm);
            if (suite.isPresent()) {
                survivorsOnly = suite.get().survivorsOnly();
                tables.computeIfAbsent(table(suite.get()), _ -> new ArrayList<>())
                        .add(norm);
                suite.get().attacks().forEach(attack -> attacks.putIfAbsent(attack.name(), attack));
            }
        }
        page.append(
                survivorsOnly
                        ? "Each attack runs on the images that all attacks before it failed to break.\n\n"
                        : "Each attack runs on all images that the network classifies correctly.\n\n");
        tables.forEach((table, norms) -> page.append("Norms: ")
                .append(norms.stream().map(AttacksPage::name).collect(Collectors.joining(", ")))
                .append(".\n\n")
                .append(table)
                .append('\n'));
    }

    private static Optional<Suite> named(String name, Norm norm) {
        try {
            Suite suite = Suites.named(name, norm, CLASSES);
            return suite.attacks().stream().allMatch(attack -> attack.norms().contains(norm))
                    ? Optional.of(suite)
                    : Optional.empty();
        } catch (UserException _) {
            return Optional.empty(); // not defined in this norm
        }
    }

    private static String table(Suite suite) {
        var table = new StringBuilder("| attack | settings |\n|---|---|\n");
        for (int i = 0; i < suite.attacks().size(); i++) {
            String settings = suite.attacks().get(i).settings().entrySet().stream()
                    .map(setting -> setting.getKey() + " " + setting.getValue())
                    .collect(Collectors.joining(", "));
            table.append("| `")
                    .append(suite.labels().get(i))
                    .append("` | ")
                    .append(settings.replace("|", "\\|"))
                    .append(" |\n");
        }
        return table.toString();
    }

    private static void attacks(StringBuilder page, Map<String, StrongAttack> attacks) {
        page.append("## Attacks\n\n| attack | norms | access | minimum norm | random | classes, at least |\n"
                + "|---|---|---|---|---|---|\n");
        attacks.forEach((name, attack) -> page.append("| `")
                .append(name)
                .append("` | ")
                .append(Arrays.stream(Norm.values())
                        .filter(attack.norms()::contains)
                        .map(AttacksPage::name)
                        .collect(Collectors.joining(", ")))
                .append(" | ")
                .append(attack.access())
                .append(attack.minimumNorm() ? " | yes" : " | no")
                .append(attack.random() ? " | yes | " : " | no | ")
                .append(attack.minClasses())
                .append(" |\n"));
    }

    private static String name(Norm norm) {
        return "`" + norm.name().toLowerCase(Locale.ROOT) + "`";
    }
}
