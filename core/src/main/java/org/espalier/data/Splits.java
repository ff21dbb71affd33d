package org.espalier.data;

/**
 * A data set divided for a search: the test split is never used for a choice.
 *
 * @param train what the weights are fitted to
 * @param validation the first images of the training files, for early stopping
 * @param test the publisher's test files
 */
public record Splits(Split train, Split validation, Split test) {}
