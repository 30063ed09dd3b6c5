// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cells.MinimalGatedCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What docs/your-own-cell.md shows is what is compiled and run here. */
class YourOwnCellTest {
    private static final String DOCUMENT = "docs/your-own-cell.md";
    private static final String TEXT = "The crow was thirsty. The jug was deep. The crow found a stone. ".repeat(30);

    @RegisterExtension
    final Printed printed = new Printed();

    @TempDir
    Path folder;

    @Test
    void showsTheCompiledCodeAndNoOther() throws IOException {
        assertThat(Snippets.shownIn(DOCUMENT))
                .containsExactly(
                        Snippets.region("MinimalGate.java", "layout"),
                        Snippets.region("MinimalGate.java", "forward"),
                        Snippets.region("MinimalGate.java", "backward"),
                        Snippets.region("YourOwnCell.java", "check"),
                        Snippets.region("YourOwnCell.java", "train"),
                        Snippets.region("YourOwnCell.java", "load"));
    }

    @Test
    void hidesNothingOfTheCell() throws IOException {
        Snippets.requireWhole("MinimalGate.java", Snippets.shownIn(DOCUMENT).subList(0, 3));
    }

    @Test
    void takesAtMostSixtyLines() throws IOException {
        long lines = Snippets.shownIn(DOCUMENT).stream()
                .flatMap(String::lines)
                .filter(line -> !line.isBlank())
                .count();

        assertThat(lines).isBetween(30L, 60L);
    }

    @Test
    void theCellKeepsTheContract() {
        YourOwnCell.check();

        assertThat(printed.text()).startsWith("CellCheck of minimal: passed").contains("engine equals plain loop");
    }

    @Test
    void trainsSavesLoadsAndWrites() {
        Path file = folder.resolve("model.safetensors");

        YourOwnCell.train(TEXT, file);
        assertThat(file).isNotEmptyFile();
        YourOwnCell.load(file);

        assertThat(printed.text()).endsWith("\n").containsAnyOf("The crow was thirsty.", "The jug was deep.");
    }

    /** The library has the same cell. */
    @Test
    void isTheMinimalGatedUnitOfTheLibrary() {
        // 1e-15 a step for the one tanh and the other
        assertThat(outcome(new MinimalGate(5))).containsExactly(outcome(new MinimalGatedCell(5)), within(1e-13));
    }

    /** Outputs and gradients from equal weights, inputs and upstream gradients. */
    private static double[] outcome(Cell cell) {
        Parameters.Builder p = Parameters.builder();
        try (HoistedLayer layer = new HoistedLayer(cell, 3, p)) {
            Rng rng = Rng.seeded(7);
            Parameters parameters = p.build(Dtype.DOUBLE, rng);
            Run run = layer.forward(Sequence.of(random(rng, 3)), layer.zeroState(2));
            double[] H = run.H().toTensor().data().toDoubles();
            double[] dX = layer.backward(run, Sequence.of(random(rng, 5)), layer.zeroState(2))
                    .dX()
                    .toTensor()
                    .data()
                    .toDoubles();
            DoubleStream gradients =
                    parameters.list().stream().map(Parameter::gradientCopy).flatMapToDouble(DoubleStream::of);
            return DoubleStream.concat(DoubleStream.concat(DoubleStream.of(H), DoubleStream.of(dX)), gradients)
                    .toArray();
        }
    }

    /** [T=4, B=2, width]. */
    private static Tensor random(Rng rng, int width) {
        Tensor tensor = Tensor.zeros(Dtype.DOUBLE, 4, 2, width);
        for (int k = 0; k < tensor.data().length(); k++) {
            tensor.data().set(k, rng.nextGaussian());
        }
        return tensor;
    }
}
