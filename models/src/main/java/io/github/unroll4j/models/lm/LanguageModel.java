// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.decoding.Evaluation;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.internal.Workspaces;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.Tokenizer;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent language model over token ids: p(x_{t+1} | x_1 … x_t) = softmax(h_t W + b), h_t from a stack of layers.
 *
 * <p>With an embedding, the first layer takes its rows; without one, it takes ids, so its W_x is a table with a row per
 * token (the product with a one-hot row). Dropout, residual connections and a head tied to the embedding are there
 * where the configuration says so; what is drawn at random is drawn only in a pass with noise. Keeps the vocabulary
 * with the weights: {@code LanguageModel.load(file).generate("The crow", 200, policy, rng)} is all a program needs.
 * State is passed in and handed out; the model itself remembers nothing between calls. Close it.
 *
 * <p>Any number of threads may generate, score, evaluate and save at once. The weights are there once; each call takes
 * buffers of its own. One thread may train meanwhile: a call sees the weights before a step or after it, and a step
 * waits for the calls under way. A second thread that trains is refused, and so is training from inside a call.
 *
 * @since 0.1.0
 */
public final class LanguageModel implements AutoCloseable {
    private final Vocabulary vocabulary;
    private final LanguageModelConfig config;
    private final Parameters parameters;
    private final LayerFactory factory;
    private final Workspaces<Architecture> workspaces;
    private final Learning learning;

    LanguageModel(
            Vocabulary vocabulary,
            LanguageModelConfig config,
            LayerFactory factory,
            Architecture architecture,
            Parameters parameters) {
        this.factory = factory;
        this.vocabulary = vocabulary;
        this.config = config;
        this.parameters = parameters;
        workspaces = new Workspaces<>(parameters, architecture, this::declareAgain, Architecture::close);
        learning = new Learning(architecture.layers(), architecture.head());
    }

    /** The same layers, with buffers of their own, over the same weights. */
    private Architecture declareAgain() {
        Parameters.Builder p = Parameters.builder();
        Architecture again = Architecture.declare(config, vocabulary.size(), factory, p);
        p.over(parameters);
        return again;
    }

    /**
     * A new model with a built-in cell.
     *
     * @param vocabulary the tokens
     * @param config what it is built of
     * @param rng source of the initial weights
     * @return the model
     */
    public static LanguageModel create(Vocabulary vocabulary, LanguageModelConfig config, Rng rng) {
        return create(vocabulary, config, Cells.named(config.cell()), rng);
    }

    /**
     * A new model with a cell of your own.
     *
     * @param vocabulary the tokens
     * @param config what it is built of; its cell name is stored in the model's file
     * @param cell makes the cell for a number of units
     * @param rng source of the initial weights
     * @return the model
     */
    public static LanguageModel create(
            Vocabulary vocabulary, LanguageModelConfig config, IntFunction<? extends Cell> cell, Rng rng) {
        return create(vocabulary, config, CellLayers.of(cell), rng);
    }

    /**
     * A new model with recurrent layers of your own, of any kind that does not read ahead.
     *
     * @param vocabulary the tokens
     * @param config what it is built of; its cell name is stored in the model's file
     * @param layers makes each layer
     * @param rng source of the initial weights
     * @return the model
     */
    public static LanguageModel create(
            Vocabulary vocabulary, LanguageModelConfig config, LayerFactory layers, Rng rng) {
        Parameters.Builder p = Parameters.builder();
        Architecture architecture = Architecture.declare(config, vocabulary.size(), layers, p);
        return new LanguageModel(vocabulary, config, layers, architecture, p.build(config.dtype(), rng));
    }

    /**
     * The same model in the plain loop ({@link LanguageModelConfig#plain}), with a copy of the weights as they are now.
     *
     * @return a new model
     * @throws IllegalArgumentException if its layers are not made of a cell
     */
    public LanguageModel inPlainLoop() {
        LanguageModelConfig same = config.plain(true);
        Parameters.Builder p = Parameters.builder();
        Architecture architecture = Architecture.declare(same, vocabulary.size(), factory, p);
        LanguageModel plain = new LanguageModel(vocabulary, same, factory, architecture, p.zeros(same.dtype()));
        plain.parameters.write(values -> parameters.read(() -> values.set(parameters.values())));
        return plain;
    }

    /** {@return the tokens} */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** {@return what the model is built of} */
    public LanguageModelConfig config() {
        return config;
    }

