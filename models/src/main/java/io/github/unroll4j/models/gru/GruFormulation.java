// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.gru;

/**
 * Which gated recurrent unit: papers and frameworks differ in three places, which are three switches here.
 *
 * @param update what the update gate z does
 * @param reset where the reset gate acts
 * @param recurrentBias whether the recurrent side has a bias of its own; for {@link Reset#AFTER} it is inside the reset
 */
public record GruFormulation(Update update, Reset reset, boolean recurrentBias) {
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

    /** Cho et al. (2014), third version: z keeps, reset before the product. */
    public static final GruFormulation CHO_2014 = new GruFormulation(Update.KEEPS, Reset.BEFORE, false);
    /** Bahdanau et al. (2014) and Chung et al. (2014): z writes, reset before the product. */
    public static final GruFormulation BAHDANAU_2014 = new GruFormulation(Update.WRITES, Reset.BEFORE, false);
    /** PyTorch, DJL and cuDNN: z keeps, reset after the product and its bias. The default. */
    public static final GruFormulation PYTORCH = new GruFormulation(Update.KEEPS, Reset.AFTER, true);
    /** Keras with its default {@code reset_after=True}: as PyTorch. */
    public static final GruFormulation KERAS = PYTORCH;
    /** The character notebook: as Bahdanau et al. */
    public static final GruFormulation NOTEBOOK_CHAR = BAHDANAU_2014;
    /** The word and sequence-to-sequence notebooks: z keeps, reset after, the one candidate bias outside the reset. */
    public static final GruFormulation NOTEBOOK_WORD = new GruFormulation(Update.KEEPS, Reset.AFTER, false);
}
