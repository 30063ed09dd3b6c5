// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.optim.Loss;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BestModelTest {
    @TempDir
    Path folder;

    private final List<Long> saved = new ArrayList<>();
    private long iteration;

    private BestModel best(double before) {
        return new BestModel(folder.resolve("best"), this::save, before);
    }

    private void save(Path file) {
        saved.add(iteration);
        try {
            Files.writeString(file, "of iteration " + iteration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void measure(BestModel best, double... losses) {
        for (double loss : losses) {
            Loss trained = new Loss(1, 1, 1);
            best.onEvaluation(new TrainStep(++iteration, 0, trained, 1, 1, 1, 1, Duration.ZERO), loss);
        }
    }

    @Test
    void theFileHoldsTheBestModel() throws IOException {
        BestModel best = best(Double.POSITIVE_INFINITY);
        assertThat(best.isKept()).isFalse();
        measure(best, 3, 4, 2, 2, 5);
        assertThat(saved).containsExactly(1L, 3L);
        assertThat(best.file()).hasContent("of iteration 3");
        assertThat(best.best()).isEqualTo(2);
        assertThat(best.isKept()).isTrue();
    }

    @Test
    void aContinuedRunHasToBeatItsPast() throws IOException {
        Files.writeString(folder.resolve("best"), "of before");
        BestModel best = best(2.5);
        measure(best, 3);
        assertThat(best.file()).hasContent("of before");
        assertThat(best.isKept()).isTrue();
        assertThat(best.best()).isEqualTo(2.5);
        measure(best, 2.4);
        assertThat(best.file()).hasContent("of iteration 2");
    }

    @Test
    void aFileThatIsGoneIsReplacedByTheNextModel() {
        BestModel best = best(1);
        measure(best, 3);
        assertThat(saved).containsExactly(1L);
        assertThat(best.best()).isEqualTo(3);
    }

    @Test
    void aModelThatCannotBeSavedIsNotTheBest() {
        BestModel best = new BestModel(
                folder.resolve("best"),
                file -> {
                    throw new UncheckedIOException(new IOException("the disk is full"));
                },
                Double.POSITIVE_INFINITY);
        assertThatThrownBy(() -> measure(best, 3)).hasMessageContaining("the disk is full");
        assertThat(best.best()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(best.isKept()).isFalse();
    }
}