    /** {@return all weights} */
    public Parameters parameters() {
        return parameters;
    }

    /** {@return the recurrent layers that {@link #learn} runs, for traces and states; for one thread at a time} */
    public Recurrent layers() {
        return workspaces.first().layers();
    }

    /**
     * {@return the map from the top layer's outputs to the logits, that of {@link #learn}; for one thread at a time}
     */
    public Linear head() {
        return workspaces.first().head();
    }

    /**
     * The state of a fresh start.
     *
     * @param batch rows B
     * @return zeros
     */
    public State zeroState(int batch) {
        return layers().zeroState(batch);
    }

    /**
     * Runs forward and backward over a window and adds to the gradients of the parameters.
     *
     * @param ids inputs, lengths and sizes; the targets may hold {@link Targets#IGNORED}
     * @param s0 state before the window
     * @param loss reduction of the loss, for {@code vocabulary().size()} classes
     * @param pass the lengths of the window, a trace, and noise
     * @return the loss and the run, whose states can be carried on
     * @throws IllegalStateException while another thread trains this model, after close, or in what {@link #generate}
     *     calls for each token
     */
    public LearnResult learn(Window ids, State s0, SoftmaxCrossEntropy loss, Pass pass) {
        if (loss.classes() != vocabulary.size()) {
            throw new IllegalArgumentException("LanguageModel.learn: the loss is for " + loss.classes()
                    + " classes, expected vocabulary().size() = " + vocabulary.size() + ".");
        }
        return workspaces.train("LanguageModel.learn", own -> learning.learn(ids, s0, loss, pass));
    }

    /** Runs what learns and then reads what learning left. */
    <R> R train(Supplier<R> work) {
        return workspaces.train("LanguageModel.learn", own -> work.get());
    }

    /**
     * Learns a window without trace or noise.
     *
     * @param ids inputs, targets, lengths and sizes
     * @param s0 state before the window
     * @param loss reduction of the loss
     * @return the loss and the run
     */
    public LearnResult learn(Window ids, State s0, SoftmaxCrossEntropy loss) {
        return learn(ids, s0, loss, pass(ids));
    }

    /**
     * A pass over a window without trace or noise.
     *
     * @param ids the window
     * @return its lengths as a pass
     */
    public static Pass pass(Window ids) {
        return Pass.of(Lengths.of(ids.steps(), ids.lengths()));
    }

    /**
     * How well the model predicts a text, read once from a fresh state.
     *
     * @param ids the text; its first token is given, the others are predicted
     * @return the cross-entropy
     * @throws IllegalArgumentException if there are fewer than two tokens
     */
    public Evaluation evaluate(int... ids) {
        return evaluate(Scoring.windows(ids));
    }

    /**
     * How well the model predicts what windows hold, read once in turn, with the state carried and reset as the windows
     * say.
     *
     * @param windows e.g. of documents
     * @return the cross-entropy of all targets
     */
    public Evaluation evaluate(Windows windows) {
        return workspaces.read("LanguageModel.evaluate", own -> scoring(own).evaluate(windows));
    }

    /**
     * How probable the model finds each token of a text, read once from a fresh state.
     *
     * @param ids the text; its first token is given, the others are predicted
     * @return a log-probability a token
     * @throws IllegalArgumentException if there are fewer than two tokens
     */
    public Scores score(int... ids) {
        return workspaces.read("LanguageModel.score", own -> scoring(own).score(ids));
    }

    private Scoring scoring(Architecture own) {
        return new Scoring(own.layers(), own.head(), new SoftmaxCrossEntropy(vocabulary.size(), Reduction.SUM));
    }

    /**
     * How probable the model finds each token of a text, read once from a fresh state.
     *
     * @param text the text; its first token is given, the others are predicted
     * @return a log-probability a token
     * @throws IllegalArgumentException if there are fewer than two tokens, or a character is not in the vocabulary
     */
    public Scores score(String text) {
        return score(vocabulary.encode(text));
    }

    /**
     * Continues a text.
     *
     * @param prime text to read first; empty to start from the first token of the vocabulary
     * @param count number of tokens to write; a model over words may stop before, at {@code <EOS>}
     * @param policy how to choose them
     * @param rng source of randomness
     * @return the new text, without the prime
     */
    public String generate(String prime, int count, SamplingPolicy policy, Rng rng) {
        return generate(Generation.of(prime, count, policy), rng);
    }

