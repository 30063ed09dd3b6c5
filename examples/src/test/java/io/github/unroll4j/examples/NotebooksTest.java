// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.examples.notebook.NextSentences;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Translator;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The nine programs compute what the nine notebooks compute on the same story. */
class NotebooksTest {
    /** The notebooks report -ln(p + 1e-8); their gradient is that of -ln p. */
    private static final double EPSILON = 1e-8;

    private static final int STEPS = 25;
    private static final int RECORDED = 300;
    private static final int EACH = 500;
    private static final int ITERATIONS = 2000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "char-rnn",
                "char-lstm",
                "char-gru",
                "word-rnn",
                "word-lstm",
                "word-gru",
                "encoder-decoder",
                "bahdanau",
                "luong"
            })
    void aProgramComputesWhatItsNotebookComputes(String name) throws IOException {
        Program program = Ran.program(name);
        StringWriter printed = new StringWriter();
        Watched example = new Watched(program, new PrintWriter(printed), folder);

        program.body().run(example);

        assertThat(example.held).isEqualTo(ITERATIONS);
        for (Map<String, Object> answer : example.notebook.answers()) {
            assertThat(printed.toString()).contains("> " + answer.get("source") + "\n< ");
        }
        for (String iteration : example.notebook.smoothed().keySet()) {
            printed(printed, "iteration +" + iteration + "  smoothed")
                    .ifPresent(loss -> example.notebook.holdsSmoothed(Integer.parseInt(iteration), loss));
        }
        for (int block = 0;
                block < ITERATIONS / EACH && !example.notebook.answers().isEmpty();
                block++) {
            assertThat(printed(printed, " " + (block + 1) * EACH + " iterations  mean"))
                    .hasValueCloseTo(example.notebook.means()[block], within(1e-4));
        }
        assertThat(printed.toString()).containsPattern("loss [0-9.]+  \\d:\\d\\d left");
    }

    /** What the program that runs all nine compares with is what the notebooks have computed. */
    @Test
    void theFiguresBesideTheProgramsAreThoseOfTheNotebooks() {
        assertThat(Notebooks.NINE).hasSize(9).allSatisfy(figure -> {
            Notebook notebook = Notebook.named(figure.program().name());
            Object smoothed = notebook.smoothed().get(String.valueOf(figure.iterations() - 1));
            double own = smoothed instanceof Double loss ? loss : notebook.means()[figure.iterations() / EACH - 1];
            assertThat(figure.printed()).isCloseTo(own, within(0.5e-4));
        });
    }

    /** A loss that is printed; none if the program prints that of other iterations. */
    private static OptionalDouble printed(StringWriter all, String label) {
        Matcher line = Pattern.compile(label + " loss ([0-9.]+)").matcher(all.toString());
        return line.find() ? OptionalDouble.of(Double.parseDouble(line.group(1))) : OptionalDouble.empty();
    }

    /** Looks at the weights before each iteration. */
    private static final class Watched extends Example {
        private final Notebook notebook;
        private int held;
        private double sum;
        private double smoothed;

        Watched(Program program, PrintWriter out, Path folder) {
            super(program, out, "--iterations=" + ITERATIONS, "--out=" + folder);
            notebook = Notebook.named(program.name());
        }

        @Override
        void train(Trainer trainer, LanguageModel model) {
            notebook.holdsStart(model.parameters());
            Windows windows = Windows.notebook(model.vocabulary().encode(text()), STEPS);
            smoothed = STEPS * Math.log(model.vocabulary().size());
            State[] state = {model.zeroState(1)};
            IntConsumer look = iteration -> {
                Window window = windows.at(iteration);
                State before = state[0].withRowsReset(window.resets());
                Run run = model.layers().forward(Sequence.ids(window.inputs(), STEPS, 1), before);
                state[0] = run.last();
                double[] logP = new double[STEPS];
                new SoftmaxCrossEntropy(model.vocabulary().size(), Reduction.SUM)
                        .scoreInto(logP, model.head().forward(run.H()), Targets.of(window.targets(), 1));
                hold(iteration, logP);
            };
            look.accept(0);
            trainer.listen(TrainListener.every(1, step -> {
                if (step.iteration() == RECORDED) {
                    notebook.holdsParameters(model.parameters());
                }
                if (step.iteration() < ITERATIONS) {
                    look.accept((int) step.iteration());
                }
            }));
            super.train(trainer, model);
        }

        @Override
        void train(Trainer trainer, Seq2Seq model) {
            notebook.holdsStart(model.parameters());
            List<String> sentences = NextSentences.split(text());
            int[] pairs = Notebook.pairs();
            IntConsumer look = iteration -> {
                int i = pairs[iteration];
                Pair pair = new Pair(
                        model.source().encode(sentences.get(i)), model.target().encode(sentences.get(i + 1)));
                hold(iteration, model.score(PairBatch.of(List.of(pair))));
            };
            look.accept(0);
            trainer.listen(TrainListener.every(1, step -> {
                if (step.iteration() == RECORDED) {
                    notebook.holdsParameters(model.parameters());
                }
                if (step.iteration() < ITERATIONS) {
                    look.accept((int) step.iteration());
                }
            }));
            super.train(trainer, model);
            notebook.answers().forEach(answer -> holdAnswer(model, answer));
        }

        private void hold(int iteration, double... logProbabilities) {
            double loss = Arrays.stream(logProbabilities)
                    .map(logP -> -Math.log(Math.exp(logP) + EPSILON))
                    .sum();
            assertThat(iteration).isEqualTo(held++);
            notebook.holdsLoss(iteration, loss);
            smoothed = 0.999 * smoothed + 0.001 * loss;
            notebook.holdsSmoothed(iteration, smoothed);
            sum += loss;
            if (iteration % EACH == EACH - 1) {
                notebook.holdsMean(iteration / EACH, sum / EACH);
                sum = 0;
            }
        }

        private static void holdAnswer(Seq2Seq model, Map<String, Object> recorded) {
            String source = String.valueOf(recorded.get("source"));
            String greedy = String.valueOf(recorded.get("greedy"));
            assertThat(Tokenizers.NOTEBOOK.tokenize(
                            NextSentences.answer(model, source).text()))
                    .as("what is said to: " + source)
                    .isEqualTo(List.of(greedy.split(" ", -1)));
            if (recorded.get("attention") instanceof List<?> rows) {
                Translator translator = new Translator(model, false);
                double[][] weights = translator.align(source, greedy).weights();
                assertThat(weights.length).isEqualTo(rows.size());
                for (int t = 0; t < weights.length; t++) {
                    assertThat(weights[t]).containsExactly(Notebook.doubles(rows.get(t)), within(0.5e-4 + 1e-9));
                }
            }
        }
    }
}
