package org.espalier.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The layering of docs/dev/architecture.md holds, and the rules notice when it does not. */
class HouseTest {
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar")) // fixtures, once they are packaged
            .importPackages("org.espalier");

    /** Classes that break one rule each. */
    private static final String RUIN = "org.espalier.house.ruin";

    private static final JavaClasses RUINED = new ClassFileImporter().importPackages(RUIN);

    @ParameterizedTest
    @MethodSource("rules")
    void theHouseKeeps(ArchRule rule) {
        rule.check(HOUSE);
    }

    static Stream<ArchRule> rules() {
        return all(new HouseRules("org.espalier"));
    }

    @Test
    void theRulesSeeAllOfTheHouse() {
        for (String room : HouseRules.ROOMS) {
            assertThat(HOUSE.stream().map(type -> type.getPackageName()))
                    .as(room)
                    .anyMatch(name -> (name + ".").startsWith("org.espalier." + room + "."));
        }
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aBreachIsSeenAndNamed(ArchRule rule, String culprit) {
        assertThat(rule.evaluate(RUINED).getFailureReport().getDetails())
                .as(rule.getDescription())
                .isNotEmpty()
                .allMatch(detail -> detail.contains(culprit));
    }

    static Stream<Arguments> broken() {
        HouseRules rules = new HouseRules(RUIN);
        List<ArchRule> up = rules.noRoomCallsUp();
        return Stream.of(
                Arguments.of(up.get(HouseRules.ROOMS.indexOf("data")), "CallsUp"),
                Arguments.of(rules.everythingStandsInARoom(), "Homeless"),
                Arguments.of(rules.coreNeedsNoLibrary(), "NeedsALibrary"),
                Arguments.of(rules.clustersStayOutside(), "UsesSpark"),
                Arguments.of(rules.onlyTheEngineUsesVectors(), "UsesVectors"),
                Arguments.of(rules.coreDrawsFromStreamsOnly(), "DrawsAnywhere"),
                Arguments.of(rules.coreReadsNoClock(), "ReadsAClock"),
                Arguments.of(rules.coreComputesExactly(), "ComputesInexactly"),
                Arguments.of(rules.packagesFormNoCycles(), "GoesBack"),
                Arguments.of(rules.kernelsAreHidden(), "UsesKernels"),
                Arguments.of(rules.onlyTheEngineAddressesPanels(), "AddressesPanels"),
                Arguments.of(rules.onlyExamplesOfTheReportRunAnEngine(), "RunsAnEngine"),
                Arguments.of(rules.packagesAreSmall(2), "ruin.engine has 3 files"),
                Arguments.of(rules.onlyTheCommandLinePrints(), "Prints"));
    }

    private static Stream<ArchRule> all(HouseRules rules) {
        return Stream.concat(
                rules.noRoomCallsUp().stream(),
                Stream.of(
                        rules.everythingStandsInARoom(),
                        rules.coreNeedsNoLibrary(),
                        rules.clustersStayOutside(),
                        rules.onlyTheEngineUsesVectors(),
                        rules.coreDrawsFromStreamsOnly(),
                        rules.coreReadsNoClock(),
                        rules.coreComputesExactly(),
                        rules.packagesFormNoCycles(),
                        rules.kernelsAreHidden(),
                        rules.onlyTheEngineAddressesPanels(),
                        rules.onlyExamplesOfTheReportRunAnEngine(),
                        rules.packagesAreSmall(HouseRules.LARGEST),
                        rules.onlyTheCommandLinePrints()));
    }
}
