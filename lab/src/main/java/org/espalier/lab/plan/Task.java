package org.espalier.lab.plan;

import java.util.Map;
import java.util.Optional;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.Strategy;
import org.espalier.lab.store.TrialId;

/**
 * One level to be trained, for all trials that share it.
 *
 * @param key its key in the store
 * @param determinedBy all that determines it
 * @param trial the first trial that needs it
 * @param lastLevel number of that trial's last level
 * @param objective training objective
 * @param strategy restart strategy
 * @param number 0 is the dense level
 * @param parent key of the level before; empty at level 0
 * @param dense key of the trial's level 0
 */
public record Task(
        String key,
        Map<String, Object> determinedBy,
        TrialId trial,
        int lastLevel,
        Experiment.Objective objective,
        Strategy strategy,
        int number,
        Optional<String> parent,
        String dense) {}
