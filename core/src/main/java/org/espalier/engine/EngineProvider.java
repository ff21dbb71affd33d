package org.espalier.engine;

import java.util.List;
import org.espalier.network.Architecture;

/**
 * Makes engines of one kind. {@link Engines} finds providers with {@link java.util.ServiceLoader}: a jar adds an engine by
 * naming its provider in {@code META-INF/services/org.espalier.engine.EngineProvider}.
 *
 * <p>A provider has a public constructor without parameters and may be used by several threads at once.
 */
public interface EngineProvider {
    /** Name of the kind of engine, unique among providers: {@code vector}, {@code reference}. */
    String name();

    /**
     * Preference among providers: {@link Engines#create(Architecture)} uses the one with the highest rank. The vector
     * engine has 100, the reference engine 0.
     */
    int rank();

    /**
     * A new engine with all weights zero and none pruned.
     *
     * @param mode which kernels to run; an engine without a choice of kernels ignores it
     */
    Engine create(Architecture architecture, KernelMode mode);

    /** The arithmetic that engines use on this machine, in words, e.g. {@code vectors of 256 bits}. */
    String describe();

    /** What engines have measured on this machine to choose kernels, one line each; empty if they measure nothing. */
    default List<String> measurements() {
        return List.of();
    }
}
