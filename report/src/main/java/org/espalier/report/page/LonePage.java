package org.espalier.report.page;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.counterexample.KeptDirectory;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.report.content.LoneNetwork;
import org.espalier.report.table.EvaluationTables;
import org.espalier.report.table.LoneTables;

/** The page on one network that belongs to no search: its evaluations, certificates and kept adversarial examples. */
public final class LonePage {
    private LonePage() {}

    /** The whole page. */
    public static Page of(LoneNetwork lone) {
        Page page = new Page(
                lone.label(), "A network outside any search: what withstands attack and what is certified of it.");
        if (!lone.problems().isEmpty()) {
            page.problems("Not everything could be read.", lone.problems());
        }
        page.section("network", "The network", "Network");
        page.html(Html.facts(lone.facts()));
        page.section("robustness", "Robustness under suites of attacks", "Robustness");
        if (lone.evaluations().isEmpty()) {
            page.paragraph(
                    "No suite of attacks has been run on this network. To run one: espalier evaluate " + lone.label());
        }
        for (LoneNetwork.Evaluation each : lone.evaluations()) {
            page.html(Html.table(EvaluationTables.one(new EvaluationTables.Row(lone.label(), each.stored()))));
            examples(
                    page,
                    new KeptDirectory(each.directory().resolve(KeptDirectory.NAME)),
                    each.dataSet(),
                    StoredEvaluations.dataDigest(each.directory()));
        }
        page.section("certified", "Certified bounds", "Certified");
        if (lone.certificates().isEmpty()) {
            page.paragraph("Nothing is certified of this network. To certify it: espalier certify " + lone.label());
        } else {
            page.html(Html.table(LoneTables.certificates(lone.certificates())));
        }
        for (Certification each : lone.certificates()) {
            examples(page, new KeptDirectory(each.directory().resolve(KeptDirectory.NAME)), "", each.data());
        }
        return page;
    }

    /**
     * Adds the gallery of a directory, if examples are kept there.
     *
     * @param dataSet its name, for the names of classes
     * @param digest of that data set
     */
    static void examples(Page page, KeptDirectory directory, String dataSet, String digest) {
        if (!directory.exists()) {
            return;
        }
        try {
            page.html("<details open><summary>"
                    + Html.text(String.format(
                            Locale.ROOT,
                            "Adversarial examples, %s",
                            directory.path().getParent() == null
                                    ? directory.path()
                                    : directory.path().getParent().getFileName()))
                    + "</summary>"
                    + KeptGallery.of(
                            directory.read(),
                            DataSets.standard()
                                    .details(dataSet, Optional.empty(), Optional.of(digest))
                                    .classNames(),
                            directory.file().toString())
                    + "</details>");
        } catch (UserException e) {
            page.problems("Adversarial examples could not be read.", List.of(e.getMessage()));
        }
    }
}
