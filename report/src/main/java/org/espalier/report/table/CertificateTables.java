package org.espalier.report.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.lab.experiment.Names;
import org.espalier.report.content.Report;
import org.espalier.report.evaluation.CertificateGroup;
import org.espalier.report.evaluation.Certified;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.evaluation.RuleNotes;
import org.espalier.report.notation.Numbers;
import org.espalier.report.statistics.Sample;

/**
 * What certificates prove, and what attacks left, on the same images: certified at most true at most attacked. One table for
 * each data set, strategy and radius.
 */
public final class CertificateTables {
    /** What stands where the sandwich holds, image by image. */
    static final String HOLDS = "holds";

    private final CertificateGroup group;
    private final List<List<String>> keys = new ArrayList<>();

    /** Objective and level of each row. */
    private final List<Row> rows = new ArrayList<>();

    private record Row(String objective, int level) {}

    private CertificateTables(CertificateGroup group) {
        this.group = group;
        for (String objective : group.objectives()) {
            group.levels(objective).forEach((level, density) -> {
                rows.add(new Row(objective, level));
                keys.add(List.of(objective, Integer.toString(level), Numbers.percent(density)));
            });
        }
    }

    /** All tables of a search by names fit for files; none if nothing is certified. */
    public static Map<String, Table> of(Report.Run run) {
        Map<String, Table> tables = new LinkedHashMap<>();
        for (CertificateGroup group : CertificateGroup.shown(run.robustness())) {
            CertificateGroup.Key key = group.key();
            String name = ("certified-" + key.dataset() + "-" + key.strategy() + "-"
                            + (key.weights().equals("final") ? "" : key.weights() + "-")
                            + key.norm().name().toLowerCase(Locale.ROOT) + "-" + key.epsilon() + "-"
                            + key.split() + "-" + group.images())
                    .replaceAll("[^A-Za-z0-9._-]+", "-");
            tables.put(name, new CertificateTables(group).table());
        }
        return tables;
    }

    private Table table() {
        List<Table.Block> blocks = new ArrayList<>();
        blocks.add(block("certified: at least", group.kinds(), CertificateGroup.Kind::method, Certified::certified));
        group.exact().ifPresent(exact -> {
            blocks.add(new Table.Block("undecided", List.of("exact"), column(row -> undecided(exact, row))));
        });
        blocks.add(atMost());
        blocks.add(new Table.Block(
                "no attack",
                List.of("natural"),
                column(row -> share(group.kinds().getFirst(), row, Certified::clean) + (ofChance(row) ? "*" : ""))));
        blocks.add(new Table.Block(
                "ms an image",
                group.kinds().stream().map(CertificateGroup.Kind::method).toList(),
                rows.stream()
                        .map(row -> group.kinds().stream()
                                .map(kind -> milliseconds(kind, row))
                                .toList())
                        .toList()));
        blocks.add(new Table.Block(
                "",
                List.of("trials", "sandwich"),
                rows.stream().map(row -> List.of(trials(row), sandwich(row))).toList(),
                Set.of(1)));
        CertificateGroup.Key key = group.key();
        return new Table(
                key.dataset() + ", " + key.strategy() + ": bounds of accuracy in % at " + key.norm() + " "
                        + ThreatModel.radius((float) key.epsilon())
                        + String.format(Locale.ROOT, ", first %,d ", group.images()) + key.split() + " "
                        + Names.noun(group.images(), "image")
                        + (key.weights().equals("final") ? "" : ", " + key.weights() + " weights"),
                new Table.Block("", List.of("trained for", "level", "P_m %"), keys, Set.of(0)),
                blocks,
                notes());
    }

    private Table.Block atMost() {
        List<String> headings = new ArrayList<>();
        List<Function<Row, String>> columns = new ArrayList<>();
        group.exact().ifPresent(exact -> {
            headings.add("unbroken");
            columns.add(row -> share(exact, row, Certified::unbroken));
        });
        headings.add("PGD");
        columns.add(row -> share(group.kinds().getFirst(), row, Certified::attacked));
        group.suite().ifPresent(suite -> {
            headings.add("suite " + suite.name());
            columns.add(row -> {
                List<Evaluated> trials = suite.at(row.objective(), row.level());
                return cell(trials, e -> Certified.share(e.evaluation().withstands(), group.images()))
                        + EvaluationTables.mark(RuleNotes.worst(trials));
            });
        });
        return new Table.Block(
                "at most",
                headings,
                rows.stream()
                        .map(row -> columns.stream().map(c -> c.apply(row)).toList())
                        .toList());
    }

