package org.espalier.house;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * The rules of docs/dev/architecture.md that bytecode can show, for the code below one root package.
 *
 * @param root the package that holds the rooms, e.g. {@code org.espalier}
 */
record HouseRules(String root) {
    /** The rooms from the ground up: each may use those before it. */
    static final List<String> ROOMS = List.of(
            "setting",
            "math",
            "random",
            "data",
            "network",
            "engine",
            "loss",
            "attack",
            "train",
            "prune",
            "evaluate",
            "ticket",
            "lab",
            "report",
            "cli");

    /** How many of the rooms, from the ground, make the library {@code core}. */
    static final int CORE_ROOMS = ROOMS.indexOf("lab");

    /** Functions whose last bit a Java virtual machine may choose; {@link StrictMath} has them fixed. */
    private static final String INEXACT =
            "exp|expm1|log|log10|log1p|pow|cbrt|hypot|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh";

    /** One rule per room but the highest: it uses no room above it. */
    List<ArchRule> noRoomCallsUp() {
        return ROOMS.subList(0, ROOMS.size() - 1).stream()
                .map(room -> (ArchRule) noClasses()
                        .that()
                        .resideInAPackage(inside(room))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(ROOMS.subList(ROOMS.indexOf(room) + 1, ROOMS.size()).stream()
                                .map(this::inside)
                                .toArray(String[]::new))
                        .as(room + " uses no room above it")
                        .allowEmptyShould(true))
                .toList();
    }

    /** Every class stands in a room, or in the root package with the exception that all may throw. */
    ArchRule everythingStandsInARoom() {
        return classes().should().resideInAnyPackage(concat(ROOMS, List.of())).as("every class stands in a room");
    }

    /** Core is a library without dependencies. */
    ArchRule coreNeedsNoLibrary() {
        return classes()
                .that()
                .resideInAnyPackage(core())
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(concat(
                        ROOMS.subList(0, CORE_ROOMS), List.of("java..", "jdk.incubator.vector..", "org.jspecify..")))
                .as("core needs the JDK and annotations only");
    }

    /** The Vector API is an incubator: one room to change when it changes. */
    ArchRule onlyTheEngineUsesVectors() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(inside("engine"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator..")
                .as("only the engine uses the Vector API");
    }

    /** All randomness comes from named streams. */
    ArchRule coreDrawsFromStreamsOnly() {
        return noClasses()
                .that()
                .resideInAnyPackage(core())
                .should()
                .dependOnClassesThat(assignableTo(RandomGenerator.class)
                        .or(assignableTo(Random.class))
                        .or(nameMatching("java\\.util\\.random\\..*")))
                .orShould()
                .accessTargetWhere(calls(Math.class, "random"))
                .orShould()
                .accessTargetWhere(calls(StrictMath.class, "random"))
                .orShould()
                .accessTargetWhere(calls(java.util.UUID.class, "randomUUID"))
                .orShould()
                .accessTargetWhere(calls(java.util.Collections.class, "shuffle"))
                .as("core draws from org.espalier.random.Stream only");
    }

    /**
     * Results depend on no clock. Not held against data: what it fetches has time limits, and every byte is checked by
     * its digest whenever it came. Nor against the clock that times kernels which give the same bits, to run the faster.
     */
    ArchRule coreReadsNoClock() {
        return noClasses()
                .that()
                .resideInAnyPackage(core())
                .and()
                .resideOutsideOfPackage(inside("data"))
                .and()
                .doNotHaveFullyQualifiedName(root + ".engine.vector.KernelClock")
                .should()
                .accessTargetWhere(calls(System.class, "currentTimeMillis|nanoTime"))
                .orShould()
                .accessTargetWhere(calls(java.time.Instant.class, "now"))
                .orShould()
                .dependOnClassesThat(assignableTo(java.time.Clock.class))
                .as("core reads no clock, but for the time limits of fetching data and the choice of kernels");
    }

    /** The same bits on every machine. */
    ArchRule coreComputesExactly() {
        return noClasses()
                .that()
                .resideInAnyPackage(core())
                .should()
                .accessTargetWhere(calls(Math.class, INEXACT))
                .as("core uses StrictMath where Math may differ by machine");
    }

    /** Within lab, packages use each other one way only. */
    ArchRule packagesOfLabFormNoCycles() {
        return SlicesRuleDefinition.slices()
                .matching(root + ".lab.(*)..")
                .should()
                .beFreeOfCycles()
                .as("packages of lab form no cycles")
                .allowEmptyShould(true);
    }

    /** Only the command line talks to the user. */
    ArchRule onlyTheCommandLinePrints() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(inside("cli"))
                .and()
                .doNotHaveFullyQualifiedName(root + ".Launch")
                .should()
                .accessTargetWhere(calls(System.class, "out|err|setOut|setErr|exit|console"))
                .as("only cli prints, exits or asks, and the launcher for applications exits");
    }

    private String inside(String room) {
        return root + "." + room + "..";
    }

    private String[] core() {
        return concat(ROOMS.subList(0, CORE_ROOMS), List.of());
    }

    /** Patterns for rooms, the root package itself, and more. */
    private String[] concat(List<String> rooms, List<String> more) {
        return java.util.stream.Stream.of(rooms.stream().map(this::inside).toList(), List.of(root), more)
                .flatMap(List::stream)
                .toArray(String[]::new);
    }

    private static DescribedPredicate<JavaAccess<?>> calls(Class<?> owner, String names) {
        return target(owner(DescribedPredicate.<JavaClass>describe(
                        owner.getName(), (JavaClass type) -> type.isEquivalentTo(owner))))
                .and(target(nameMatching(names)));
    }
}
