// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.optim.Loss;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class ProgressTest {
    @Command(name = "example")
    private static final class Example {}

    /** The lines of a run of eight iterations with a line every two, measured after some. */
    private static List<String> lines(Set<Integer> measured) {
        StringWriter err = new StringWriter();
        CommandLine command = new CommandLine(new Example()).setErr(new PrintWriter(err));
        Progress progress = new Progress(new Console(command, false), 8, 2);
        for (int i = 1; i <= 8; i++) {
            TrainStep step =
                    new TrainStep(i, i / 4.0, new Loss(20, 10, 1), 2, 0.5, 0.01, 3000, Duration.ofMillis(100L * i));
            progress.onStep(step);
            if (measured.contains(i)) {
                progress.onEvaluation(step, 1.25);
            }
        }
        progress.onEnd(new Outcome.Finished(8));
        return err.toString().lines().toList();
    }

    @Test
    void aLineWithoutAMeasurementKeepsTheColumnBlank() {
        List<String> lines = lines(Set.of(4, 8));

        assertThat(lines)
                .extracting(line -> line.replaceAll("  norm.*", ""))
                .containsExactly(
                        "      2/8  epoch   0.50  training 2.0000",
                        "      4/8  epoch   1.00  training 2.0000  validation 1.2500",
                        "      6/8  epoch   1.50  training 2.0000                   ",
                        "      8/8  epoch   2.00  training 2.0000  validation 1.2500");
        assertThat(lines.stream().skip(1).map(line -> line.indexOf("norm")).distinct())
                .as("where the next column begins")
                .hasSize(1);
    }

    @Test
    void aRunWithoutMeasurementsHasNoColumnForThem() {
        assertThat(lines(Set.of())).hasSize(4).allMatch(line -> line.contains("training 2.0000  norm  0.500"));
    }

    @Test
    void aSlowSpeedIsNotRoundedToNothing() {
        assertThat(lines(Set.of())).allMatch(line -> line.contains("  3000 tokens/s  "));
        assertThat(Progress.speed(312.4)).isEqualTo("312 tokens/s");
        assertThat(Progress.speed(10_400)).isEqualTo("10k tokens/s");
    }

    @Test
    void aMeasurementBetweenTwoLinesGetsALineOfItsOwn() {
        assertThat(lines(Set.of(3)))
                .extracting(line ->
                        line.replaceAll("/8.*", "").strip() + (line.contains("validation 1.2500") ? " validation" : ""))
                .containsExactly("2", "3 validation", "4", "6", "8");
    }

    @Test
    void aLossBeyondAllMeasureStaysShort() {
        assertThat(Progress.loss(1.25)).isEqualTo("1.2500");
        assertThat(Progress.loss(999_999)).isEqualTo("999999.0000");
        assertThat(Progress.loss(7.39e28)).isEqualTo("7.390e+28");
        assertThat(Progress.loss(Double.NaN)).isEqualTo("NaN");
    }
}
