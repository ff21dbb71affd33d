package org.espalier.house.ruin.attic;

/** Stands in no room. */
final class Homeless {}
