// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainRow;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.optim.Loss;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
    private final List<String> told = new ArrayList<>();

    @TempDir
    Path folder;

    /**
     * Five iterations with a line every two, measured after the second and the third; losses of 1, 2, … nats a token.
     */
    private Path written() {
        Path file = folder.resolve("metrics.csv");
        try (Metrics metrics = Metrics.create(file, List.of(), 2, told::add)) {
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
        List<TrainRow> rows = Metrics.read(file, 4, told::add);

        assertThat(rows).extracting(TrainRow::iteration).containsExactly(2L, 3L, 4L);
        assertThat(rows).extracting(TrainRow::validationLoss).containsExactly(1.25, 1.25, Double.NaN);
        List<String> before = Files.readAllLines(file).subList(0, 4);
        Metrics.create(file, rows, 2, told::add).close();
        assertThat(Files.readAllLines(file)).isEqualTo(before);
    }

    /** Wherever the last line is cut, also where what is left is a line of its own: the last digits may be missing. */
    @Test
    void aLastLineThatWasCutOffIsLeftOutAndTold() throws IOException {
        String text = Files.readString(written());
        int last = text.lastIndexOf('\n', text.length() - 2) + 1;
        for (int end = last + 1; end < text.length(); end++) {
            told.clear();
            Path cut = Files.writeString(folder.resolve("cut.csv"), text.substring(0, end));
            assertThat(Metrics.read(cut, 9, told::add))
                    .extracting(TrainRow::iteration)
                    .containsExactly(2L, 3L, 4L);
            assertThat(told).singleElement().asString().contains("the last line of " + cut + " was cut off");
        }
    }

    @Test
    @SuppressWarnings("try") // closed in between on purpose
    void linesThatCannotBeWrittenAreToldAndFollowLater() throws IOException {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        Path file = gone.resolve("metrics.csv");
        try (Metrics metrics = Metrics.create(file, List.of(), 1, told::add)) {
            step(metrics, 1);
            step(metrics, 2);
            metrics.close(); // as after a write that failed
            Files.delete(file);
            Files.delete(gone);
            step(metrics, 3);
            assertThat(told).singleElement().asString().contains("cannot be written", "tried again at the next line");
            Files.createDirectory(gone);
            step(metrics, 4);
            metrics.onEnd(new Outcome.Finished(4));
        }
        assertThat(Files.readAllLines(file))
                .extracting(line -> line.split(",", -1)[0])
                .containsExactly("iteration", "1", "2", "3", "4");
    }

    private static void step(Metrics metrics, int i) {
        metrics.onStep(new TrainStep(i, i, new Loss(10, 10, 1), 9, 0.5, 0.01, 3000, Duration.ofSeconds(i)));
    }

    @Test
    void aPlantedLinkIsReplacedAndNotFollowed() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Files.createSymbolicLink(folder.resolve("metrics.csv"), victim);
        written();
        assertThat(victim).hasContent("precious");
        assertThat(Files.isSymbolicLink(folder.resolve("metrics.csv"))).isFalse();
    }

    /** To open one waits until somebody reads from it. */
    @Test
    @Timeout(30)
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no pipes among files there")
    void aPlantedPipeIsRefused() throws IOException, InterruptedException {
        Path pipe = folder.resolve("metrics.csv");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "there is no mkfifo here");
        assertThatThrownBy(this::written)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage(pipe + " cannot be written: it is no file, but a link, a folder, a pipe or a device");
        Path lock = folder.resolve(".lock");
        assertThat(new ProcessBuilder("mkfifo", lock.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> RunLock.take(folder, "char-rnn", pipe))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it is no file");
    }

    @Test
    void aLineThatIsNoneIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("m.csv"), TrainRow.CSV_HEADER + "\n1,0.1,2,,1,1,1,1\n2,0.2\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Metrics.read(file, 9, told::add))
                .withMessageContaining("m.csv: line 3 is not one of a metrics file: it has 2 fields, expected 8");
    }
}
