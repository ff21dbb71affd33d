package org.espalier.setting;

/**
 * A kind that an experiment can choose: the settings record that describes it. Each extension point is a subinterface with a
 * method that makes the object of the settings.
 *
 * <p>Implementations have a public constructor without parameters and are named in the file
 * {@code META-INF/services/<name of the subinterface>}, so that {@link Registry} finds them.
 *
 * @param <S> the settings: a record with {@link Kind} on its type and {@link Setting} on each component
 */
public interface Extension<S extends Record> {
    /** Class of the settings record. */
    Class<S> settings();

    /** Name in experiment files. */
    default String kind() {
        return Registry.kind(settings()).value();
    }
}
