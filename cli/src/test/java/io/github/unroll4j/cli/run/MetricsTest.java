// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.optim.Loss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
    @TempDir
    Path folder;

    /**
     * Five iterations with a line every two, measured after the second and the third; losses of 1, 2, … nats a token.
     */
    private Path written() {
        Path file = folder.resolve("metrics.csv");
        try (Metrics metrics = Metrics.create(file, List.of(), 2)) {
            for (int i = 1; i <= 5; i++) {
                TrainStep step =
                        new TrainStep(i, i / 4.0, new Loss(10 * i, 10, 1), 9, 0.5, 0.01, 3000, Duration.ofSeconds(i));
                metrics.onStep(step);
                if (i == 2 || i == 3) {
                    metrics.onEvaluation(step, 1.25);
                }
            }
            metrics.onEnd(new Outcome.Finished(5));
        }
        return file;
    }

    @Test
    void theFieldOfWhatWasNotMeasuredIsEmpty() throws IOException {
        assertThat(Files.readAllLines(written()))
                .containsExactly(
                        "iteration,epoch,train_loss,validation_loss,gradient_norm,learning_rate,tokens_per_second,seconds",
                        "2,0.5000,1.5,1.25,0.500000,0.0100000,3000,2.000",
                        "3,0.7500,3.0,1.25,0.500000,0.0100000,3000,3.000",
                        "4,1.0000,4.0,,0.500000,0.0100000,3000,4.000",
                        "5,1.2500,5.0,,0.500000,0.0100000,3000,5.000");
    }

    @Test
    void anEmptyFieldIsReadAsNoNumberAndWrittenEmptyAgain() throws IOException {
        Path file = written();
        List<MetricsRow> rows = Metrics.read(file, 4);

        assertThat(rows).extracting(MetricsRow::iteration).containsExactly(2L, 3L, 4L);
        assertThat(rows).extracting(MetricsRow::validationLoss).containsExactly(1.25, 1.25, Double.NaN);
        List<String> before = Files.readAllLines(file).subList(0, 4);
        Metrics.create(file, rows, 2).close();
        assertThat(Files.readAllLines(file)).isEqualTo(before);
    }

    @Test
    void aLineThatIsNoneIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("m.csv"), MetricsRow.HEADER + "\n1,0.1,2,,1,1,1,1\n2,0.2\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Metrics.read(file, 9))
                .withMessageContaining("m.csv: line 3 is not one of a metrics file: it has 2 fields, expected 8");
    }
}
