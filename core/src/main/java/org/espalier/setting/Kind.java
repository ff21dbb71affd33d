package org.espalier.setting;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name of a settings record in the setting {@code kind}. A plug-in also gives its provider and version, which enter
 * the keys of stored levels: a level trained with version 1 of a plug-in is not taken for one of version 2. The same holds for a
 * kind of Espalier's own whose results have changed.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Kind {
    /** The name, in lower-case letters, digits, '-', '_' and '.'; unique among the kinds of one interface. */
    String value();

    /** Who provides the kind, e.g. {@code org.example}; empty for the kinds that come with Espalier. */
    String provider() default "";

    /** The provider's version of the kind; changes whenever a result changes. Empty for the first version of Espalier's own kinds. */
    String version() default "";
}
