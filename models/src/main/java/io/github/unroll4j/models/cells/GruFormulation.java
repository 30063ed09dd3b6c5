// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.models.cell.Layout;
import java.util.Objects;

/**
 * Which gated recurrent unit: papers and frameworks differ in three places, which are three switches here. "Notebooks"
 * are those of "Sequence Modeling from Scratch" (doi:10.5281/zenodo.17720229), whose results the library reproduces.
 * "None printed": Cho et al. and Bahdanau et al. say that they leave biases out of their equations to keep them
 * readable, and not which sums have one.
 *
 * <table>
 * <caption>Who has what</caption>
 * <tr><th>source</th><th>z</th><th>reset</th><th>biases</th><th>here</th></tr>
 * <tr><td>Cho et al. (2014), arXiv:1406.1078v3</td><td>keeps</td><td>before</td><td>none printed</td>
 *     <td>{@link #CHO_2014}</td></tr>
 * <tr><td>the same, its decoder</td><td>keeps</td><td>after, on a share of c too</td><td>none printed</td>
 *     <td>{@link ContextGruCell}</td></tr>
 * <tr><td>the same, v1</td><td>keeps</td><td>after</td><td>none printed</td>
 *     <td>{@link #NOTEBOOK_WORD} with b = 0</td></tr>
 * <tr><td>Bahdanau et al. (2014), arXiv:1409.0473</td><td>writes</td><td>before</td><td>none printed</td>
 *     <td>{@link #BAHDANAU_2014}</td></tr>
 * <tr><td>Chung et al. (2014), arXiv:1412.3555</td><td>writes</td><td>before</td><td>none printed</td>
 *     <td>{@link #BAHDANAU_2014}</td></tr>
 * <tr><td>PyTorch, DJL, cuDNN</td><td>keeps</td><td>after</td><td>two</td><td>{@link #PYTORCH}</td></tr>
 * <tr><td>Keras, {@code reset_after=True} (default)</td><td>keeps</td><td>after</td><td>two</td>
 *     <td>{@link #KERAS}</td></tr>
 * <tr><td>Keras, {@code reset_after=False}</td><td>keeps</td><td>before</td><td>one</td>
 *     <td>{@link #KERAS_RESET_BEFORE}</td></tr>
 * <tr><td>ONNX, {@code linear_before_reset=1}</td><td>keeps</td><td>after</td><td>two</td>
 *     <td>{@link #PYTORCH}</td></tr>
 * <tr><td>ONNX, {@code linear_before_reset=0} (default)</td><td>keeps</td><td>before</td><td>two, summed</td>
 *     <td>{@link #KERAS_RESET_BEFORE}</td></tr>
 * <tr><td>flax</td><td>keeps</td><td>after</td><td>one, and one for n on the recurrent side</td>
 *     <td>{@link #PYTORCH}</td></tr>
 * <tr><td>haiku</td><td>writes</td><td>before</td><td>one</td><td>{@link #NOTEBOOK_CHAR}</td></tr>
 * <tr><td>char-rnn</td><td>writes</td><td>before</td><td>two, summed</td><td>{@link #NOTEBOOK_CHAR}</td></tr>
 * </table>
 *
 * <p>What converts into what, exactly:
 *
 * <ul>
 *   <li><i>Keeps and writes:</i> negate the z block of W_x, W_h, b and b_h, since σ(-a) = 1 - σ(a). Outputs are equal,
 *       and so is training, the gradients of that block being negated too.
 *   <li><i>Before and after:</i> not at all. {@code (r ⊙ h_prev) U} and {@code r ⊙ (h_prev U)} are two functions unless
 *       U is diagonal; weights of the one mean nothing to the other.
 *   <li><i>Recurrent bias, reset after:</i> a unit without b_h is one with b_h = 0. The r and z blocks of b_h only add
 *       to those of b: b + b_h in b and 0 in b_h gives the same outputs. The n block of b_h stands inside the reset and
 *       goes nowhere else. Trained under Adam, two biases that add up move twice as far per step as one.
 *   <li><i>Recurrent bias, reset before:</i> adds to b in every block, so there is one bias.
 * </ul>
 *
 * <p>Blocks are r | z | n here. PyTorch has the same order, as rows; Keras and ONNX have z | r | h; the table of
 * docs/NOTATION.md says what to transpose and to permute.
 *
 * @param update what the update gate z does
 * @param reset where the reset gate acts
 * @param biases how many; for {@link Reset#AFTER} the n block of a second one is inside the reset
 * @since 0.1.0
 */