    private Table.Block block(
            String name,
            List<CertificateGroup.Kind> kinds,
            Function<CertificateGroup.Kind, String> heading,
            Function<Certified, Outcomes> which) {
        return new Table.Block(
                name,
                kinds.stream().map(heading).toList(),
                rows.stream()
                        .map(row -> kinds.stream()
                                .map(kind -> share(kind, row, which))
                                .toList())
                        .toList());
    }

    private List<List<String>> column(Function<Row, String> of) {
        return rows.stream().map(row -> List.of(of.apply(row))).toList();
    }

    /** Whether a network of the row is no better than one that ignores its input. */
    private boolean ofChance(Row row) {
        return group.kinds().getFirst().at(row.objective(), row.level()).stream()
                .anyMatch(Certified::ofChance);
    }

    private String share(CertificateGroup.Kind kind, Row row, Function<Certified, Outcomes> which) {
        return cell(kind.at(row.objective(), row.level()), c -> Certified.share(which.apply(c), group.images()));
    }

    private String undecided(CertificateGroup.Kind exact, Row row) {
        return cell(
                exact.at(row.objective(), row.level()),
                c -> Certified.share(c.unbroken(), group.images()) - Certified.share(c.certified(), group.images()));
    }

    private static <T> String cell(List<T> of, ToDoubleFunction<T> share) {
        return EvaluationTables.cell(
                Sample.of(of.stream().map(each -> share.applyAsDouble(each)).toList()));
    }

    private static String milliseconds(CertificateGroup.Kind kind, Row row) {
        Sample sample = Sample.of(kind.at(row.objective(), row.level()).stream()
                .map(Certified::seconds)
                .filter(Double::isFinite)
                .toList());
        return sample.count() == 0
                ? ""
                : String.format(Locale.ROOT, sample.mean() < 0.01 ? "%.2f" : "%.0f", 1000 * sample.mean());
    }

    private String trials(Row row) {
        int least = group.kinds().stream()
                .mapToInt(kind -> kind.at(row.objective(), row.level()).size())
                .filter(count -> count > 0)
                .min()
                .orElse(0);
        int most = group.most(row.objective(), row.level()).orElse(0);
        return least == most ? Integer.toString(most) : least + "-" + most;
    }

    private String sandwich(Row row) {
        int violated = group.violated(row.objective(), row.level());
        return violated == 0 ? HOLDS : "VIOLATED: " + violated;
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add("all on the same images: certified <= true <= unbroken <= attacked. certified: shown to withstand"
                + " everything in the ball; cells: mean (sample standard deviation) over trials");
        notes.add("unbroken: neither attacked nor refuted by exact verification; undecided: unbroken, but not certified"
                + " within its limits. PGD: 40 steps of epsilon/10, 5 random starts"
                + (group.suite().isPresent() ? "; suite: its worst case on these images, ? unreliable, ! refused" : "")
                + ". sandwich: whether no image is both certified and broken");
        notes.add("ms an image: processor time of one core, of images that the method was asked about"
                + group.exact()
                        .map(exact -> "; exact verification goes to"
                                + CertificateGroup.limits(exact.certificates().getFirst())
                                        .substring(1))
                        .orElse(""));
        if (rows.stream().anyMatch(this::ofChance)) {
            notes.add(
                    "* the network of at least one trial is no better on these images than one that always names their most"
                            + " frequent class: its certificates show nothing");
        }
        group.kinds().stream()
                .filter(kind -> kind.images() > group.images())
                .forEach(kind -> notes.add(kind.method() + " has " + Numbers.count(kind.images()) + " "
                        + Names.noun(kind.images(), "image") + " in all, see the figures"));
        if (!group.leftOut().isEmpty()) {
            notes.add("stored, and not in this table: " + String.join("; ", group.leftOut()));
        }
        return notes;
    }

    /** Registers the tables. */
    public static final class Definition implements TableKind {
        @Override
        public Section section() {
            return Section.CERTIFIED;
        }

        @Override
        public List<Named> ofRun(Report.Run run, OptionalInt iteration) {
            return CertificateTables.of(run).entrySet().stream()
                    .map(table -> new Named(run.label() + "-" + table.getKey(), table.getValue()))
                    .toList();
        }
    }
}
