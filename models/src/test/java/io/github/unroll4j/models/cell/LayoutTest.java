// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutTest {
    private static final int H = 4;

    private final Layout layout = new Layout("odd", H);

    /** Declares all parameters of the layout for inputs of 3 numbers. */
    private CellParameters declared() {
        Parameters.Builder p = Parameters.builder();
        CellParameters weights = new CellParameters(layout, 3, p);
        p.build(Dtype.DOUBLE, Rng.seeded(1));
        return weights;
    }

    @Test
    void aHandleIsANameAPlaceAmongItsKindAndASize() {
        Layout.Block i = layout.block("i");
        Layout.Block n = layout.inputBlock("n");
        Layout.Part h = layout.state("h", 2);
        Layout.Part c = layout.state("c");
        Layout.Saved saved = layout.saved("tanhC");
        Layout.Unit gain = layout.unit("gamma", Init.ones());
        Layout.Product recurrent = layout.recurrentProduct("U_n", Init.zeros());
        Layout.Product product = layout.product("W_p", "H,P", H, 2, Init.zeros());

        assertThat(Stream.of(i, n, h, c, saved, gain, recurrent, product)
                        .map(handle -> handle + " " + handle.index() + " " + handle.size()))
                .containsExactly(
                        "odd.i 0 4",
                        "odd.n 1 4",
                        "odd.h 0 2",
                        "odd.c 1 4",
                        "odd.tanhC 0 4",
                        "odd.gamma 0 4",
                        "odd.U_n 0 4",
                        "odd.W_p 1 2");
        assertThat(List.of(i.recurrent(), n.recurrent())).containsExactly(true, false);
        assertThat(List.of(recurrent.recurrent(), product.recurrent())).containsExactly(true, false);
        assertThat(List.of(recurrent.inputSize(), product.inputSize())).containsExactly(2, H);
        assertThat(layout.h()).isSameAs(h);
        assertThat(layout.stateNames()).containsExactly("h", "c");
        assertThat(layout.stateSizes()).containsExactly(2, H);
        assertThat(layout.blocks()).containsExactly(i, n);
        assertThat(layout.recurrentBlocks()).isEqualTo(1);
        assertThat(layout.saved()).containsExactly(saved);
        assertThat(layout.units()).containsExactly(gain);
        assertThat(layout.products()).containsExactly(recurrent, product);
        assertThat(i.of(layout)).isTrue();
        assertThat(i.of(new Layout("odd", H))).isFalse();
    }

    @Test
    void parametersAreThoseOfTheLayoutInItsOrder() {
        layout.biases(Layout.Biases.TWO);
        layout.block("i", Init.constant(2));
        layout.block("f");
        layout.inputBlock("n");
        layout.state("h", 2);
        layout.product("W_p", "H,P", H, 2, Init.constant(3));
        layout.recurrentProduct("U_n", Init.zeros());
        layout.unit("gamma", Init.ones());
        CellParameters weights = declared();

        assertThat(weights.W_x().owner().list().stream().map(p -> p.name() + " " + p.axes()))
                .containsExactly(
                        "odd.W_x D,3H:i|f|n",
                        "odd.W_h P,2H:i|f",
                        "odd.W_p H,P",
                        "odd.U_n P,H",
                        "odd.b 3H:i|f|n",
                        "odd.b_h 3H:i|f|n",
                        "odd.gamma H");
        assertThat(weights.W_x().shape()).containsExactly(3, 3 * H);
        assertThat(weights.W_h().shape()).containsExactly(2, 2 * H);
        assertThat(weights.products().stream().map(Parameter::shape))
                .containsExactly(new int[] {H, 2}, new int[] {2, H});
        assertThat(weights.products().get(0).valuesCopy()).containsOnly(3);
        assertThat(weights.b().orElseThrow().valuesCopy()).containsExactly(2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(weights.units())
                .singleElement()
                .satisfies(gamma -> assertThat(gamma.valuesCopy()).containsOnly(1));
    }

    @Test
    void theMapsStartAsIsSaid() {
        layout.startingWith(Init.constant(1), Init.constant(2), Init.constant(3));
        layout.block("i", Init.constant(9));
        layout.state("h");
        CellParameters weights = declared();

        assertThat(weights.W_x().valuesCopy()).containsOnly(1);
        assertThat(weights.W_h().valuesCopy()).containsOnly(2);
        assertThat(weights.b().orElseThrow().valuesCopy()).containsOnly(3);
    }

    @Test
    void unlessSaidW_xIsGlorotUniformAndW_hOrthogonalBlockByBlock() {
        layout.block("i");
        layout.block("f");
        layout.inputBlock("n");
        layout.state("h");
        CellParameters weights = declared();

        double bound = Math.sqrt(6.0 / (3 + H));
        assertThat(Arrays.stream(weights.W_x().valuesCopy())
                        .map(Math::abs)
                        .max()
                        .orElseThrow())
                .isBetween(0.5 * bound, bound);
        double[] W_h = weights.W_h().valuesCopy();
        for (int block = 0; block < 2; block++) {
            for (int row = 0; row < H; row++) {
                double squares = 0;
                for (int j = 0; j < H; j++) {
                    double w = W_h[row * 2 * H + block * H + j];
                    squares += w * w;
                }
                assertThat(squares).isCloseTo(1, within(1e-12));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"g, g, g", "g, c, c", "h, g, h"})
    void twoArraysOfOneNameAreRefused(String first, String second, String twice) {
        layout.block("i");
        layout.state("h");
        layout.state("c");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    layout.saved(first);
                    layout.saved(second);
                })
                .withMessage("Layout(odd): " + twice
                        + " is declared twice, as saved or as a part of the state, expected a name of its own for each,"
                        + " under which a trace shows it.");
    }

    @Test
    void aNameIsDeclaredOnceAmongItsKind() {
        layout.block("i");
        layout.state("h");
        layout.unit("p", Init.zeros());
        layout.recurrentProduct("U", Init.zeros());

        for (Runnable again : List.<Runnable>of(
                () -> layout.block("i"),
                () -> layout.inputBlock("i"),
                () -> layout.unit("p", Init.ones()),
                () -> layout.product("U", "H,H", H, H, Init.zeros()))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(again::run)
                    .withMessageMatching(
                            "Layout\\(odd\\): '(.)' is declared, expected a name that \\[\\1] does not have\\.");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.block(" "))
                .withMessage("Layout(odd): ' ' is declared, expected a name that [i] does not have.");
    }

    @Test
    void aSavedQuantityOfAGatesNameIsRefused() {
        layout.block("i");

        String message = " is declared as a block and as saved, expected a name of its own for each, under which a"
                + " trace shows the gate and what is saved.";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.saved("i"))
                .withMessage("Layout(odd): i" + message);
        layout.saved("g");
        for (UnaryOperator<String> again : List.<UnaryOperator<String>>of(
                g -> layout.block(g).name(), g -> layout.inputBlock(g).name())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> again.apply("g"))
                    .withMessage("Layout(odd): g" + message);
        }
    }

    @Test
    void inputBlocksComeLast() {
        layout.block("r");
        layout.inputBlock("n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.block("z"))
                .withMessage("Layout(odd): block z is declared after the input block n, expected input blocks last.");
        assertThat(layout.inputBlock("m").recurrent()).isFalse();
    }

    @Test
    void aLayoutWithoutABlockOrAStateIsRefused() {
        for (List<String> blocks : List.of(List.<String>of(), List.of("n"))) {
            Layout without = new Layout("odd", H);
            blocks.forEach(without::inputBlock);
            without.state("h");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new CellParameters(without, 3, Parameters.builder()))
                    .withMessage("Layout(odd): a cell has at least one block with a recurrent side and one part of the"
                            + " state, found blocks " + (blocks.isEmpty() ? "[]" : "[odd.n]") + " and state [odd.h].");
        }
        layout.block("i");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CellParameters(layout, 3, Parameters.builder()))
                .withMessageContaining("found blocks [odd.i] and state [].");
    }

    @Test
    void aProductOfTheStateNeedsAState() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.recurrentProduct("U_n", Init.zeros()))
                .withMessage(
                        "Layout(odd): the recurrent product U_n is declared before any part of the state, expected after it:"
                                + " its operand has the size of h.");
    }

    @Test
    void nothingIsDeclaredOnceALayerWasMade() {
        layout.block("i");
        layout.state("h");
        declared();

        for (Runnable late : List.<Runnable>of(
                () -> layout.block("f"),
                () -> layout.inputBlock("n"),
                () -> layout.state("c"),
                () -> layout.saved("g"),
                () -> layout.unit("p", Init.zeros()),
                () -> layout.product("W_p", "H,P", H, 2, Init.zeros()),
                () -> layout.recurrentProduct("U_n", Init.zeros()),
                () -> layout.biases(Layout.Biases.NONE),
                layout::apart,
                () -> layout.startingWith(Init.zeros(), Init.zeros(), Init.zeros()))) {
            assertThatIllegalStateException()
                    .isThrownBy(late::run)
                    .withMessageMatching("Layout\\(odd\\): .+ came after a layer was made of this layout; expected all"
                            + " declarations in the constructor of the cell\\.");
        }
        assertThat(layout.blocks()).hasSize(1);
        assertThat(layout.state()).hasSize(1);
        assertThat(layout.isApart()).isFalse();
        assertThat(declared().W_x().shape()).containsExactly(3, H); // a second layer of the same cell
    }

    @ParameterizedTest
    @CsvSource({"'', 4", "' ', 4", "odd, 0", "odd, -1"})
    void aLayoutHasANameAndUnits(String name, int hidden) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Layout(name, hidden))
                .withMessage("Layout: the name is '" + name + "' and the hidden size " + hidden
                        + ", expected a short word and 1 to 16777216.");
    }

    @Test
    void sizesAreOneOrMore() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.state("h", 0))
                .withMessage("Layout(odd): h is declared with size 0, expected 1 or more.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.product("W_p", "H,P", 0, 2, Init.zeros()))
                .withMessage("Layout(odd): W_p is declared with size 0, expected 1 or more.");
        layout.block("i");
        layout.state("h");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CellParameters(layout, 0, Parameters.builder()))
                .withMessage("CellParameters(odd): input size is 0, expected 1 or more.");
    }

    @Test
    void whatWasDeclaredCannotBeTakenOut() {
        layout.block("i");

        assertThatThrownBy(() -> layout.blocks().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