public record GruFormulation(Update update, Reset reset, Layout.Biases biases) {
    /**
     * Requires what is not optional.
     *
     * @param update {@link #update()}
     * @param reset {@link #reset()}
     * @param biases {@link #biases()}
     */
    public GruFormulation {
        Objects.requireNonNull(update, "update");
        Objects.requireNonNull(reset, "reset");
        Objects.requireNonNull(biases, "biases");
    }

    /** The polarity of the update gate. */
    public enum Update {
        /** h = z ⊙ h_prev + (1-z) ⊙ n: Cho et al. (2014), PyTorch, Keras. */
        KEEPS,
        /** h = (1-z) ⊙ h_prev + z ⊙ n: Bahdanau et al. (2014), Chung et al. (2014). */
        WRITES
    }

    /** The place of the reset gate in the candidate n. */
    public enum Reset {
        /** n = tanh(x W_xn + b_n + (r ⊙ h_prev) U_n): a second product that waits for r. */
        BEFORE,
        /** n = tanh(x W_xn + b_n + r ⊙ (h_prev W_hn + b_hn)): one recurrent product for all gates. */
        AFTER
    }

    /** Cho et al. (2014), equations 5 to 8 of the third version: z keeps, reset before the product, none printed. */
    public static final GruFormulation CHO_2014 = new GruFormulation(Update.KEEPS, Reset.BEFORE, Layout.Biases.NONE);

    /** Keras with {@code reset_after=False}, and ONNX by default: {@link #CHO_2014} with a bias. */
    public static final GruFormulation KERAS_RESET_BEFORE =
            new GruFormulation(Update.KEEPS, Reset.BEFORE, Layout.Biases.ONE);

    /**
     * Bahdanau et al. (2014), appendix A.1, and Chung et al. (2014): z writes, reset before the product, no biases
     * printed.
     * {@link #CHO_2014} with the z block negated.
     */
    public static final GruFormulation BAHDANAU_2014 =
            new GruFormulation(Update.WRITES, Reset.BEFORE, Layout.Biases.NONE);

    /**
     * PyTorch's {@code nn.GRU}, DJL and cuDNN: z keeps, reset after the product and its bias. ONNX with {@code
     * linear_before_reset=1}; flax, where b_h has an n block only. The default. b is {@code bias_ih}, b_h {@code
     * bias_hh}.
     */
    public static final GruFormulation PYTORCH = new GruFormulation(Update.KEEPS, Reset.AFTER, Layout.Biases.TWO);

    /**
     * Keras with its default {@code reset_after=True}: as {@link #PYTORCH}; b is {@code bias[0]}, b_h {@code bias[1]},
     * z | r | h.
     */
    public static final GruFormulation KERAS = PYTORCH;

    /** The character notebook: {@link #BAHDANAU_2014} with a bias. haiku; char-rnn. */
    public static final GruFormulation NOTEBOOK_CHAR =
            new GruFormulation(Update.WRITES, Reset.BEFORE, Layout.Biases.ONE);

    /**
     * The word and sequence-to-sequence notebooks: z keeps, reset after the product, the one candidate bias outside the
     * reset. {@link #PYTORCH} with b_h = 0 gives its outputs; with b = 0 it is the first version of Cho et al. (2014).
     */
    public static final GruFormulation NOTEBOOK_WORD = new GruFormulation(Update.KEEPS, Reset.AFTER, Layout.Biases.ONE);

    /** Requires a place of the reset, for a cell. */
    void require(String cell, Reset expected) {
        if (reset != expected) {
            throw new IllegalArgumentException(cell + ": the formulation is " + this + ", expected one that resets "
                    + expected + " the product; the other place is that of "
                    + (expected == Reset.AFTER ? "GruResetBeforeCell." : "GruCell."));
        }
    }
}
