package org.espalier.setting;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a settings record's component means and which values it takes. Parser, JSON Schema and the resolved file are
 * all made from it, so they cannot disagree. In files the component's name is written with dashes.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
    /** What it is, with its unit. */
    String value();

    /** Value, as YAML, when the file says nothing; empty if it has to be given (or is an {@code Optional}). */
    String preset() default "";

    /** Smallest number allowed. */
    double min() default Double.NEGATIVE_INFINITY;

    /** Largest number allowed. */
    double max() default Double.POSITIVE_INFINITY;

    /** Whether the number must be greater than {@link #min}, not equal to it. */
    boolean above() default false;

    /** Whether the number must be less than {@link #max}, not equal to it. */
    boolean below() default false;

    /** Regular expression that a string, or each string of a list, has to match as a whole; empty for any. */
    String pattern() default "";

    /** The pattern in words, for a message. */
    String form() default "";

    /** Fewest elements of a list. */
    int minItems() default 0;

    /** Whether the setting is younger than stores in use: its preset value is then left out of levels' identities. */
    boolean addedLater() default false;

    /**
     * Interface of the kinds to choose from, a subtype of {@link Extension}, for a component of type {@link Record}, or a
     * list, map or {@code Optional} of it; {@code void.class} for every other component.
     */
    Class<?> kinds() default void.class;

    /** Whether a kind may be written as its bare name, all its settings being preset. Needs {@link #kinds}. */
    boolean bare() default false;
}
