package org.espalier.data;

/** Which training images are for validation. */
public enum SplitRule {
    /** The first of the file, as the paper has it. */
    FIRST,
    /** A random subset. */
    SHUFFLED,
    /** A random subset that has each class in the same share as all training images, to the nearest image. */
    STRATIFIED
}
