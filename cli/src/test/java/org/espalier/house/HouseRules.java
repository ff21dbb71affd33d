package org.espalier.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.Source;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

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
            "dynamic",
            "scores",
            "evaluate",
            "construct",
            "ticket",
            "lab",
            "report",
            "cli");

    /** Most source files to a package. */
    static final int LARGEST = 20;

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

    /** Clusters are for the module spark alone, so that nobody else carries their 200 MB of libraries. */
    ArchRule clustersStayOutside() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..")
                .as("Spark and Hadoop stay in the module spark");
    }

    /** Core is a library without dependencies. */
    ArchRule coreNeedsNoLibrary() {
        return classes()
                .that()
                .resideInAnyPackage(core())
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(concat(
                        ROOMS.subList(0, CORE_ROOMS),
                        List.of("java..", "javax.imageio..", "jdk.incubator.vector..", "org.jspecify..")))
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
                .doNotHaveFullyQualifiedName(root + ".engine.layer.KernelClock")
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

    /** Packages of all modules use each other one way only. Each package is a slice of its own, below another or not. */
    ArchRule packagesFormNoCycles() {
        return SlicesRuleDefinition.slices()
                .assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return SliceIdentifier.of(type.getPackageName());
                    }

                    @Override
                    public String getDescription() {
                        return "packages";
                    }
                })
                .should()
                .beFreeOfCycles()
                .as("packages form no cycles");
    }

    /**
     * The engine's inner packages are hidden. Three classes in them are open by name: {@code LaneMath}, the arithmetic of
     * attacks on arrays, and {@code ScoreOps}, that of learnt scores, which give the same bits for every engine; and
     * {@code FmaPeak}, against which lab.bench measures.
     */
    ArchRule kernelsAreHidden() {
        String engine = root + ".engine.";
        return noClasses()
                .that()
                .resideOutsideOfPackage(inside("engine"))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                engine + "kernel..",
                                engine + "simd..",
                                engine + "scalar..",
                                engine + "ops..",
                                engine + "vector..",
                                engine + "layer..",
                                engine + "graph..",
                                engine + "reference..")
                        .and(not(nameMatching(Pattern.quote(engine + "ops.") + "(LaneMath|ScoreOps|FmaPeak)"))))
                .as("only the engine uses its kernels");
    }

    /** Outside the engine, panels are read and written through their methods, not by address. */
    ArchRule onlyTheEngineAddressesPanels() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(inside("engine"))
                .should()
                .callMethodWhere(target(owner(fullyNamed(root + ".engine.ActivationPanels")))
                        .and(target(nameMatching("memory|row"))))
                .as("only the engine addresses the memory of panels");
    }

    /** A report reads the store; only its example images run a network. */
    ArchRule onlyExamplesOfTheReportRunAnEngine() {
        return noClasses()
                .that()
                .resideInAPackage(inside("report"))
                .and()
                .resideOutsideOfPackage(inside("report.example"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(inside("engine"))
                .as("in report, only report.example uses the engine");
    }

    /**
     * No package has more than some source files with a class.
     *
     * @param most files to a package, at least 1
     */
    ArchRule packagesAreSmall(int most) {
        return classes().should(new ArchCondition<JavaClass>("stand in packages of at most " + most + " files") {
            private final Map<String, Set<String>> files = new TreeMap<>();

            @Override
            public void init(Collection<JavaClass> all) {
                for (JavaClass type : all) {
                    files.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
                            .add(type.getSource()
                                    .flatMap(Source::getFileName)
                                    .orElseThrow(() -> new IllegalStateException(type + " names no source file")));
                }
            }

            @Override
            public void check(JavaClass type, ConditionEvents events) {}

            @Override
            public void finish(ConditionEvents events) {
                files.forEach((name, inside) -> {
                    inside.remove("package-info.java");
                    if (inside.size() > most) {
                        events.add(SimpleConditionEvent.violated(name, name + " has " + inside.size() + " files"));
                    }
                });
            }
        });
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

    private static DescribedPredicate<JavaClass> fullyNamed(String name) {
        return DescribedPredicate.describe(name, type -> type.getName().equals(name));
    }

    private static DescribedPredicate<JavaAccess<?>> calls(Class<?> owner, String names) {
        return target(owner(DescribedPredicate.<JavaClass>describe(
                        owner.getName(), (JavaClass type) -> type.isEquivalentTo(owner))))
                .and(target(nameMatching(names)));
    }
}
