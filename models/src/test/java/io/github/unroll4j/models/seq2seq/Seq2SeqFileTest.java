// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static io.github.unroll4j.models.testing.ModelFiles.assertSentence;
import static io.github.unroll4j.models.testing.ModelFiles.edited;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.stranger.GainedElmanCell;
import io.github.unroll4j.models.testing.Allocation;
import io.github.unroll4j.models.testing.AtDigits;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.WordVocabulary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class Seq2SeqFileTest {
    private static final String MODEL = "unroll4j.model";
    private static final String SOURCE = "unroll4j.source";
    private static final String KIND = "additive, gru, both ways";

    @TempDir
    private Path folder;

    static Stream<Named<Seq2SeqConfig>> configs() {
        return Tiny.configsAndPresets().stream();
    }

    private Path file(String name) {
        return folder.resolve(name + ".safetensors");
    }

    private static void assertSame(Seq2Seq loaded, Seq2Seq model) {
        // a file does not say how the weights that it holds once started
        assertThat(loaded.config())
                .isEqualTo(Tiny.with(model.config(), model.config().options().start(Seq2SeqConfig.Start.OF_PARTS)));
        assertThat(loaded.source().tokens()).isEqualTo(model.source().tokens());
        assertThat(loaded.target().tokens()).isEqualTo(model.target().tokens());
        assertThat(loaded.source().tokenizer().name())
                .isEqualTo(model.source().tokenizer().name());
        assertThat(loaded.parameters().values().toDoubles())
                .isEqualTo(model.parameters().values().toDoubles());
        PairBatch batch = PairBatch.of(Tiny.pairs(4, 9));
        assertThat(loaded.score(batch)).isEqualTo(model.score(batch));
        String text = "two eight one five";
        assertThat(loaded.translate(text)).isEqualTo(model.translate(text));
        Translator one = new Translator(loaded, false);
        Translator other = new Translator(model, false);
        Decoding how = Decoding.beam(3).nBest(3).upTo(5);
        List<Translation> found = one.nBest(List.of(text), how).get(0);
        List<Translation> expected = other.nBest(List.of(text), how).get(0);
        assertThat(found)
                .extracting(Translation::score)
                .isEqualTo(expected.stream().map(Translation::score).toList());
        assertThat(found)
                .extracting(Translation::text)
                .isEqualTo(expected.stream().map(Translation::text).toList());
    }

    @ParameterizedTest
    @MethodSource("configs")
    void aLoadedModelGivesTheSameBits(Seq2SeqConfig config) {
        for (Dtype dtype : Dtype.values()) {
            Path file = file("model" + dtype);
            try (Seq2Seq model = Tiny.model(Tiny.with(config, config.options().dtype(dtype)), 3)) {
                model.save(file);
                try (Seq2Seq loaded = Seq2Seq.load(file)) {
                    assertSame(loaded, model);
                }
            }
        }
    }

    @Test
    void everyOptionComesBack() {
        Seq2SeqConfig.Options options =
                new Seq2SeqConfig.Options(true, true, true, 0.25, Dtype.DOUBLE, false, Seq2SeqConfig.Start.OF_PARTS);
        Seq2SeqConfig.Side side = new Seq2SeqConfig.Side("lstm", 3, 4, 2);
        for (Bridge.Kind kind : Bridge.Kind.values()) {
            for (Bridge.Directions directions : Bridge.Directions.values()) {
                boolean wide = kind == Bridge.Kind.IDENTITY && directions == Bridge.Directions.CONCATENATED;
                Seq2SeqConfig.Side decoder = wide ? new Seq2SeqConfig.Side("lstm", 3, 8, 2) : side;
                Seq2SeqConfig config = new Seq2SeqConfig(
                        side, decoder, new AttentionKind.Bahdanau(5, 2), new Bridge.Options(kind, directions), options);
                Path file = file(kind + "-" + directions);
                try (Seq2Seq model = Seq2Seq.create(Tiny.SOURCE, Tiny.SOURCE, config, Rng.seeded(1))) {
                    LayerCase.shake(model.parameters(), Rng.seeded(2));
                    model.save(file);
                    try (Seq2Seq loaded = Seq2Seq.load(file)) {
                        assertThat(model.parameters().list())
                                .noneMatch(p -> p.name().startsWith("target."));
                        assertSame(loaded, model);
                    }
                }
            }
        }
    }

    private Path saved() {
        Path file = file("saved");
        try (Seq2Seq model = Tiny.model(Tiny.config(KIND), 3)) {
            model.save(file);
        }
        return file;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"version\":1 | \"version\":2 | of format version 2, expected a sequence-to-sequence of version 1",
                "\"sequence-to-sequence\" | \"picture\" | holds a picture of format version 1",
                "\"sequence-to-sequence\" | \"language-model\" | holds a language-model, expected a sequence-to-sequence model; LanguageModel.load reads it",
                "\"DOUBLE\" | \"HALF\" | dtype is 'HALF', expected one of [float, double]",
                "\"tanh\" | \"sine\" | bridge is 'sine', expected one of [tanh, identity, zeros, summary]",
                "\"bahdanau\" | \"hearing\" | attending is 'hearing', expected none, bahdanau or luong",
                "\"size\":5 | \"size\":6 | model.decoder.additive.W_a is [4, 5], expected [4, 6]",
                "\"size\":5 | \"size\":0 | size is 0",
                "\"size\":5 | \"size\":2000000000 | 2000000000",
                "\"hidden\":4 | \"hidden\":2000000000 | hidden=2000000000",
                "\"hidden\":4 | \"hidden\":5 | model.decoder",
                "\"embedding\":3 | \"embedding\":2000000000 | embedding=2000000000",
                "\"embedding\":3 | \"embedding\":300 | 300",
                "\"layers\":1 | \"layers\":900 | layers=900",
                "\"layers\":1 | \"layers\":3000 | layers is 3000, expected at most 1000.",
                "\"layers\":1 | \"layers\":2 | it has no model.",
                "\"dropout\":0.0 | \"dropout\":1.5 | 1.5",
                "\"reversed\":false | \"reversed\":3 | reversed",
                "\"reversed\":false | \"reversed\":false,\"colour\":1 | colour",
                "\"reversed\":false, | '' | reversed",
                "\"shared_embedding\":false | \"shared_embedding\":true | one shared table",
                "\"gru\" | \"ugru\" | there is no built-in cell 'ugru'",
                "{ | '' | not valid JSON",
            })
    void aFileThatSaysSomethingElseIsRefused(String right, String wrong, String sentence) {
        Path file = edited(saved(), MODEL, right, wrong);
        assertSentence(() -> Seq2Seq.load(file), "edited.safetensors", sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"whitespace\" | \"telepathy\" | there is no built-in tokenizer \"telepathy\"",
                "\"whitespace\" | \"characters\" | CharVocabulary",
                "\"<SOS>\", | '' | the first tokens are",
                "\"one\" | \"two\" | \"two\"",
                "\"one\", | '' | model.source.W is [11, 3], expected [10, 3]",
                "\"one\" | 5 | token 6 is 5, expected a string",
                "\"tokens\" | \"words\" | words",
            })
    void aVocabularyThatIsNoneIsRefused(String right, String wrong, String sentence) {
        Path file = edited(saved(), SOURCE, right, wrong);
        assertSentence(() -> Seq2Seq.load(file), "edited.safetensors", sentence);
    }

    @Test
    void aModelComesFromAStreamFromBytesAndIsCheckedWithoutItsWeights() throws IOException {
        Path file = saved();
        byte[] bytes = Files.readAllBytes(file);
        try (Seq2Seq model = Seq2Seq.load(file);
                Seq2Seq streamed = Seq2Seq.load(new ByteArrayInputStream(bytes));
                Seq2Seq ofBytes = Seq2Seq.read(Checkpoint.of(bytes))) {
            assertSame(streamed, model);
            assertSame(ofBytes, model);
            assertThat(Seq2Seq.check(Checkpoint.of(bytes))).isEqualTo(model.config());
        }
        assertSentence(
                () -> Seq2Seq.load(Seq2SeqFileTest.class.getResourceAsStream("missing.safetensors")),
                "the class path has no resource of that name");
        Path edited = edited(file, MODEL, "\"size\":5", "\"size\":6");
        assertSentence(
                () -> Seq2Seq.check(Checkpoint.load(edited)), "model.decoder.additive.W_a is [4, 5], expected [4, 6]");
    }

    /** 1,000 layers whose arrays are all there, and empty: nothing may be allocated for what they would hold. */
    @Test
    void layersWhoseArraysAreEmptyAreRefusedBeforeTheyCostMemory() {
        Checkpoint right = Checkpoint.load(saved());
        Checkpoint.Builder wrong = Checkpoint.builder().put("padding", new byte[512 * 512]);
        right.names().forEach(name -> wrong.put(name, Tensor.zeros(Dtype.DOUBLE, 0)));
        for (int i = 0; i < 1000; i++) {
            for (String name : List.of("fwd.gru.W_x", "fwd.gru.W_h", "bwd.gru.W_x", "bwd.gru.W_h")) {
                wrong.put("model.encoder.l" + i + ".own." + name, Tensor.zeros(Dtype.DOUBLE, 0));
            }
        }
        right.metadata()
                .forEach((key, text) -> wrong.metadata(
                        key,
                        text.replace("\"layers\":1", "\"layers\":1000").replace("\"hidden\":4", "\"hidden\":512")));
        Checkpoint checkpoint = wrong.build();
        Allocation allocation = Allocation.start();

        assertSentence(() -> Seq2Seq.read(checkpoint, Seq2SeqParts::builtIn), "layers=1000", "but the file holds");
        // the layers without their weights, which would take 35 GB
        assertThat(allocation.bytes()).isLessThan(128 << 20);
    }

    @Test
    void aTokenizerOfOnesOwnIsBroughtToLoad() {
        Path file = file("own");
        WordVocabulary digits = WordVocabulary.of(new AtDigits(), "a1b2c3d4");
        try (Seq2Seq model = Seq2Seq.create(digits, Tiny.TARGET, Tiny.config(KIND), Rng.seeded(1))) {
            model.save(file);
            try (Seq2Seq loaded =
                    Seq2Seq.load(file, config -> Seq2SeqParts.builtIn(config).withTokenizers(new AtDigits()))) {
                assertThat(loaded.source().encode("a1b2c"))
                        .isEqualTo(model.source().encode("a1b2c"));
                assertThat(loaded.source().encode("a1b2c")).doesNotContain(WordVocabulary.UNK_ID);
                assertThat(loaded.translate("a1b2c3d4")).isEqualTo(model.translate("a1b2c3d4"));
            }
        }
        assertSentence(() -> Seq2Seq.load(file), "own.safetensors", "at-digits", "needs that tokenizer");
    }

    private static Seq2SeqParts own(Seq2SeqConfig config) {
        LayerFactory gained = CellLayers.of(GainedElmanCell::new);
        return Seq2SeqParts.builtIn(config).with(gained, gained);
    }

    @Test
    void aCellOfOnesOwnIsBroughtToLoad() {
        Seq2SeqConfig plain = Tiny.config("plain, lstm, one way");
        Seq2SeqConfig.Side side = new Seq2SeqConfig.Side("gained", 3, 4, 1);
        Seq2SeqConfig config = new Seq2SeqConfig(side, side, plain.attending(), plain.bridge(), plain.options());
        Path file = file("cell");
        try (Seq2Seq model = Seq2Seq.create(Tiny.SOURCE, Tiny.TARGET, config, own(config), Rng.seeded(1))) {
            model.save(file);
            try (Seq2Seq loaded = Seq2Seq.load(file, Seq2SeqFileTest::own)) {
                assertSame(loaded, model);
            }
        }
        assertSentence(() -> Seq2Seq.load(file), "cell.safetensors", "there is no built-in cell 'gained', only [");
    }

    @Test
    void anotherKindOfModelIsRefusedBothWays() {
        Path file = file("lm");
        LanguageModelConfig config = new LanguageModelConfig("rnn", 4, 1, Dtype.FLOAT);
        try (LanguageModel model = LanguageModel.create(Tiny.TARGET, config, Rng.seeded(1))) {
            model.save(file);
        }
        assertSentence(() -> Seq2Seq.load(file), "lm.safetensors", "a language-model", "a sequence-to-sequence");
        Path other = saved();
        assertSentence(
                () -> LanguageModel.load(other), "saved.safetensors", "a sequence-to-sequence", "a language-model");
    }

    @Test
    void aFileOfSomethingElseIsRefused() throws IOException {
        Path arrays = file("arrays");
        Checkpoint.builder()
                .put("weights", Tensor.zeros(Dtype.FLOAT, 2))
                .build()
                .save(arrays);
        assertSentence(() -> Seq2Seq.load(arrays), "arrays.safetensors", "no entry unroll4j.model");
        Path letter = file("letter");
        Files.writeString(letter, "Dear reader, this is no model at all.");
        assertSentence(() -> Seq2Seq.load(letter), "letter.safetensors");
        assertSentence(() -> Seq2Seq.load(file("missing")), "missing.safetensors");
    }

    @Test
    void aFileCutShortIsRefusedWhereverItIsCut() throws IOException {
        byte[] whole = Files.readAllBytes(saved());
        Path file = file("short");
        for (int length = 0; length < whole.length; length += 1 + length / 7) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertSentence(() -> Seq2Seq.load(file), "short.safetensors");
        }
    }
}
