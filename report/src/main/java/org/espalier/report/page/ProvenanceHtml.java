package org.espalier.report.page;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.espalier.UserException;
import org.espalier.lab.store.Provenance;
import org.espalier.lab.store.Timing;
import org.espalier.report.content.Report;

/** Where a run's numbers come from: machine, versions, data, time, and how to have them again. */
final class ProvenanceHtml {
    private ProvenanceHtml() {}

    static List<String> of(Report.Run run, boolean named) {
        var html = new ArrayList<String>();
        if (named) {
            html.add("<h3>" + Html.text(run.label()) + "</h3>");
        }
        try {
            html.add(Html.facts(facts(run, run.store().provenance())));
        } catch (UserException e) {
            html.add("<p class=\"warning\">" + Html.text(e.getMessage()) + "</p>");
        }
        html.add("<h4>To have it again</h4><pre>" + Html.text(again(run)) + "</pre><p class=\"caption\">"
                + "with the experiment below kept as experiment.yaml. The same version gives the same bits on any machine,"
                + " with any number of jobs.</p>");
        html.add("<details><summary>The experiment, every setting</summary><pre>" + Html.text(experiment(run))
                + "</pre></details>");
        return html;
    }

    private static String again(Report.Run run) {
        return "./espalier run experiment.yaml --out "
                + quoted("runs/" + run.results().name());
    }

    private static List<List<String>> facts(Report.Run run, Provenance provenance) {
        var facts = new ArrayList<List<String>>();
        facts.add(List.of("experiment", run.results().name()));
        facts.add(List.of("stored in", run.directory().toString()));
        facts.add(List.of("Espalier", provenance.version() + " (numerics " + provenance.numerics() + ")"));
        facts.add(List.of("seed", Long.toString(provenance.seed())));
        provenance.data().forEach((name, digest) -> facts.add(List.of("data: " + name, "SHA-256 " + digest)));
        facts.add(List.of("started", provenance.started()));
        facts.add(List.of(
                "machine",
                provenance.processor() + ", " + provenance.processors() + " processors, " + provenance.system()));
        facts.add(List.of("Java", provenance.java()));
        facts.add(List.of(
                "engine",
                provenance.engine() + ", " + provenance.jobs() + (provenance.jobs() == 1 ? " job" : " jobs")));
        double training = 0;
        double measuring = 0;
        for (Timing timing : run.store().timings()) {
            training += timing.trainingSeconds();
            measuring += timing.evaluationSeconds();
        }
        facts.add(List.of(
                "time by the clock",
                time(training) + " of training, " + time(measuring) + " of measuring, added over jobs"));
        if (!provenance.command().isEmpty()) {
            facts.add(List.of(
                    "latest command",
                    "espalier "
                            + String.join(
                                    " ",
                                    provenance.command().stream()
                                            .map(ProvenanceHtml::quoted)
                                            .toList())));
        }
        return facts;
    }

    private static String experiment(Report.Run run) {
        try {
            return Files.readString(run.directory().resolve("experiment.yaml"));
        } catch (IOException e) {
            return "experiment.yaml cannot be read: " + e.getMessage();
        }
    }

    /** An argument as a shell takes it. */
    static String quoted(String argument) {
        return argument.matches("[A-Za-z0-9_./=:,+@%^-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }

    static String time(double seconds) {
        Duration duration = Duration.ofMillis(Math.round(seconds * 1000));
        if (duration.toHours() > 0) {
            return String.format(Locale.ROOT, "%d h %02d min", duration.toHours(), duration.toMinutesPart());
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
                : String.format(Locale.ROOT, "%.1f s", seconds);
    }
}
