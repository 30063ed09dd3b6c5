// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.golden;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.AttentionKind.ScoreName;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Our model of a case of {@code tools/golden/seq2seq_golden.py} or {@code papers_golden.py}, holding PyTorch's weights.
 */
final class TorchSeq2Seq implements AutoCloseable {
    private static final int E = 3;
    private static final int H = 4;
    private static final int A = 5;
    private static final int MAXOUT = 3;
    private static final WordVocabulary WORDS =
            WordVocabulary.ofTokens(Tokenizers.WHITESPACE, List.of("<SOS>", "<EOS>", "<UNK>", "a", "b", "c", "d"));
    private static final Pattern RECURRENT =
            Pattern.compile("(encoder|decoder)\\.l(\\d)(\\.\\w+)?\\.(gru|lstm)\\.(\\w+)");

    private final Golden golden;
    private final Seq2Seq model;

    TorchSeq2Seq(Golden golden) {
        this.golden = golden;
        model = Seq2Seq.create(WORDS, WORDS, config(), Rng.seeded(1));
        for (Parameter p : model.parameters().list()) {
            p.set(theirs(p, ""));
        }
        model.parameters().changed();
    }

    private Seq2SeqConfig config() {
        if (golden.is("cho2014") || golden.is("bahdanau2014")) {
            Seq2SeqConfig preset =
                    golden.is("cho2014") ? Seq2SeqConfig.cho2014(E, H) : Seq2SeqConfig.bahdanau2014(E, H);
            return preset.with(preset.options().dtype(Dtype.DOUBLE));
        }
        Seq2SeqConfig.Side side =
                new Seq2SeqConfig.Side(golden.is("lstm") ? "lstm" : "gru", E, H, golden.is("2") ? 2 : 1);
        boolean both = golden.is("both");
        Bridge.Options bridge =
                new Bridge.Options(both ? Bridge.Kind.TANH : Bridge.Kind.IDENTITY, Bridge.Directions.BACKWARD);
        Seq2SeqConfig.Options standard = Seq2SeqConfig.Options.STANDARD.dtype(Dtype.DOUBLE);
        return new Seq2SeqConfig(side, side, attending(), bridge, standard.bidirectional(both));
    }

    private AttentionKind attending() {
        if (golden.is("bahdanau")) {
            return new AttentionKind.Bahdanau(A, golden.is("maxout") ? MAXOUT : 0);
        }
        ScoreName score = golden.is("dot") ? ScoreName.DOT : golden.is("concat") ? ScoreName.CONCAT : ScoreName.GENERAL;
        Focus focus = golden.is("local") ? new Focus.Predictive(2) : Focus.global();
        return new AttentionKind.Luong(
                score, score == ScoreName.CONCAT ? A : 0, focus, golden.is("feeding"), golden.has("decoder.b_c"));
    }

    /** Our parameters. */
    List<Parameter> parameters() {
        return model.parameters().list();
    }

    /** What stands for one of our parameters on the other side, or for its gradient. */
    double[] theirs(Parameter p, String prefix) {
        if (golden.has(prefix + p.name())) {
            return golden.get(prefix + p.name());
        }
        Matcher name = RECURRENT.matcher(p.name());
        if (!name.matches()) {
            throw new AssertionError("PyTorch has nothing for " + p.name());
        }
        boolean decoder = name.group(1).equals("decoder");
        String module = prefix + (decoder ? "decoder.l" + name.group(2) + "." : "encoder.");
        String direction = ".bwd".equals(name.group(3)) ? "_reverse" : "";
        TorchLayout layout = golden.is("lstm") ? TorchLayout.LSTM : TorchLayout.GRU;
        Map<String, double[]> all = layout.parameters(golden, module, decoder ? "" : "_l" + name.group(2) + direction);
        if (golden.is("lstm") && prefix.isEmpty()) {
            TorchLayout.joinBiases(all);
        }
        return Objects.requireNonNull(all.get(name.group(5)));
    }

    private int[] ints(String name) {
        return Arrays.stream(golden.get(name)).mapToInt(x -> (int) x).toArray();
    }

    private PairBatch batch(int... targets) {
        return new PairBatch(ints("source"), ints("source_lengths"), ints("inputs"), targets, ints("target_lengths"));
    }

    private boolean padded(int row) {
        int[] lengths = ints("target_lengths");
        return row / lengths.length >= lengths[row % lengths.length];
    }

    /** The loss; leaves the gradients in the parameters. */
    double learn() {
        model.parameters().zeroGradients();
        return model.learn(batch(ints("targets")), new SoftmaxCrossEntropy(WORDS.size(), Reduction.SUM), Noise.off())
                .value();
    }

    /**
     * The log-probabilities of all tokens, [T,B,V], 0 at padded steps: each token in turn is the target of every step.
     */
    double[] logProbabilities() {
        int V = WORDS.size();
        int rows = ints("targets").length;
        double[] all = new double[rows * V];
        for (int v = 0; v < V; v++) {
            int[] targets = new int[rows];
            Arrays.fill(targets, v);
            double[] one = model.score(batch(targets));
            for (int row = 0; row < rows; row++) {
                all[row * V + v] = one[row];
            }
        }
        return all;
    }

    /** Where a pass of training looks, [T,B,S], 0 at padded steps and without attention. */
    double[] alpha() {
        learn(); // the decoder that is handed out is that of training
        int B = ints("source_lengths").length;
        int S = ints("source").length / B;
        int rows = ints("targets").length;
        double[] all = new double[rows * S];
        for (int row = 0; row < rows; row++) {
            Optional<Vec> alpha = model.decoder().alpha(row / B);
            for (int s = 0; alpha.isPresent() && s < S && !padded(row); s++) {
                all[row * S + s] = alpha.get().get(row % B * S + s);
            }
        }
        return all;
    }

    @Override
    public void close() {
        model.close();
    }
}
