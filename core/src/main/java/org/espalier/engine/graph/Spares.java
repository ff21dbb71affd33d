package org.espalier.engine.graph;

import java.util.HashMap;
import java.util.Map;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.Value;
import org.jspecify.annotations.Nullable;

/** Panels for gradients that are added to others, one to each layout, so that borders stay zero. */
final class Spares {
    private final Map<MapLayout, ActivationPanels> byLayout = new HashMap<>();
    private final @Nullable ActivationPanels[] byValue;

    Spares(GraphPlan plan) {
        byValue = new ActivationPanels[plan.values().size()];
    }

    /** One panel of a value's layout. */
    ActivationPanels of(Value value) {
        ActivationPanels made = byValue[value.index];
        if (made == null) {
            MapLayout layout = value.layout();
            made = byLayout.computeIfAbsent(layout, l -> new ActivationPanels(l.places(), 1));
            byValue[value.index] = made;
        }
        return made;
    }
}
