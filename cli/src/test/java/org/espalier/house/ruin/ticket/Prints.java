package org.espalier.house.ruin.ticket;

/** A library that talks to the user behind the command line's back. */
final class Prints {
    void call() {
        System.out.println("hello");
    }
}
