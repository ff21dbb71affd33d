package org.espalier.lab.store;

/** How far a level is. */
public enum LevelState {
    /** Nothing is stored. */
    WAITING,
    /** Begun, not finished; whether a run is working on it now, {@link Store#running} tells. */
    BEGUN,
    /** Whole. */
    DONE,
    /** Its training diverged; later levels of its trials will not be computed. */
    FAILED
}
