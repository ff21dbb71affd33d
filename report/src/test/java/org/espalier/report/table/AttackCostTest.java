package org.espalier.report.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.lab.robustness.StoredEvaluation;
import org.junit.jupiter.api.Test;

class AttackCostTest {
    private static StoredEvaluation.AttackResult attack(String name, int broke, OptionalLong passes) {
        return new StoredEvaluation.AttackResult(
                name,
                "suite",
                "white-box",
                new ThreatModel(Norm.LINF, 0.1f),
                50,
                broke,
                Optional.empty(),
                Optional.of(0.5),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                passes);
    }

    @Test
    void passesOfAllAttacksAreDividedByAllBrokenImages() {
        assertThat(EvaluationTables.cost(List.of(
                        attack("pgd", 20, OptionalLong.of(30_000)), attack("square", 5, OptionalLong.of(250_000)))))
                .hasValue("cost of attack, in forward and backward passes of one image by broken image: pgd 1,500,"
                        + " square 50,000; all 11,200");
        assertThat(EvaluationTables.cost(
                        List.of(attack("pgd", 20, OptionalLong.of(30_010)), attack("fab", 0, OptionalLong.of(10_000)))))
                .hasValue("cost of attack, in forward and backward passes of one image by broken image: pgd 1,501; all"
                        + " 2,001");
    }

    @Test
    void withoutASuccessOrARecordThereIsNoCost() {
        assertThat(EvaluationTables.cost(List.of(attack("pgd", 0, OptionalLong.of(30_000)))))
                .isEmpty();
        assertThat(EvaluationTables.cost(List.of(attack("pgd", 9, OptionalLong.empty()))))
                .isEmpty();
    }
}
