// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class RecipeFlagsTest {
    @Command
    private static final class Holder {
        @Mixin
        private RecipeFlags recipe;

        @Mixin
        private TrainFlags training;

        @Mixin
        private StateFlags state;
    }

    private static Holder parse(String... flags) {
        Holder holder = new Holder();
        new CommandLine(holder).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(flags);
        return holder;
    }

    private static Parameters lstm() {
        Parameters.Builder p = Parameters.builder();
        new HoistedLayer(new LstmCell(50), 40, p.scope("l0"));
        new HoistedLayer(new GruCell(20), 50, p.scope("l1"));
        return p.build(Dtype.DOUBLE, Rng.seeded(1));
    }

    @Test
    void withoutFlagsEveryWeightKeepsItsStart() {
        Parameters parameters = lstm();
        double[] before = parameters.values().toDoubles();
        parse().recipe.start(parameters, Rng.seeded(2));
        assertThat(parameters.values().toDoubles()).containsExactly(before);
    }

    @Test
    void initDrawsAllWeightsAndBiasesAnew() {
        Parameters parameters = lstm();
        long version = parameters.version();
        parse("--init=uniform:0.08").recipe.start(parameters, Rng.seeded(2));
        assertThat(parameters.version()).as("layers renew their copies").isGreaterThan(version);
        double[] values = parameters.values().toDoubles();
        assertThat(Arrays.stream(values).max().orElseThrow()).isBetween(0.0799, 0.08);
        assertThat(Arrays.stream(values).min().orElseThrow()).isBetween(-0.08, -0.0799);
        assertThat(parameters.get("l0.lstm.b").valuesCopy()).doesNotContain(0, 1);

        parse("--init=normal:0.01").recipe.start(parameters, Rng.seeded(2));
        double mean = parameters.values().sumOfSquares(0, parameters.count()) / parameters.count();
        // of 26,000 numbers the standard deviation is known to 0.4 %: ten times that
        assertThat(Math.sqrt(mean)).isCloseTo(0.01, within(4e-4));
    }

    @Test
    void forgetBiasSetsBlockFOfEachBiasThatHasOne() {
        Parameters parameters = lstm();
        parse("--init=uniform:0.1", "--forget-bias=-2").recipe.start(parameters, Rng.seeded(2));
        double[] b = parameters.get("l0.lstm.b").valuesCopy(); // blocks i|f|o|g of 50
        for (int k = 0; k < b.length; k++) {
            if (k / 50 == 1) {
                assertThat(b[k]).isEqualTo(-2);
            } else {
                assertThat(b[k]).isBetween(-0.1, 0.1);
            }
        }
        for (Parameter other : parameters.list()) {
            if (!other.name().equals("l0.lstm.b")) {
                assertThat(Arrays.stream(other.valuesCopy()).allMatch(x -> Math.abs(x) <= 0.1))
                        .as(other.name())
                        .isTrue();
            }
        }
    }

    @Test
    void theLearningRateFallsByEpochsOrAlongACosine() {
        Holder zaremba = parse("--lr=1", "--lr-decay=0.5", "--lr-decay-after=4");
        Schedule steps = zaremba.recipe.schedule(zaremba.training, 1000);
        assertThat(steps.rate(0, 0)).isEqualTo(1);
        assertThat(steps.rate(900, 3.99)).isEqualTo(1);
        assertThat(steps.rate(901, 4)).isEqualTo(0.5);
        assertThat(steps.rate(999, 6.5)).isEqualTo(0.125);
        Holder cosine = parse("--lr=1");
        assertThat(cosine.recipe.schedule(cosine.training, 1000).rate(500, 0)).isCloseTo(0.5, within(1e-12));
        assertThat(zaremba.recipe.describe()).startsWith("times 0.5 an epoch after 4, loss mean");
        assertThat(parse("--lr-decay=1").recipe.describe()).startsWith("throughout");
    }

    @Test
    void adadeltaHasALearningRateOfOneUnlessAnotherIsGiven() {
        assertThat(parse().training.lr()).isEqualTo(0.004);
        assertThat(parse("--optimizer=adadelta").training.lr()).isEqualTo(1);
        assertThat(parse("--optimizer=adadelta", "--lr=0.5").training.lr()).isEqualTo(0.5);
        Parameters parameters = lstm();
        assertThat(parse("--optimizer=adadelta").training.optimizer(parameters).name())
                .isEqualTo("adadelta");
    }

    @Test
    void theReductionIsNamedInWordsOfTheCommandLine() {
        assertThat(parse().recipe.reduction()).isEqualTo(Reduction.MEAN);
        assertThat(parse("--reduction=batch-mean").recipe.reduction()).isEqualTo(Reduction.BATCH_MEAN);
        assertThat(parse("--reduction=SUM").recipe.reduction()).isEqualTo(Reduction.SUM);
    }

    @Test
    void stateResetBeginsEachWindowAtZeroAndLosesNoPair() {
        int[] ids = IntStream.range(0, 96).toArray();
        Holder reset = parse("--state=reset", "--seq-len=10", "--batch=3");
        Windows windows = reset.state.windows(reset.training, ids);
        int[] seen = new int[96];
        for (Window window : windows) {
            for (int b = 0; b < window.batch(); b++) {
                assertThat(window.resets()[b]).isEqualTo(window.lengths()[b] > 0);
                for (int t = 0; t < window.lengths()[b]; t++) {
                    int id = window.inputs()[t * window.batch() + b];
                    assertThat(window.targets()[t * window.batch() + b]).isEqualTo(id + 1);
                    seen[id]++;
                }
            }
        }
        assertThat(Arrays.copyOf(seen, 95)).as("every pair once").containsOnly(1);
        Holder carried = parse("--seq-len=10", "--batch=3");
        assertThat(carried.state.windows(carried.training, ids).at(1).resets()).containsOnly(false);
    }
}
