package org.espalier.cli.place;

import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.jobs.PartedWork;
import org.espalier.lab.tickets.PartRecipe;

/**
 * An evaluation or a certificate of a level that another place makes in parts.
 *
 * @param work the same on this machine, which makes it whole
 * @param level key of the level
 * @param weights which of its weights
 * @param recipe what other machines need to make its parts
 */
public record PlacedWork(PartedWork work, String level, WeightChoice weights, PartRecipe recipe) {}
