package org.espalier.setting;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a sealed interface of settings records: a file writes a record's {@link Kind} as the key of its settings, as in
 * {@code conv2d: {channels: 16}}, or as a bare name where all its settings are preset.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Keyed {}
