// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.parity;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.text.CharVocabulary;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The character notebooks: one-hot characters into one layer of 100. */
class CharNotebooksParityTest {
    @Test
    void charRnn() {
        Notebook notebook = Notebook.named("char_rnn");
        Notebook.Weights weights = notebook.weights(0.01);
        reachesTheRecordedLosses(notebook, "rnn", 2000, p -> {
            p.get("l0.rnn.W_x").set(weights.transposed("Wxh"));
            p.get("l0.rnn.W_h").set(weights.transposed("Whh"));
            p.get("l0.rnn.b").set(weights.transposed("bh"));
            p.get("head.W").set(weights.transposed("Why"));
            p.get("head.b").set(weights.transposed("by"));
        });
    }

    @Test
    void charLstm() {
        Notebook notebook = Notebook.named("char_lstm");
        Notebook.Weights weights = notebook.weights(0.01);
        // their gates are f, i, c, o over columns [h ; x]; ours are blocks i | f | o | g
        reachesTheRecordedLosses(notebook, "lstm", 1000, p -> {
            p.get("l0.lstm.W_x").set(weights.blocks(100, 133, "Wi", "Wf", "Wo", "Wc"));
            p.get("l0.lstm.W_h").set(weights.blocks(0, 100, "Wi", "Wf", "Wo", "Wc"));
            p.get("l0.lstm.b").set(weights.blocks(0, 1, "bi", "bf", "bo", "bc"));
            p.get("head.W").set(weights.transposed("Wy"));
            p.get("head.b").set(weights.transposed("by"));
        });
    }

    @Test
    void charGru() {
        Notebook notebook = Notebook.named("char_gru");
        Notebook.Weights weights = notebook.weights(0.01);
        // their u writes and is our z; the candidate takes [r ⊙ h ; x]
        reachesTheRecordedLosses(notebook, "gru-notebook-char", 1000, p -> {
            p.get("l0.gru.W_x").set(weights.blocks(100, 133, "Wr", "Wu", "Wh"));
            p.get("l0.gru.W_h").set(weights.blocks(0, 100, "Wr", "Wu"));
            p.get("l0.gru.U_n").set(weights.blocks(0, 100, "Wh"));
            p.get("l0.gru.b").set(weights.blocks(0, 1, "br", "bu", "bh"));
            p.get("head.W").set(weights.transposed("Wy"));
            p.get("head.b").set(weights.transposed("by"));
        });
    }

    private static void reachesTheRecordedLosses(
            Notebook notebook, String cell, int published, Consumer<Parameters> load) {
        String text = notebook.text("thirsty_crow.txt");
        LanguageModelConfig config = new LanguageModelConfig(cell, 100, 1, Dtype.DOUBLE);
        new NotebookTraining(notebook, CharVocabulary.of(text), text)
                .reachesTheRecordedLosses(config, Cells.named(cell), load, published);
    }
}
