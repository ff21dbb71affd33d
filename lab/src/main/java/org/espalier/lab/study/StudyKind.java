package org.espalier.lab.study;

import java.nio.file.Path;
import java.util.List;
import org.espalier.setting.Extension;
import org.espalier.setting.Registry;

/**
 * A study that {@code espalier study NAME} runs. Implementations are registered by one line in
 * {@code META-INF/services/org.espalier.lab.study.StudyKind}.
 *
 * @param <S> settings of the study
 */
public interface StudyKind<S extends Record> extends Extension<S> {
    /** The question that it answers, one sentence. */
    String question();

    /** Where the question comes from: authors, year and title, and what is not the source's. */
    String source();

    /** Whether it reads a search's directory; otherwise the directory only receives its results. */
    default boolean needsRun() {
        return true;
    }

    /**
     * The searches, by directory, that the study reads beside that of the {@link StudyContext}. A result is of their trained levels
     * too: where these change, the study runs again.
     */
    default List<Path> searches(S settings) {
        return List.of();
    }

    /**
     * Runs the study. The result depends on settings, search and data alone: neither on the number of jobs nor on kernels.
     *
     * @throws org.espalier.UserException if the settings do not fit the search
     */
    StudyResult run(S settings, StudyContext context);

    /**
     * The study of settings, run.
     *
     * @throws IllegalArgumentException if no study has such settings
     */
    static StudyResult of(Record settings, StudyContext context) {
        return cast((StudyKind<?>) Registry.of(StudyKind.class).find(settings), settings, context);
    }

    /**
     * {@link #searches(Record)} of the study of settings.
     *
     * @throws IllegalArgumentException if no study has such settings
     */
    static List<Path> searchesOf(Record settings) {
        return searches((StudyKind<?>) Registry.of(StudyKind.class).find(settings), settings);
    }

    private static <S extends Record> List<Path> searches(StudyKind<S> kind, Record settings) {
        return kind.searches(kind.settings().cast(settings));
    }

    private static <S extends Record> StudyResult cast(StudyKind<S> kind, Record settings, StudyContext context) {
        return kind.run(kind.settings().cast(settings), context);
    }
}
