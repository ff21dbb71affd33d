package org.espalier.lab.store;

/** State of a level. */
public enum LevelState {
    /** Nothing is stored. */
    WAITING,
    /** Begun, not finished. {@link Store#running} shows whether a run is active. */
    BEGUN,
    /** Whole. */
    DONE,
    /** Its training diverged; later levels of its trials will not be computed. */
    FAILED
}
