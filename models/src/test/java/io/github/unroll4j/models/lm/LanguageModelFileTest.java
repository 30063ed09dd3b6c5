// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static io.github.unroll4j.models.testing.ModelFiles.assertSentence;
import static io.github.unroll4j.models.testing.ModelFiles.edited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.stranger.GainedElmanCell;
import io.github.unroll4j.models.testing.Allocation;
import io.github.unroll4j.models.testing.AtDigits;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.WordVocabulary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageModelFileTest {
    private static final String TEXT = "the crow — 🐦 — drank.\n";
    private static final CharVocabulary CHARACTERS = CharVocabulary.of(TEXT);
    private static final String MODEL = "unroll4j.model";
    private static final String VOCABULARY = "unroll4j.vocabulary";

    @TempDir
    private Path folder;

    private static LanguageModel model(Vocabulary vocabulary, String cell, int layers, Dtype dtype) {
        LanguageModelConfig config = new LanguageModelConfig(cell, 5, layers, dtype);
        return shaken(LanguageModel.create(vocabulary, config, Rng.seeded(1)));
    }

    private static LanguageModel shaken(LanguageModel model) {
        LayerCase.shake(model.parameters(), Rng.seeded(2));
        return model;
    }

    private static void assertSame(LanguageModel loaded, LanguageModel model, String prime) {
        int[] ids = model.vocabulary().encode(TEXT);
        SamplingPolicy policy = SamplingPolicy.temperature(1);
        assertThat(loaded.config()).isEqualTo(model.config());
        assertThat(loaded.vocabulary().hash()).isEqualTo(model.vocabulary().hash());
        assertThat(loaded.parameters().values().toDoubles())
                .isEqualTo(model.parameters().values().toDoubles());
        assertThat(loaded.evaluate(ids)).isEqualTo(model.evaluate(ids));
        assertThat(loaded.generate(prime, 50, policy, Rng.seeded(3)))
                .isEqualTo(model.generate(prime, 50, policy, Rng.seeded(3)));
    }

    @ParameterizedTest
    @CsvSource({
        "rnn, 1, FLOAT", "rnn, 1, DOUBLE", "rnn, 2, FLOAT", "rnn-relu, 2, DOUBLE",
        "lstm, 2, FLOAT", "lstm, 1, DOUBLE", "gru, 2, FLOAT", "gru-cho-2014, 2, DOUBLE"
    })
    void aLoadedModelGivesTheSameBits(String cell, int layers, Dtype dtype) {
        Path file = folder.resolve("model.safetensors");
        try (LanguageModel model = model(CHARACTERS, cell, layers, dtype)) {
            model.save(file);
            try (LanguageModel loaded = LanguageModel.load(file)) {
                assertSame(loaded, model, "the");
            }
        }
    }

    @Test
    void everythingThatIsConfiguredComesBack() {
        Path file = folder.resolve("whole.safetensors");
        Regularisation noise = new Regularisation(0.1, true, 0.2, new RecurrentNoise(0.3, 0.4, 0.5, 0.6));
        LanguageModelConfig config = new LanguageModelConfig("lstm", 5, 3, Dtype.FLOAT)
                .embedding(5)
                .tied(true)
                .residual(true)
                .with(noise);
        try (LanguageModel model = shaken(LanguageModel.create(CHARACTERS, config, Rng.seeded(1)))) {
            model.save(file);
            try (LanguageModel loaded = LanguageModel.load(file)) {
                assertSame(loaded, model, "the");
            }
        }
    }

    @Test
    void aFileOfTheFirstVersionIsReadAsItWas() {
        Path file = edited(
                saved(),
                MODEL,
                text -> "{\"kind\":\"language-model\",\"version\":1,\"cell\":\"rnn\",\"hidden\":5,\"layers\":1,"
                        + "\"dtype\":\"FLOAT\"}");
        try (LanguageModel old = LanguageModel.load(file);
                LanguageModel model = LanguageModel.load(saved())) {
            assertSame(old, model, "the");
        }
    }

    @Test
    void aVocabularyOfWordsComesBackToo() {
        Path file = folder.resolve("words.safetensors");
        WordVocabulary words = WordVocabulary.of(Tokenizers.WHITESPACE, TEXT);
        try (LanguageModel model = model(words, "gru", 1, Dtype.FLOAT)) {
            model.save(file);
            try (LanguageModel loaded = LanguageModel.load(file)) {
                assertSame(loaded, model, "the crow");
            }
        }
    }

    @Test
    void aTokenizerOfOnesOwnIsBroughtToLoad() {
        Path file = folder.resolve("digits.safetensors");
        WordVocabulary digits = WordVocabulary.of(new AtDigits(), "a1b2c3d4");
        try (LanguageModel model = model(digits, "gru", 1, Dtype.FLOAT)) {
            model.save(file);
            try (LanguageModel loaded = LanguageModel.load(file, List.of(new AtDigits()))) {
                assertThat(loaded.vocabulary().encode("a1b2c"))
                        .doesNotContain(WordVocabulary.UNK_ID)
                        .isEqualTo(digits.encode("a1b2c"));
                assertThat(loaded.parameters().values().toDoubles())
                        .isEqualTo(model.parameters().values().toDoubles());
            }
        }
        assertThatThrownBy(() -> LanguageModel.load(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("digits.safetensors", "at-digits", "needs that tokenizer");
    }

    @Test
    void aCellOfOnesOwnIsBroughtToLoadAsToCreate() {
        Path file = folder.resolve("own.safetensors");
        LanguageModelConfig config = new LanguageModelConfig("gained", 5, 2, Dtype.DOUBLE);
        try (LanguageModel model =
                shaken(LanguageModel.create(CHARACTERS, config, GainedElmanCell::new, Rng.seeded(1)))) {
            model.save(file);
            try (LanguageModel loaded = LanguageModel.load(file, GainedElmanCell::new);
                    LanguageModel byLayer = LanguageModel.load(file, CellLayers.of(GainedElmanCell::new), List.of())) {
                assertSame(loaded, model, "crow");
                assertSame(byLayer, model, "crow");
            }
        }
        assertSentence(
                () -> LanguageModel.load(file),
                "own.safetensors: unroll4j.model: Cells.named: there is no built-in cell 'gained', only [",
                "created and loaded with that cell as an argument");
    }

    @Test
    void anotherCellThanTheSavedOneDoesNotFit() {
        Path file = saved();

        assertSentence(
                () -> LanguageModel.load(file, GainedElmanCell::new),
                "it has no model.l0.gained.W_x",
                "model.l0.rnn.W_x");
    }

    private Path saved() {
        Path file = folder.resolve("rnn.safetensors");
        try (LanguageModel model = model(CHARACTERS, "rnn", 1, Dtype.FLOAT)) {
            model.save(file);
        }
        return file;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"language-model\" | \"encoder-decoder\" | holds a encoder-decoder of format version 2, expected a language-model of version 1 to 2",
                "\"language-model\" | \"sequence-to-sequence\" | holds a sequence-to-sequence model, expected a language-model; Seq2Seq.load reads it",
                "\"version\":2 | \"version\":3 | holds a language-model of format version 3, expected a language-model of version 1 to 2",
                "\"FLOAT\" | \"HALF\" | has the dtype HALF, expected FLOAT or DOUBLE",
                "\"hidden\":5 | \"hidden\":6 | head.W is [5, ",
                "\"hidden\":5 | \"hidden\":2000000000 | 1 layers of 2000000000 units and an embedding of 0, and holds only 206 weights",
                "\"hidden\":5 | \"hidden\":150 | head.W is [5, 16], expected [150, 16]",
                "\"hidden\":5 | \"hidden\":0 | hidden 0, layers 1; expected the name of a cell and sizes of 1 or more",
                "\"embedding\":0 | \"embedding\":2000000000 | an embedding of 2000000000, and holds only",
                "\"embedding\":0 | \"embedding\":4 | it has no model.embedding.W",
                "\"tied\":false | \"tied\":true | a tied head was asked for with embedding 0, expected 5",
                "\"weight_drop\":0.0 | \"weight_drop\":1.0 | weightDrop is 1.0",
                "\"layers\":1 | \"layers\":900 | 900 layers",
                "\"layers\":1 | \"layers\":2000000000 | layers is 2000000000, expected at most 1000.",
                "\"layers\":1 | \"layers\":2 | it has no model.l1.rnn.W_x",
                "\"layers\":1 | \"layers\":\"1\" | layers",
                "\"layers\":1 | \"layers\":1,\"colour\":\"red\" | colour",
                "\"layers\":1, | '' | layers",
                "{ | '' | not valid JSON",
            })
    void aFileThatSaysSomethingElseIsRefused(String right, String wrong, String sentence) {
        Path file = edited(saved(), MODEL, right, wrong);

        assertSentence(() -> LanguageModel.load(file), "edited.safetensors", sentence);
    }

    @Test
    void aVocabularyOfAnotherSizeIsRefused() {
        Path file = edited(saved(), VOCABULARY, text -> text.replace("[\"", "[\"%\",\""));

        assertSentence(() -> LanguageModel.load(file), "model.head.W is [5, 16], expected [5, 17]");
    }

    @Test
    void singlePrecisionIsWidenedWhereTheFileSaysDouble() {
        Path file = edited(saved(), MODEL, text -> text.replace("FLOAT", "DOUBLE"));
        try (LanguageModel wide = LanguageModel.load(file);
                LanguageModel narrow = LanguageModel.load(saved())) {
            assertThat(wide.parameters().dtype()).isEqualTo(Dtype.DOUBLE);
            assertThat(wide.parameters().values().toDoubles())
                    .isEqualTo(narrow.parameters().values().toDoubles());
        }
    }

    @Test
    void doublePrecisionIsNotNarrowedInSilence() {
        Path file = folder.resolve("double.safetensors");
        try (LanguageModel model = model(CHARACTERS, "rnn", 1, Dtype.DOUBLE)) {
            Checkpoint.Builder checkpoint = Checkpoint.builder();
            model.writeTo(checkpoint);
            checkpoint.build().save(file);
        }
        Checkpoint right = Checkpoint.load(file);
        Checkpoint.Builder wrong = Checkpoint.builder();
        right.names().forEach(name -> wrong.put(name, right.tensor(name)));
        right.metadata().forEach((key, text) -> wrong.metadata(key, text.replace("DOUBLE", "FLOAT")));

        assertSentence(
                () -> LanguageModel.read(wrong.build()),
                "model.l0.rnn.W_x is DOUBLE, which FLOAT parameters cannot hold");
    }

    @Test
    void aCheckpointOfSomethingElseIsRefused() {
        Path file = folder.resolve("other.safetensors");
        Checkpoint.builder()
                .put("weights", Tensor.zeros(Dtype.FLOAT, 2))
                .build()
                .save(file);

        assertSentence(() -> LanguageModel.load(file), "other.safetensors", "no entry unroll4j.model");
    }

    @Test
    void aFileCutShortIsRefusedWhereverItIsCut() throws IOException {
        byte[] whole = Files.readAllBytes(saved());
        Path file = folder.resolve("short.safetensors");
        for (int length = 0; length < whole.length; length += 1 + length / 7) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertSentence(() -> LanguageModel.load(file), "short.safetensors");
        }
    }

    @Test
    void aFlippedBitIsNoticed() throws IOException {
        byte[] bytes = Files.readAllBytes(saved());
        bytes[bytes.length - 5] ^= 4;
        Path file = folder.resolve("flipped.safetensors");
        Files.write(file, bytes);

        assertSentence(() -> LanguageModel.load(file), "flipped.safetensors");
    }

    @Test
    void aModelComesFromAStreamFromBytesAndFromTheClassPath() throws IOException {
        Path file = saved();
        byte[] bytes = Files.readAllBytes(file);
        try (LanguageModel model = LanguageModel.load(file);
                LanguageModel streamed = LanguageModel.load(new ByteArrayInputStream(bytes));
                LanguageModel ofBytes = LanguageModel.read(Checkpoint.of(bytes))) {
            assertSame(streamed, model, "the");
            assertSame(ofBytes, model, "the");
        }
        URL[] classPath = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classPath, null);
                InputStream resource = loader.getResourceAsStream("rnn.safetensors");
                LanguageModel loaded = LanguageModel.load(resource)) {
            assertThat(loaded.config().cell()).isEqualTo("rnn");
            assertSentence(
                    () -> LanguageModel.load(loader.getResourceAsStream("missing.safetensors")),
                    "the class path has no resource of that name");
        }
    }

    @Test
    void aModelIsCheckedWithoutItsWeights() {
        Path file = saved();
        assertThat(LanguageModel.check(Checkpoint.load(file)).hidden()).isEqualTo(5);
        assertSentence(
                () -> LanguageModel.check(Checkpoint.load(edited(file, MODEL, "\"hidden\":5", "\"hidden\":6"))),
                "head.W is [5, 16], expected [6, 16]");
    }

    /** 2000 layers whose arrays are all there, and empty: nothing may be allocated for what they would hold. */
    @Test
    void layersWhoseArraysAreEmptyAreRefusedBeforeTheyCostMemory() {
        Checkpoint right = Checkpoint.load(saved());
        Checkpoint.Builder wrong = Checkpoint.builder();
        for (int i = 0; i < 1000; i++) {
            for (String name : List.of("W_x", "W_h", "b")) {
                wrong.put("model.l" + i + ".rnn." + name, Tensor.zeros(Dtype.FLOAT, 0));
            }
        }
        wrong.put("model.head.W", right.tensor("model.head.W"))
                .put("model.head.b", Tensor.zeros(Dtype.FLOAT, 600)); // more weights than units, as in a sound file
        right.metadata()
                .forEach((key, text) -> wrong.metadata(
                        key,
                        text.replace("\"layers\":1", "\"layers\":1000").replace("\"hidden\":5", "\"hidden\":512")));
        Checkpoint checkpoint = wrong.build();
        Allocation allocation = Allocation.start();

        assertSentence(() -> LanguageModel.read(checkpoint), "model.l0.rnn.W_x is [0], expected [16, 512]", " more; ");
        // the layers without their weights; those would take 2 GB twice
        assertThat(allocation.bytes()).isLessThan(64 << 20);
    }

    @Test
    void moreWeightsThanAnArrayHoldsAreASentence() {
        Path file = edited(saved(), MODEL, text -> text.replace("\"layers\":1", "\"layers\":4"));
        Checkpoint edited = Checkpoint.load(file);
        Checkpoint.Builder wrong = Checkpoint.builder().put("model.more", Tensor.zeros(Dtype.FLOAT, 40_000));
        edited.names().forEach(name -> wrong.put(name, edited.tensor(name)));
        edited.metadata().forEach((key, text) -> wrong.metadata(key, text.replace("\"hidden\":5", "\"hidden\":30000")));

        assertSentence(
                () -> LanguageModel.read(wrong.build()), "the model has 6301080016 weights, expected at most 2^31-1");
    }

    @Test
    void aMissingFileIsNamed() {
        assertSentence(() -> LanguageModel.load(folder.resolve("missing.safetensors")), "missing.safetensors");
    }
}
