package org.espalier.campaigns.disk;

/**
 * What goes wrong, and at which operation.
 *
 * @param kind what
 * @param at number of the operation, among those that the kind is about, from 0
 */
record Fault(Kind kind, int at) {
    /** Operations that change the disk. */
    enum Operation {
        CREATE,
        WRITE,
        TRUNCATE,
        FLUSH_FILE,
        FLUSH_DIRECTORY,
        MOVE,
        DELETE,
        MAKE_DIRECTORY
    }

    /** Kinds of faults. */
    enum Kind {
        /** Nothing. */
        NONE,
        /** A write takes a part of its bytes, and says so, as it may. */
        SHORT_WRITE,
        /** The disk is full from one write on, after a part of it, until the run ends. */
        FULL,
        /** The disk is full for a few operations. */
        FULL_FOR_A_WHILE,
        /** A rename fails. */
        MOVE_FAILS,
        /** Flushing a file fails, and what was written since the last time never arrives. */
        FLUSH_FILE_FAILS,
        /** Flushing a directory fails. */
        FLUSH_DIRECTORY_FAILS,
        /** Any operation fails. */
        ANY_FAILS,
        /** The power is cut before an operation. */
        POWER_CUT;

        boolean concerns(Operation operation) {
            return switch (this) {
                case NONE -> false;
                case SHORT_WRITE, FULL, FULL_FOR_A_WHILE -> operation == Operation.WRITE;
                case MOVE_FAILS -> operation == Operation.MOVE;
                case FLUSH_FILE_FAILS -> operation == Operation.FLUSH_FILE;
                case FLUSH_DIRECTORY_FAILS -> operation == Operation.FLUSH_DIRECTORY;
                case ANY_FAILS, POWER_CUT -> true;
            };
        }
    }

    static final Fault NONE = new Fault(Kind.NONE, 0);
}
