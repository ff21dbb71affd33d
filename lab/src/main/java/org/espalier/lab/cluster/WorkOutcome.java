package org.espalier.lab.cluster;

/**
 * How a worker ended.
 *
 * @param stopped whether it was stopped
 * @param trained levels that it finished
 * @param left levels that are neither done nor failed, nor behind a failed one
 * @param failed levels whose training diverged, by whichever worker
 */
public record WorkOutcome(boolean stopped, int trained, int left, int failed) {}
