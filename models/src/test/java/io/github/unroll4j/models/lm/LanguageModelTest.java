// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.decoding.Evaluation;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.stranger.GainedElmanCell;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Sgd;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageModelTest {
    private static final CharVocabulary ABC = CharVocabulary.of("abcd");
    /** T=3, B=2, the second row one step shorter, one target left out. */
    private static final Window WINDOW = new Window(
            3,
            2,
            new int[] {0, 3, 1, 2, 2, 0},
            new int[] {1, 2, Targets.IGNORED, 0, 3, 0},
            new int[] {3, 2},
            new boolean[2]);

    private static LanguageModel model(String cell, int layers, Dtype dtype) {
        LanguageModelConfig config = new LanguageModelConfig(cell, 3, layers, dtype);
        LanguageModel model = LanguageModel.create(ABC, config, Rng.seeded(1));
        LayerCase.shake(model.parameters(), Rng.seeded(2));
        return model;
    }

    private static SoftmaxCrossEntropy loss(Reduction reduction) {
        return new SoftmaxCrossEntropy(ABC.size(), reduction, 0.1);
    }

    @ParameterizedTest
    @CsvSource({"rnn, 1", "rnn-relu, 1", "lstm, 2", "gru, 2", "gru-cho-2014, 1", "rnn, 3"})
    void gradientsAreRight(String cell, int layers) {
        try (LanguageModel model = model(cell, layers, Dtype.DOUBLE)) {
            State s0 = model.zeroState(2);
            s0.parts().forEach(part -> part.data().fill(0, part.data().length(), 0.3));
            SoftmaxCrossEntropy mean = loss(Reduction.MEAN);
            GradientCheck.of(() -> model.learn(WINDOW, s0, mean).loss().value(), upstream -> {
                        Vec gradients = model.parameters().gradients();
                        Vec before = gradients.copy();
                        gradients.clear();
                        model.learn(WINDOW, s0, mean);
                        gradients.scale(0, gradients.length(), upstream);
                        gradients.add(0, before, 0, before.length());
                    })
                    .parameters(model.parameters())
                    .full()
                    .require(CellCheck.GRADIENT_TOLERANCE);
        }
    }

    @Test
    void learningAddsToTheGradientsThatAreThere() {
        try (LanguageModel model = model("lstm", 1, Dtype.DOUBLE)) {
            Vec gradients = model.parameters().gradients();
            model.learn(WINDOW, model.zeroState(2), loss(Reduction.SUM));
            double[] once = gradients.toDoubles();
            model.learn(WINDOW, model.zeroState(2), loss(Reduction.SUM));

            assertClose(
                    "gradients",
                    gradients.toDoubles(),
                    Arrays.stream(once).map(g -> 2 * g).toArray(),
                    1e-14);
        }
    }

    @Test
    void theLossIsThatOfTheSoftmaxOverAnAffineMapOfH() {
        try (LanguageModel model = model("rnn", 1, Dtype.DOUBLE)) {
            Run run = model.layers().forward(Sequence.ids(WINDOW.inputs(), 3, 2), model.zeroState(2));
            double[] W = model.parameters().get("head.W").valuesCopy();
            double[] b = model.parameters().get("head.b").valuesCopy();
            double expected = 0;
            for (int[] real : new int[][] {{0, 0, 1}, {0, 1, 2}, {1, 1, 0}, {2, 0, 3}}) { // t, row, target
                double sum = 0;
                double target = 0;
                for (int v = 0; v < ABC.size(); v++) {
                    double z = b[v];
                    for (int j = 0; j < 3; j++) {
                        z += run.state(real[0] + 1).h().at(real[1], j) * W[j * ABC.size() + v];
                    }
                    sum += Math.exp(z);
                    target = v == real[2] ? z : target;
                }
                expected += Math.log(sum) - target;
            }

            SoftmaxCrossEntropy plain = new SoftmaxCrossEntropy(ABC.size(), Reduction.SUM);
            LearnResult learned = model.learn(WINDOW, model.zeroState(2), plain);

            assertThat(learned.loss().tokens()).isEqualTo(4);
            assertThat(learned.loss().nats()).isCloseTo(expected, within(1e-13));
        }
    }

    @Test
    void parametersAreNamedByLayerAndCell() {
        try (LanguageModel model = model("lstm", 2, Dtype.FLOAT)) {
            assertThat(model.parameters().list())
                    .map(Parameter::name)
                    .containsExactly(
                            "l0.lstm.W_x",
                            "l0.lstm.W_h",
                            "l0.lstm.b",
                            "l1.lstm.W_x",
                            "l1.lstm.W_h",
                            "l1.lstm.b",
                            "head.W",
                            "head.b");
            assertThat(model.zeroState(1).names()).containsExactly("l0.h", "l0.c", "l1.h", "l1.c");
        }
    }

    @Test
    void aStateTakenFromOneModelContinuesInAnotherOfTheSameSizes() {
        int[] ids = {0, 3, 1, 2, 2, 0, 1, 3};
        State middle;
        double[] whole;
        try (LanguageModel first = model("lstm", 2, Dtype.DOUBLE)) {
            whole = first.layers()
                    .forward(Sequence.ids(ids, 8, 1), first.zeroState(1))
                    .last()
                    .h()
                    .data()
                    .toDoubles();
            middle = first.layers()
                    .forward(Sequence.ids(ids, 5, 1), first.zeroState(1))
                    .last();
        }
        try (LanguageModel second = model("lstm", 2, Dtype.DOUBLE);
                LanguageModel larger = model("lstm", 3, Dtype.DOUBLE)) {
            Sequence rest = Sequence.ids(Arrays.copyOfRange(ids, 5, 8), 3, 1);

            assertThat(second.layers().forward(rest, middle).last().h().data().toDoubles())
                    .isEqualTo(whole);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> larger.layers().forward(rest, middle))
                    .withMessageContaining("no part is named l2.…, only [l0.h, l0.c, l1.h, l1.c]; it comes from a model"
                            + " with fewer layers");
        }
    }

    @ParameterizedTest
    @EnumSource
    void evaluationIsTheLossOfOneLongWindow(Dtype dtype) {
        int[] text = new int[700]; // longer than two of the pieces in which it is read
        Rng rng = Rng.seeded(3);
        Arrays.setAll(text, i -> rng.nextInt(ABC.size()));
        try (LanguageModel model = model("gru", 2, dtype)) {
            Evaluation evaluation = model.evaluate(text);

            Window whole = new Window(
                    699,
                    1,
                    Arrays.copyOf(text, 699),
                    Arrays.copyOfRange(text, 1, 700),
                    new int[] {699},
                    new boolean[1]);
            SoftmaxCrossEntropy sum = new SoftmaxCrossEntropy(ABC.size(), Reduction.SUM);
            double nats = model.learn(whole, model.zeroState(1), sum).loss().nats();
            assertThat(evaluation.tokens()).isEqualTo(699);
            // in float 699 log-probabilities of 1e-7 each
            assertThat(evaluation.totalNats()).isCloseTo(nats, within(dtype == Dtype.DOUBLE ? 1e-10 : 1e-3));
        }
    }

    @Test
    void evaluationLeavesNoTraceBehind() {
        try (LanguageModel model = model("lstm", 1, Dtype.DOUBLE)) {
            double[] values = model.parameters().values().toDoubles();
            Evaluation first = model.evaluate(0, 1, 2, 3, 0);
            model.generate("ab", 5, SamplingPolicy.greedy(), Rng.seeded(1));

            assertThat(model.evaluate(0, 1, 2, 3, 0)).isEqualTo(first);
            assertThat(model.parameters().values().toDoubles()).isEqualTo(values);
            assertThat(model.parameters().gradients().toDoubles()).containsOnly(0);
        }
    }

    /** The last id is predicted and never read: -1, which a target may be in training, is not left out here. */
    @Test
    void anIdThatIsNoTokenIsToldWhereverItStands() {
        try (LanguageModel model = model("rnn", 1, Dtype.FLOAT)) {
            for (int bad : new int[] {-1, -2, 4}) {
                for (int place = 0; place < 3; place++) {
                    int[] ids = {0, 1, 2};
                    ids[place] = bad;
                    String sentence = "token id at t=" + place + ", b=0 is " + bad + ", expected 0 to 3; likely cause:";
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> model.score(ids))
                            .withMessageStartingWith("LanguageModel.score: " + sentence);
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> model.evaluate(ids))
                            .withMessageStartingWith("LanguageModel.evaluate: " + sentence);
                }
                if (bad < 0) {
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> Windows.of(new int[] {0, bad}, 1))
                            .withMessageStartingWith("Windows: id 1 is " + bad + ", expected 0 or more");
                } else {
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> model.evaluate(Windows.of(new int[] {0, 1, bad}, 2)))
                            .withMessageStartingWith("LanguageModel.evaluate, targets: token id at t=1, b=0 is 4");
                }
            }
        }
    }

    @Test
    void aPassOfOtherLengthsThanTheWindowIsRefused() {
        try (LanguageModel model = model("rnn", 1, Dtype.FLOAT)) {
            for (Pass wrong : List.of(Pass.full(3, 2), Pass.of(Lengths.of(4, 3, 2)), Pass.full(3, 1))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> model.learn(WINDOW, model.zeroState(2), loss(Reduction.MEAN), wrong))
                        .withMessageContaining("expected Lengths[3, 2] of T=3 as the window has");
            }
            assertThat(model.parameters().gradients().toDoubles()).containsOnly(0);
        }
    }

    @Test
    void weightsThatAreNoNumbersAreToldAlikeByEveryCall() {
        try (LanguageModel model = model("gru", 1, Dtype.FLOAT)) {
            model.parameters().write(values -> values.set(0, Double.NaN));
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> model.score("abab"),
                    () -> model.evaluate(0, 1, 0),
                    () -> model.evaluate(Windows.of(new int[] {0, 1, 0, 1}, 2)),
                    () -> model.generate("a", 3, SamplingPolicy.greedy(), Rng.seeded(1)),
                    () -> model.generate("a", 3, (logits, rng) -> 0, Rng.seeded(1)))) {
                assertThatIllegalStateException()
                        .isThrownBy(call)
                        .withMessageMatching("LanguageModel.\\w+: the (loss|largest logit) is NaN, expected a finite"
                                + " number; likely cause: the weights are not numbers, training diverged\\.");
            }
        }
    }

    @Test
    void aTextOfOneTokenCannotBeEvaluated() {
        try (LanguageModel model = model("rnn", 1, Dtype.FLOAT)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.evaluate(2))
                    .withMessageContaining("1 token");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.evaluate(0, 1, 4, 0))
                    .withMessageContaining("is 4, expected 0 to 3");
            for (ThrowingCallable call :
                    List.<ThrowingCallable>of(() -> model.score("c"), () -> model.score(2), () -> model.score())) {
                assertThatIllegalArgumentException()
                        .isThrownBy(call)
                        .withMessageMatching("LanguageModel.score: the text has [01] tokens, expected 2 or more: .*");
            }
        }
    }

    @Test
    void greedyTextIsTheArgmaxOfEachStep() {
        try (LanguageModel model = model("lstm", 2, Dtype.DOUBLE)) {
            StringBuilder expected = new StringBuilder();
            int[] read = ABC.encode("dab");
            for (int i = 0; i < 6; i++) {
                Run run = model.layers().forward(Sequence.ids(read, read.length, 1), model.zeroState(1));
                double[] logits = model.head().forward(run.H()).toDoubles();
                int last = logits.length - ABC.size();
                int best = 0;
                for (int v = 1; v < ABC.size(); v++) {
                    best = logits[last + v] > logits[last + best] ? v : best;
                }
                expected.append(ABC.token(best));
                read = Arrays.copyOf(read, read.length + 1);
                read[read.length - 1] = best;
            }

            assertThat(model.generate("dab", 6, SamplingPolicy.greedy(), Rng.seeded(1)))
                    .isEqualTo(expected.toString());
        }
    }

    @Test
    void generationIsSeeded() {
        try (LanguageModel model = model("gru", 1, Dtype.FLOAT)) {
            SamplingPolicy policy = SamplingPolicy.temperature(2);
            String text = model.generate("ab", 60, policy, Rng.seeded(4));

            assertThat(model.generate("ab", 60, policy, Rng.seeded(4)))
                    .isEqualTo(text)
                    .hasSize(60);
            assertThat(model.generate("ab", 60, policy, Rng.seeded(5))).isNotEqualTo(text);
        }
    }

    @Test
    void anEmptyPrimeReadsTheFirstToken() {
        try (LanguageModel model = model("rnn", 1, Dtype.FLOAT)) {
            assertThat(model.generate("", 8, SamplingPolicy.greedy(), Rng.seeded(1)))
                    .isEqualTo(model.generate("a", 8, SamplingPolicy.greedy(), Rng.seeded(1)));
            assertThat(model.generate("a", 0, SamplingPolicy.greedy(), Rng.seeded(1)))
                    .isEmpty();
        }
    }

    @Test
    void badArgumentsOfGenerateAreRefused() {
        try (LanguageModel model = model("rnn", 1, Dtype.FLOAT)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.generate("a", -1, SamplingPolicy.greedy(), Rng.seeded(1)))
                    .withMessage("LanguageModel.generate: the maximum is -1 tokens, expected 0 or more.");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.generate("ax", 1, SamplingPolicy.greedy(), Rng.seeded(1)))
                    .withMessageContaining("'x'");
        }
    }

    @Test
    void aCellOfOnesOwnLearns() {
        int[] ids = ABC.encode("abcdabcdabcdabcdabcdabcdabcdabcd");
        LanguageModelConfig config = new LanguageModelConfig("gained", 8);
        try (LanguageModel model = LanguageModel.create(ABC, config, GainedElmanCell::new, Rng.seeded(1))) {
            double before = model.evaluate(ids).nats();
            Window window = new Window(
                    31, 1, Arrays.copyOf(ids, 31), Arrays.copyOfRange(ids, 1, 32), new int[] {31}, new boolean[1]);
            Sgd sgd = new Sgd(model.parameters());
            for (int i = 0; i < 200; i++) {
                model.parameters().zeroGradients();
                model.learn(window, model.zeroState(1), loss(Reduction.MEAN));
                sgd.step(0.5);
            }

            assertThat(before).isGreaterThan(1);
            assertThat(model.evaluate(ids).nats()).isLessThan(0.2);
            assertThat(model.generate("ab", 6, SamplingPolicy.greedy(), Rng.seeded(1)))
                    .isEqualTo("cdabcd");
        }
    }

    @Test
    void closeFreesEverythingAndMayBeCalledTwice() {
        long before = Backend.held();
        LanguageModel model = model("lstm", 2, Dtype.FLOAT);
        model.learn(WINDOW, model.zeroState(2), loss(Reduction.MEAN));
        model.evaluate(0, 1, 2);
        assertThat(Backend.held()).isGreaterThan(before);

        model.close();
        model.close();

        assertThat(Backend.held()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"elman", "LSTM"})
    void anUnknownCellIsAnsweredWithTheKnownOnes(String cell) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LanguageModel.create(ABC, new LanguageModelConfig(cell, 3), Rng.seeded(1)))
                .withMessageStartingWith("Cells.named: there is no built-in cell '" + cell + "', only [gru, ")
                .withMessageContaining(
                        "lstm-peephole, lstm-projected, lstm-two-biases, mgu, mgu-zhou-2016, rnn, rnn-relu")
                .withMessageContaining("rnn-relu, rnn-two-biases]; a model with a cell of your own");
    }
}