    /**
     * Continues a text.
     *
     * @param request from where, how far, without what
     * @param rng source of randomness
     * @return the new text, without the prime and without the text it stops at
     * @throws IllegalArgumentException if a character of the prime, a banned token or a token of a text to stop at is
     *     not in the vocabulary
     */
    public String generate(Generation request, Rng rng) {
        return vocabulary.decode(generate(request, rng, id -> {}));
    }

    /**
     * Continues a text and hands on each token while the next ones are still being written.
     *
     * @param request from where, how far, without what
     * @param rng source of randomness
     * @param reader told of each id as soon as it is certain not to be part of a text to stop at, e.g.
     *     {@code id -> out.print(vocabulary.token(id))} for characters; it may call what reads this model, and is
     *     refused what trains it; it must not wait for another thread that reads it, which may in turn be waiting for a
     *     step of training that waits for this call
     * @return all ids
     */
    public int[] generate(Generation request, Rng rng, IntConsumer reader) {
        return workspaces.read(
                "LanguageModel.generate",
                own -> new Sampler(vocabulary, own.layers(), own.head()).write(request, rng, reader));
    }

    /**
     * Saves the model: weights, configuration and vocabulary in one safetensors file, written atomically.
     *
     * @param file where to
     */
    public void save(Path file) {
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        writeTo(checkpoint);
        checkpoint.build().save(file);
    }

    /**
     * Loads a model with a built-in cell.
     *
     * @param file what {@link #save} wrote
     * @return the model
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException if the file is not a language model of this
     *     library, or needs a tokenizer that is not built in
     */
    public static LanguageModel load(Path file) {
        return load(file, List.of());
    }

    /**
     * Loads a model with a built-in cell from a stream, under the same rules as a file. It is not closed.
     *
     * @param in what {@link #save} wrote, e.g. {@code MyProgram.class.getResourceAsStream("model.safetensors")}
     * @return the model
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException as {@link #load(Path)}, and if there is no stream
     */
    public static LanguageModel load(@Nullable InputStream in) {
        return read(Checkpoint.load(in));
    }

    /**
     * Loads a model with a built-in cell and a tokenizer of your own.
     *
     * @param file what {@link #save} wrote
     * @param own tokenizers that its vocabulary may call for, beside those of {@link
     *     io.github.unroll4j.text.Tokenizers}
     * @return the model
     */
    public static LanguageModel load(Path file, List<Tokenizer> own) {
        return LanguageModelFile.read(Checkpoint.load(file), Cells::named, own);
    }

    /**
     * Loads a model with a cell of your own.
     *
     * @param file what {@link #save} wrote
     * @param cell makes the cell for a number of units
     * @return the model
     */
    public static LanguageModel load(Path file, IntFunction<? extends Cell> cell) {
        return load(file, CellLayers.of(cell), List.of());
    }

    /**
     * Loads a model with recurrent layers, and perhaps a tokenizer, of your own.
     *
     * @param file what {@link #save} wrote
     * @param layers makes each layer
     * @param own tokenizers that its vocabulary may call for, beside those that are built in
     * @return the model
     */
    public static LanguageModel load(Path file, LayerFactory layers, List<Tokenizer> own) {
        return LanguageModelFile.read(Checkpoint.load(file), name -> layers, own);
    }

    /**
     * Adds the model to a checkpoint.
     *
     * @param checkpoint (Output) where to
     */
    public void writeTo(Checkpoint.Builder checkpoint) {
        LanguageModelFile.write(this, checkpoint);
    }

    /**
     * Reads the model of a checkpoint, with a built-in cell.
     *
     * @param checkpoint (Input) where from; {@link Checkpoint#of} makes one of bytes
     * @return the model
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException as {@link #load(Path)}
     */
    public static LanguageModel read(Checkpoint checkpoint) {
        return LanguageModelFile.read(checkpoint, Cells::named, List.of());
    }

    /**
     * Checks that {@link #read} would read a model: its configuration and vocabulary are sound, and all weights are
     * there, in the right shapes. Allocates no weights.
     *
     * @param checkpoint (Input) where from
     * @return what the model is built of
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException as {@link #read}
     */
    public static LanguageModelConfig check(Checkpoint checkpoint) {
        return LanguageModelFile.check(checkpoint);
    }

    /**
     * Closes the model, from whichever thread: calls under way finish, later ones are refused. Native memory is freed
     * when the last of them has returned. A second call does nothing.
     */
    @Override
    public void close() {
        workspaces.close();
    }
}
