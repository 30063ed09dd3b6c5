// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.PeepholeLstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cells that break the contract where few look: only in some sizes, only at some step, or only for whoever reads on.
 */
class PlantedContractErrorsTest {
    /** A right cell that is spoilt after each of its methods. */
    private static final class Spoilt implements Cell {
        private final Cell right;
        private final BiConsumer<Spoilt, Step> afterForward;
        private final BiConsumer<Spoilt, Step> afterBackward;
        private int steps;

        Spoilt(Cell right, BiConsumer<Spoilt, Step> afterForward, BiConsumer<Spoilt, Step> afterBackward) {
            this.right = right;
            this.afterForward = afterForward;
            this.afterBackward = afterBackward;
        }

        Layout.Part h() {
            return layout().h();
        }

        Layout.Block block(int i) {
            return layout().blocks().get(i);
        }

        @Override
        public Layout layout() {
            return right.layout();
        }

        @Override
        public void forward(Step s) {
            right.forward(s);
            afterForward.accept(this, s);
        }

        @Override
        public void backward(Step s) {
            right.backward(s);
            afterBackward.accept(this, s);
        }
    }

    private static void nothing(Spoilt c, Step s) {}

    private static Arguments forward(String name, BiConsumer<Spoilt, Step> spoil, String blamed) {
        return arguments(name, new Spoilt(new RnnCell(3), spoil, PlantedContractErrorsTest::nothing), blamed);
    }

    private static Arguments backward(String name, Cell right, BiConsumer<Spoilt, Step> spoil, String blamed) {
        return arguments(name, new Spoilt(right, PlantedContractErrorsTest::nothing, spoil), blamed);
    }

    /** A cell that keeps the outputs of five steps by itself, and forgets those before. */
    private static Spoilt ringOfFive() {
        Vec[] ring = new Vec[5];
        return new Spoilt(
                new RnnCell(3),
                (c, s) -> ring[Math.floorMod(c.steps++, 5)] = s.next(c.h()).copy(),
                (c, s) -> s.dz(c.block(0)).tanhBackward(s.dNext(c.h()), ring[Math.floorMod(--c.steps, 5)]));
    }

    private static boolean allZero(Vec numbers) {
        return numbers.sumOfSquares(0, numbers.length()) == 0;
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                backward(
                        "backward overwrites the state that forward left",
                        new RnnCell(3),
                        (c, s) -> s.next(c.h()).clear(),
                        "backward changes next(h)"),
                backward(
                        "backward overwrites the gradient that arrives",
                        new LstmCell(3),
                        (c, s) -> s.dNext(c.h()).clear(),
                        "backward changes dNext(h)"),
                backward(
                        "backward overwrites a peephole",
                        new PeepholeLstmCell(3),
                        (c, s) -> s.p(c.layout().units().get(0)).scale(0, 3, 1.5),
                        "backward changes p(p_i)"),
                backward(
                        "dPrev is overwritten",
                        new LstmCell(3),
                        (c, s) -> s.dPrev(c.layout().state().get(1))
                                .product(s.d(c.layout().state().get(1)), s.saved(c.block(1))),
                        "does not add to dPrev(c)"),
                forward(
                        "forward overwrites the state before",
                        (c, s) -> s.prev(c.h()).scale(0, 3, 0.5),
                        "forward changes prev(h)"),
                forward(
                        "a unit of the last row is not written",
                        (c, s) -> s.next(c.h()).set(s.rows() * 3 - 1, Double.NaN),
                        "forward does not write all of next(h)"),
                backward(
                        "dz of a block is forgotten where there are three rows",
                        new LstmCell(3),
                        (c, s) -> s.dz(c.block(2)).fill(0, s.rows() == 3 ? 9 : 0, Double.NaN),
                        "backward does not write all of dz(o)"),
                backward(
                        "wrong only from a state of zeros",
                        new LstmCell(3),
                        (c, s) -> s.dz(c.block(0)).scale(0, allZero(s.prev(c.h())) ? 3 : 0, 1.5),
                        "from a state of zeros"),
                arguments("wrong only after the fifth step", ringOfFive(), "T=12"),
                backward(
                        "wrong only at padded rows in float",
                        new RnnCell(3),
                        (c, s) -> {
                            Vec dh = s.dNext(c.h());
                            boolean padded = s.rows() == 3 && dh.dot(3, dh, 3) == 0;
                            s.dz(c.block(0)).fill(3, dh.dtype() == Dtype.FLOAT && padded ? 3 : 0, 1e-3);
                        },
                        "float"),
                backward(
                        "wrong only for seven rows",
                        new LstmCell(3),
                        (c, s) -> s.dz(c.block(3)).scale(0, s.rows() == 7 ? 3 : 0, -1),
                        "B=7"),
                backward(
                        "backward throws where there are three rows",
                        new RnnCell(3),
                        (c, s) -> s.dz(c.block(0)).get(s.rows() == 3 ? 99 : 0),
                        "ArrayIndexOutOfBoundsException"),
                backward(
                        "a sign",
                        new RnnCell(3),
                        (c, s) -> s.dz(c.block(0)).scale(0, s.rows() * 3, -1),
                        "the ratio is -1: a sign?"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void theFaultIsCaughtAndNamed(String name, Cell wrong, String blamed) {
        CheckReport report = CellCheck.check(() -> wrong);

        List<String> failures = report.lines().stream()
                .filter(line -> !line.passed())
                .map(line -> line.property() + " " + line.detail())
                .toList();
        assertThat(failures).as(name).isNotEmpty();
        assertThat(String.join("\n", failures)).contains(blamed);
        assertThat(report.lines()).extracting(CheckReport.Line::property).doesNotHaveDuplicates();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void withoutTheFaultTheCellIsRight(String name, Cell wrong, String blamed) {
        assertThat(CellCheck.check(() -> ((Spoilt) wrong).right).passed()).isTrue();
    }

    /** An RNN cell that also declares a product. */
    private static final class Idle implements Cell {
        private final Layout layout = new Layout("idle", 3);
        private final Layout.Block a = layout.block("a");
        private final Layout.Part h = layout.state("h");

        Idle() {
            layout.recurrentProduct("U", Init.normal(1));
        }

        @Override
        public Layout layout() {
            return layout;
        }

        @Override
        public void forward(Step s) {
            s.next(h).tanh(s.z(a));
        }

        @Override
        public void backward(Step s) {
            s.dz(a).tanhBackward(s.dNext(h), s.next(h));
        }
    }

    @Test
    void whatIsDeclaredAndNotUsedIsNamed() {
        assertThat(CellCheck.check(Idle::new).lines().stream().filter(line -> !line.passed()))
                .extracting(CheckReport.Line::detail)
                .hasSize(2)
                .allSatisfy(detail -> assertThat(detail).startsWith("none reaches idle.U; likely cause: a block,"));
    }
}
