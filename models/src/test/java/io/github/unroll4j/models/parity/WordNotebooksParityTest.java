// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.GruFormulation;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The word notebooks: an embedding of 100, trained densely, into one layer of 100. */
class WordNotebooksParityTest {
    @Test
    void wordRnn() {
        Notebook notebook = Notebook.named("word_rnn");
        Notebook.Weights weights = notebook.weights(0.01);
        reachesTheRecordedLosses(notebook, Cells.named("rnn"), 1000, p -> {
            p.get("embedding.W").set(weights.asTheyAre("Wemb"));
            p.get("l0.rnn.W_x").set(weights.transposed("Weh"));
            p.get("l0.rnn.W_h").set(weights.transposed("Whh"));
            p.get("l0.rnn.b").set(weights.transposed("bh"));
            p.get("head.W").set(weights.transposed("Why"));
            p.get("head.b").set(weights.transposed("by"));
        });
    }

    @Test
    void wordLstm() {
        Notebook notebook = Notebook.named("word_lstm");
        Notebook.Weights weights = notebook.weights(0.01);
        // their gates are f, i, c, o over columns [h ; embedding]; ours are blocks i | f | o | g
        reachesTheRecordedLosses(notebook, Cells.named("lstm"), 1000, p -> {
            p.get("embedding.W").set(weights.asTheyAre("Wemb"));
            p.get("l0.lstm.W_x").set(weights.blocks(100, 200, "Wi", "Wf", "Wo", "Wc"));
            p.get("l0.lstm.W_h").set(weights.blocks(0, 100, "Wi", "Wf", "Wo", "Wc"));
            p.get("l0.lstm.b").set(weights.blocks(0, 1, "bi", "bf", "bo", "bc"));
            p.get("head.W").set(weights.transposed("Wy"));
            p.get("head.b").set(weights.transposed("by"));
        });
    }

    @Test
    void wordGru() {
        Notebook notebook = Notebook.named("word_gru");
        Notebook.Weights weights = notebook.weights(0.01);
        LayerFactory cells = CellLayers.of(hidden -> new GruCell(hidden, GruFormulation.NOTEBOOK_WORD));
        // their u keeps and is our z; the candidate's one bias is on the side of the input
        reachesTheRecordedLosses(notebook, cells, 1000, p -> {
            p.get("embedding.W").set(weights.asTheyAre("Wemb"));
            p.get("l0.gru.W_x").set(weights.blocks(100, 200, "Wr", "Wu", "Wh"));
            p.get("l0.gru.W_h").set(weights.blocks(0, 100, "Wr", "Wu", "Wh"));
            p.get("l0.gru.b").set(weights.blocks(0, 1, "br", "bu", "bh"));
            p.get("head.W").set(weights.transposed("Wy"));
            p.get("head.b").set(weights.transposed("by"));
        });
    }

    private static void reachesTheRecordedLosses(
            Notebook notebook, LayerFactory cells, int published, Consumer<Parameters> load) {
        String text = notebook.text("thirsty_crow.txt");
        WordVocabulary vocabulary = WordVocabulary.of(Tokenizers.NOTEBOOK, text);
        assertThat(vocabulary.size()).isEqualTo(90);
        LanguageModelConfig config = new LanguageModelConfig("notebook", 100, 1, Dtype.DOUBLE).embedding(100);
        new NotebookTraining(notebook, vocabulary, text).reachesTheRecordedLosses(config, cells, load, published);
    }
}
