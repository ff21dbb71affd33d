package org.espalier.report.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.espalier.lab.certification.Certification;

/** Tables of one network that belongs to no search. */
public final class LoneTables {
    private LoneTables() {}

    /** Certificates, a line each. */
    public static Table certificates(List<Certification> certificates) {
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (Certification each : certificates) {
            keys.add(List.of(
                    each.method(),
                    each.threat().toString(),
                    String.format(Locale.ROOT, "%,d %s", each.images().size(), each.split())));
            rows.add(List.of(
                    EvaluationTables.percent(each.clean()),
                    EvaluationTables.percent(each.certified()),
                    EvaluationTables.percent(each.unbroken()),
                    EvaluationTables.percent(each.attacked()),
                    EvaluationTables.percent(each.unknown())));
        }
        return new Table(
                "Certificates, %",
                new Table.Block("", List.of("method", "ball", "images"), keys, Set.of(0)),
                List.of(new Table.Block("", List.of("clean", "certified", "unbroken", "attacked", "unknown"), rows)),
                List.of(
                        "certified: no attack in the ball can break these images; robust accuracy is at least this.",
                        "unbroken: the attack failed and no counterexample is known; robust accuracy is at most this.",
                        "unknown: neither certified nor broken."));
    }
}
