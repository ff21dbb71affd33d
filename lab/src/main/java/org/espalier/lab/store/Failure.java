package org.espalier.lab.store;

/**
 * Where and why a level's training ended early.
 *
 * @param iteration updates done by then
 * @param reason in words
 */
public record Failure(int iteration, String reason) {}
