package org.espalier.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.StoreLock;
import org.espalier.lab.store.Store;
import org.espalier.lab.tickets.Ticket;
import org.espalier.report.page.PageFiles;
import org.jspecify.annotations.Nullable;

/** Keeps a report from being written over files that are none of its own. */
public final class ReportTargets {
    /** What a search's directory has beside its reports: see docs/reference/store.md. */
    private static final Set<String> STORE = Set.of(
            Store.EXPERIMENT,
            Store.INDEX,
            Store.TIMINGS,
            Store.LEVELS,
            StoreLock.FILE,
            Ticket.EVALUATIONS,
            Ticket.CERTIFICATES,
            "provenance.json",
            "classes.json",
            "warnings.json",
            "calibration",
            "smoothing",
            "corruption",
            "spectrum",
            "construction",
            "lipschitz",
            "gradients",
            "studies",
            "cluster");

    /** Every page has this script. */
    private static final String MARK = "EspalierCharts";

    private ReportTargets() {}

    /**
     * Refuses a file or folder that belongs to a search.
     *
     * @param option that names it
     * @throws UserException if it is one of the files of a search, or lies in one of its folders
     */
    public static void check(String option, Path target) {
        Path whole = real(target);
        for (@Nullable Path home = whole.getParent(); home != null; home = home.getParent()) {
            if (Files.exists(home.resolve(Store.INDEX)) && Files.exists(home.resolve(Store.EXPERIMENT))) {
                Path name = home.relativize(whole).getName(0);
                if (STORE.contains(name.toString())) {
                    throw new UserException(option + " is " + target + ", and " + name + " belongs to the search in "
                            + home + "; expected another place");
                }
            }
        }
    }

    /**
     * Refuses to replace a network's file.
     *
     * @param option that names the target
     * @param network file or directory that is reported on
     * @throws UserException if both are one file
     */
    public static void checkOther(String option, Path target, Path network) {
        if (Files.isRegularFile(network) && real(target).equals(real(network))) {
            throw new UserException(
                    option + " is " + target + ", the network that is reported on; expected another file");
        }
    }

    /**
     * Refuses a folder with a page that Espalier has not written.
     *
     * @param option that names the folder
     * @throws UserException if its page is none of Espalier's, or cannot be read
     */
    public static void checkPage(String option, Path folder) {
        Path page = folder.resolve(PageFiles.PAGE);
        if (Files.isRegularFile(page) && !new String(AtomicFiles.read(page), StandardCharsets.UTF_8).contains(MARK)) {
            throw new UserException(option + " is " + folder + ", where " + PageFiles.PAGE
                    + " is no page of Espalier's and would be replaced; expected another folder");
        }
    }

    /** The path without links, as far as it exists. */
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        @Nullable Path existing = absolute;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null) {
            return absolute;
        }
        try {
            return existing.toRealPath().resolve(existing.relativize(absolute));
        } catch (IOException e) {
            return absolute; // what cannot be followed cannot be written either
        }
    }
}
