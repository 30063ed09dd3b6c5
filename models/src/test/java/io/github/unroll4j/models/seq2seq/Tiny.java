// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Named;

/** Small models of every kind, with weights that no test of theirs may take for round numbers. */
final class Tiny {
    /** Sources of eleven words. */
    static final WordVocabulary SOURCE =
            WordVocabulary.of(Tokenizers.WHITESPACE, "one two three four five six seven eight");

    /** Targets of five tokens: the three special ones, a and b. */
    static final WordVocabulary TARGET = WordVocabulary.of(Tokenizers.WHITESPACE, "a b");

    private static final int H = 4;
    private static final AttentionKind.Luong DOT = new AttentionKind.Luong(AttentionKind.ScoreName.DOT);
    private static final Bridge.Options TANH = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
    private static final Bridge.Options IDENTITY =
            new Bridge.Options(Bridge.Kind.IDENTITY, Bridge.Directions.CONCATENATED);
    private static final Bridge.Options SUMMED = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.SUMMED);
    private static final Bridge.Options BACKWARD = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.BACKWARD);
    private static final Bridge.Options ZEROS = new Bridge.Options(Bridge.Kind.ZEROS, Bridge.Directions.SUMMED);

    private Tiny() {}

    /** Every kind of attention, over an encoder that reads one way and over one that reads both. */
    static List<Named<Seq2SeqConfig>> configs() {
        List<Named<Seq2SeqConfig>> configs = new ArrayList<>();
        for (boolean both : new boolean[] {false, true}) {
            String ways = both ? ", both ways" : ", one way";
            configs.add(named("plain, lstm" + ways, "lstm", 2, both, new AttentionKind.None(false, 0), IDENTITY));
            configs.add(named("summary, gru" + ways, "gru", 1, both, new AttentionKind.None(true, 0), ZEROS));
            configs.add(
                    named("summary, maxout" + ways, "gru-cho-2014", 1, both, new AttentionKind.None(true, 3), TANH));
            configs.add(named("additive, gru" + ways, "gru", 1, both, new AttentionKind.Bahdanau(5, 0), SUMMED));
            configs.add(named(
                    "additive, maxout" + ways,
                    "gru-bahdanau-2014",
                    1,
                    both,
                    new AttentionKind.Bahdanau(5, 3),
                    BACKWARD));
            configs.add(named("dot, lstm" + ways, "lstm", 1, both, DOT, IDENTITY));
            configs.add(named(
                    "general, rnn" + ways, "rnn", 2, both, luong(AttentionKind.ScoreName.GENERAL, 0, false), TANH));
            configs.add(named(
                    "concat, lstm" + ways, "lstm", 2, both, luong(AttentionKind.ScoreName.CONCAT, 5, true), TANH));
            configs.add(named(
                    "location, gru" + ways, "gru", 1, both, luong(AttentionKind.ScoreName.LOCATION, 3, true), TANH));
            configs.add(named("local-m, gru" + ways, "gru", 1, both, local(new Focus.Monotonic(1)), ZEROS));
            configs.add(named("local-p, lstm" + ways, "lstm", 1, both, local(new Focus.Predictive(2)), SUMMED));
        }
        return configs;
    }

    /** {@link #configs} and the presets of the papers. */
    static List<Named<Seq2SeqConfig>> configsAndPresets() {
        List<Named<Seq2SeqConfig>> all = new ArrayList<>(configs());
        all.add(Named.of("sutskever2014", inDouble(Seq2SeqConfig.sutskever2014(H, 2))));
        all.add(Named.of("cho2014", inDouble(Seq2SeqConfig.cho2014(3, H))));
        all.add(Named.of("bahdanau2014", inDouble(Seq2SeqConfig.bahdanau2014(3, H))));
        all.add(Named.of("luong2015", inDouble(Seq2SeqConfig.luong2015(H, 2))));
        return all;
    }

    private static AttentionKind luong(AttentionKind.ScoreName score, int size, boolean feeding) {
        return new AttentionKind.Luong(score, size, Focus.global(), feeding, !feeding);
    }

    private static AttentionKind local(Focus focus) {
        return new AttentionKind.Luong(AttentionKind.ScoreName.GENERAL, 0, focus, true, false);
    }

    private static Named<Seq2SeqConfig> named(
            String name, String cell, int layers, boolean both, AttentionKind attending, Bridge.Options bridge) {
        Seq2SeqConfig.Side encoder = new Seq2SeqConfig.Side(cell, 3, both ? H / 2 : H, layers);
        Seq2SeqConfig.Side decoder = new Seq2SeqConfig.Side(cell, 3, H, layers);
        Seq2SeqConfig.Options options =
                new Seq2SeqConfig.Options(both, !both, false, 0, Dtype.DOUBLE, false, Seq2SeqConfig.Start.OF_PARTS);
        return Named.of(name, new Seq2SeqConfig(encoder, decoder, attending, bridge, options));
    }

    static Seq2SeqConfig inDouble(Seq2SeqConfig config) {
        return with(config, config.options().dtype(Dtype.DOUBLE));
    }

    static Seq2SeqConfig with(Seq2SeqConfig config, Seq2SeqConfig.Options options) {
        return new Seq2SeqConfig(config.encoder(), config.decoder(), config.attending(), config.bridge(), options);
    }

    /** The configuration of {@link #configsAndPresets} with a name. */
    static Seq2SeqConfig config(String name) {
        return configsAndPresets().stream()
                .filter(c -> c.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .getPayload();
    }

    static Seq2Seq model(Seq2SeqConfig config, long seed) {
        return model(config, Seq2SeqParts.builtIn(config), seed);
    }

    static Seq2Seq model(Seq2SeqConfig config, Seq2SeqParts parts, long seed) {
        Seq2Seq model = Seq2Seq.create(SOURCE, TARGET, config, parts, Rng.seeded(seed));
        LayerCase.shake(model.parameters(), Rng.seeded(seed + 1));
        Parameter W = model.first().head().W();
        model.parameters().values().scale(W.offset(), W.size(), 4); // or every token would be about as likely
        model.parameters().changed();
        return model;
    }

    /** Adds to the logit of a token at every step. */
    static void favour(Seq2Seq model, int id, double logit) {
        Parameter b = model.parameters().get("head.b");
        model.parameters()
                .values()
                .set(b.offset() + id, model.parameters().values().get(b.offset() + id) + logit);
        model.parameters().changed();
    }

    static int[] source(Rng rng, int length) {
        return IntStream.range(0, length)
                .map(s -> WordVocabulary.UNK_ID + rng.nextInt(SOURCE.size() - WordVocabulary.UNK_ID))
                .toArray();
    }

    static int[] target(Rng rng, int length) {
        return IntStream.range(0, length)
                .map(t -> WordVocabulary.UNK_ID + rng.nextInt(TARGET.size() - WordVocabulary.UNK_ID))
                .toArray();
    }

    /** Pairs of all lengths from 0 on, sources and targets of the same pair of different ones. */
    static List<Pair> pairs(long seed, int count) {
        Rng rng = Rng.seeded(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> new Pair(source(rng, i % 7), target(rng, (i * 3 + 2) % 5)))
                .toList();
    }
}
