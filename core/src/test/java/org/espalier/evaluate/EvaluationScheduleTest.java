package org.espalier.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.espalier.evaluate.EvaluationSchedule.Moment;
import org.junit.jupiter.api.Test;

class EvaluationScheduleTest {
    @Test
    void everyMeasuresAtTheStartInBetweenAndAtTheEnd() {
        List<Moment> moments = new EvaluationSchedule.Every(500).moments(50_000);
        assertThat(moments).hasSize(101);
        assertThat(moments.getFirst()).isEqualTo(new Moment(0, 0));
        assertThat(moments.get(1)).isEqualTo(new Moment(500, 500));
        assertThat(moments.getLast()).isEqualTo(new Moment(50_000, 50_000));
        assertThat(new EvaluationSchedule.Every(400).moments(1000))
                .extracting(Moment::updates)
                .containsExactly(0, 400, 800, 1000);
        assertThat(new EvaluationSchedule.Every(400).moments(0)).containsExactly(new Moment(0, 0));
    }

    @Test
    void asPublishedMeasuresAfterUpdates1And501OfEachEpoch() {
        List<Moment> moments = new EvaluationSchedule.AsPublished(500, 834).moments(50_040);
        assertThat(moments).hasSize(120);
        assertThat(moments.subList(0, 4))
                .containsExactly(new Moment(1, 0), new Moment(501, 500), new Moment(835, 1000), new Moment(1335, 1500));
        assertThat(moments.get(60)).isEqualTo(new Moment(25_021, 30_000));
    }

    @Test
    void refusesAnIntervalBelowOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EvaluationSchedule.Every(0))
                .withMessageContaining("0");
    }
}
