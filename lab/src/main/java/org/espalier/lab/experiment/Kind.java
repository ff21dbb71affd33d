package org.espalier.lab.experiment;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a record, one of several of a sealed interface, is called in the setting {@code kind}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface Kind {
    String value();
}
