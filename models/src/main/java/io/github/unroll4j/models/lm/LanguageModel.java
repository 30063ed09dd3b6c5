// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Workers;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.decoding.Evaluation;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.internal.Workspaces;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.Tokenizer;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
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
        workspaces = new Workspaces<>(
                parameters,
                architecture,
                p -> Architecture.declare(config, vocabulary.size(), factory, p),
                p -> Architecture.forReading(config, vocabulary.size(), factory, p),
                Architecture::close);
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
        Objects.requireNonNull(rng, "rng");
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
        Objects.requireNonNull(layers, "layers");
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

    /**
     * {@return the recurrent layers that {@link #learn} runs, for traces and states; for one thread at a time}
     *
     * @throws IllegalStateException after close
     */
    public Recurrent layers() {
        return workspaces.first("LanguageModel.layers").layers();
    }

    /**
     * {@return the map from the top layer's outputs to the logits, that of {@link #learn}; for one thread at a time}
     *
     * @throws IllegalStateException after close
     */
    public Linear head() {
        return workspaces.first("LanguageModel.head").head();
    }

    /**
     * The state of a fresh start.
     *
     * @param batch rows B
     * @return zeros
     * @throws IllegalStateException after close
     */
    public State zeroState(int batch) {
        return workspaces.first("LanguageModel.zeroState").layers().zeroState(batch);
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
        Objects.requireNonNull(ids, "ids");
        Objects.requireNonNull(s0, "s0");
        Objects.requireNonNull(pass, "pass");
        if (loss.classes() != vocabulary.size()) {
            throw new IllegalArgumentException("LanguageModel.learn: the loss is for " + loss.classes()
                    + " classes, expected vocabulary().size() = " + vocabulary.size() + ".");
        }
        requireLengths(ids, pass.lengths());
        return workspaces.train(
                "LanguageModel.learn", own -> own.learning().learn(ids, s0, loss, pass, Learning.targets(ids)));
    }

    /** Learns a window in parts of its rows at once; there is a run for each part. */
    List<LearnResult> learn(Window ids, int parts, State s0, SoftmaxCrossEntropy loss, Noise noise) {
        List<Window> split = ids.split(parts);
        Targets whole = Learning.targets(ids);
        return workspaces.train("LanguageModel.learn", split.size(), (own, i) -> {
            Window part = split.get(i);
            int from = split.subList(0, i).stream().mapToInt(Window::batch).sum();
            State before = split.size() == 1
                    ? s0
                    : s0.rows(IntStream.range(from, from + part.batch()).toArray());
            Pass pass = new Pass(lengths(part), Trace.off(), noise.fromRow(from));
            return own.learning().learn(part, before, i == 0 ? loss : loss.another(), pass, whole);
        });
    }

    private static void requireLengths(Window ids, Lengths lengths) {
        Lengths own = lengths(ids);
        if (!own.equals(lengths)) {
            throw new IllegalArgumentException("LanguageModel.learn: the pass has " + lengths + ", expected " + own
                    + " as the window has; likely cause: the pass of another window. LanguageModel.pass makes the"
                    + " right one.");
        }
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
        Objects.requireNonNull(s0, "s0");
        return learn(ids, s0, loss, pass(ids));
    }

    /**
     * A pass over a window without trace or noise.
     *
     * @param ids the window
     * @return its lengths as a pass
     */
    public static Pass pass(Window ids) {
        return Pass.of(lengths(ids));
    }

    private static Lengths lengths(Window ids) {
        return Lengths.of(ids.steps(), ids.lengths());
    }

    /**
     * How well the model predicts a text, read once from a fresh state.
     *
     * @param ids the text; its first token is given, the others are predicted
     * @return the cross-entropy
     * @throws IllegalArgumentException if there are fewer than two tokens, or one is not in the vocabulary
     * @throws IllegalStateException if a weight is NaN, or so large that a logit has no finite value
     */
    public Evaluation evaluate(int... ids) {
        requireText("LanguageModel.evaluate", ids);
        return evaluate(Scoring.windows(ids));
    }

    /**
     * How well the model predicts what windows hold, read once in turn, with the state carried and reset as the windows
     * say. Rows of many are read by several threads at once ({@link Workers}); how many there are makes no difference
     * but that of rounding.
     *
     * @param windows e.g. of documents
     * @return the cross-entropy of all targets
     * @throws IllegalArgumentException if a token is not in the vocabulary
     * @throws IllegalStateException if a weight is NaN, or so large that a logit has no finite value
     */
    public Evaluation evaluate(Windows windows) {
        int[] bounds = Workers.bounds(windows.batch(), Workers.parts(windows.batch(), TrainerConfig.ROWS));
        List<Evaluation> parts = workspaces.read(
                "LanguageModel.evaluate",
                bounds.length - 1,
                (own, i) -> scoring(own).evaluate(windows, bounds[i], bounds[i + 1]));
        return new Evaluation(
                parts.stream().mapToDouble(Evaluation::totalNats).sum(),
                parts.stream().mapToLong(Evaluation::tokens).sum());
    }

    /**
     * How probable the model finds each token of a text, read once from a fresh state.
     *
     * @param ids the text; its first token is given, the others are predicted
     * @return a log-probability a token
     * @throws IllegalArgumentException if there are fewer than two tokens, or one is not in the vocabulary
     * @throws IllegalStateException if a weight is NaN, or so large that a logit has no finite value
     */
    public Scores score(int... ids) {
        requireText("LanguageModel.score", ids);
        return workspaces.read("LanguageModel.score", own -> scoring(own).score(ids));
    }

    /** Also of the last token, which is predicted and never read. */
    private void requireText(String where, int... ids) {
        if (ids.length < 2) {
            throw new IllegalArgumentException(where + ": the text has " + ids.length
                    + " tokens, expected 2 or more: the first is given, and the others are predicted.");
        }
        Sequence.ids(ids, ids.length, 1).requireBelow(where, vocabulary.size(), Lengths.full(ids.length, 1));
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
        Objects.requireNonNull(prime, "prime");
        Objects.requireNonNull(rng, "rng");
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
        Objects.requireNonNull(rng, "rng");
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
        Objects.requireNonNull(rng, "rng");
        Draft draft = new Draft(request, rng, reader, vocabulary, zeroState(1));
        write(List.of(draft));
        return draft.finish();
    }

    /**
     * Continues several texts side by side, which takes far less time than one after another. Each is what it would be
     * alone, with the same generator: they have no influence on each other beyond the rounding of products of several
     * rows, which can exchange two tokens only where a draw, or two logits, are as close as that.
     *
     * @param requests any number of them, each with a length of its own
     * @param rngs a source of randomness for each
     * @return the new text of each
     * @throws IllegalArgumentException as for one request, or unless there are as many sources
     */
    public List<String> generate(List<Generation> requests, List<Rng> rngs) {
        if (requests.size() != rngs.size()) {
            throw new IllegalArgumentException("LanguageModel.generate: there are " + rngs.size()
                    + " sources of randomness, expected one a request, " + requests.size() + ".");
        }
        List<Draft> drafts = IntStream.range(0, requests.size())
                .mapToObj(i -> new Draft(
                        Objects.requireNonNull(requests.get(i), () -> "request " + i),
                        Objects.requireNonNull(rngs.get(i), () -> "source of randomness " + i),
                        id -> {},
                        vocabulary,
                        zeroState(1)))
                .toList();
        write(drafts);
        return drafts.stream().map(draft -> vocabulary.decode(draft.finish())).toList();
    }

    /** Writes texts to their ends, in parts that know nothing of each other. */
    private void write(List<Draft> drafts) {
        int[] bounds = Workers.bounds(drafts.size(), Workers.parts(drafts.size(), TrainerConfig.ROWS));
        workspaces.run(
                "LanguageModel.generate",
                bounds.length - 1,
                (own, i) ->
                        new Sampler(own.steps(), vocabulary.size()).write(drafts.subList(bounds[i], bounds[i + 1])));
    }

    /**
     * Opens a text that is read token by token, before its first token.
     *
     * @return a session of this model, with nothing to close
     */
    public Session session() {
        return new Session(this, zeroState(1));
    }

    /**
     * Opens a text after what has been read of it.
     *
     * @param state one row, such as {@link Session#state} gives, or {@code run.state(t).rows(b)}; copied
     * @return a session that goes on from there
     * @throws io.github.unroll4j.core.tensor.ShapeException if it is the state of other layers, or has several rows
     */
    public Session session(State state) {
        return open("LanguageModel.session", state.copy());
    }

    /**
     * Opens a text after what has been read of it, in this process or another.
     *
     * @param file what {@link Session#save} wrote
     * @return a session that goes on from there
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException if the file is not a session's
     * @throws io.github.unroll4j.core.tensor.ShapeException if it is that of a model of other sizes
     */
    public Session session(Path file) {
        return open(file.toString(), Session.load(file, zeroState(1).names()));
    }

    private Session open(String where, State state) {
        Map<String, Integer> sizes = layers().stateSizes();
        state.require(
                where,
                List.copyOf(sizes.keySet()),
                config.dtype(),
                1,
                sizes.values().stream().mapToInt(size -> size).toArray());
        return new Session(this, state);
    }

    /**
     * Reads one token in each of many sessions, in batches of up to 64 rows side by side: thousands of
     * open texts, or any of them, of which some are added and others dropped from one call to the next. A session's
     * answer is that of {@link Session#next} to the rounding of products of several rows.
     *
     * @param sessions of this model, each once
     * @param ids the token that each reads
     * @param reader told of what follows in each, in the order of the list. If it throws, sessions that it was not yet
     *     told of may have moved or not
     * @throws IllegalArgumentException if there are not as many ids, one is not in the vocabulary, or a session is of
     *     another model or there twice; nothing has been read then
     * @throws IllegalStateException if the model is closed, or another thread is inside a session
     */
    public void next(List<Session> sessions, int[] ids, Session.Reader reader) {
        Objects.requireNonNull(sessions, "sessions");
        Objects.requireNonNull(ids, "ids");
        Objects.requireNonNull(reader, "reader");
        step(new ArrayList<>(sessions), ids.clone(), reader); // the reader may change what was passed
    }

    private void step(List<Session> sessions, int[] ids, Session.Reader reader) {
        if (sessions.size() != ids.length) {
            throw new IllegalArgumentException("LanguageModel.next: there are " + ids.length
                    + " ids, expected one a session, " + sessions.size() + ".");
        }
        requireIds("LanguageModel.next", ids);
        for (int i = 0; i < ids.length; i++) {
            Session session = sessions.get(i);
            if (session == null) {
                throw new NullPointerException("LanguageModel.next: session " + i + " is null, expected a session.");
            }
            if (session.model() != this) {
                throw new IllegalArgumentException(
                        "LanguageModel.next: session " + i + " is of another model, expected sessions of this one.");
            }
        }
        List<State> states = sessions.stream().map(Session::own).toList();
        Session.inside(sessions, () -> {
            if (ids.length <= Steps.ROWS) {
                double[] logProbabilities = new double[vocabulary.size()];
                workspaces.run("LanguageModel.next", own -> {
                    Steps steps = own.steps();
                    steps.step(states, ids, (i, rows, at) -> {
                        steps.logProbabilities(rows, at, logProbabilities);
                        reader.read(i, logProbabilities);
                    });
                });
            } else {
                workspaces.borrow(
                        "LanguageModel.next",
                        Workers.parts(Steps.batches(ids.length).length - 1, 1),
                        own -> new Streams(
                                        parameters,
                                        own.stream().map(Architecture::steps).toList(),
                                        vocabulary.size())
                                .step(states, ids, reader));
            }
        });
    }

    /** Reads on from a state, which changes, and says what follows. */
    void read(State state, int[] ids, double[] logProbabilities) {
        if (ids.length == 0) {
            throw new IllegalArgumentException("Session.next: there is no id, expected one or more.");
        }
        requireIds("Session.next", ids);
        int last = ids.length - 1;
        workspaces.run("Session.next", own -> {
            Steps steps = own.steps();
            if (last > 0) {
                steps.read(List.of(state), List.of(Arrays.copyOf(ids, last)));
            }
            steps.step(
                    List.of(state),
                    new int[] {ids[last]},
                    (i, rows, at) -> steps.logProbabilities(rows, at, logProbabilities));
        });
    }

    private void requireIds(String where, int[] ids) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= vocabulary.size()) {
                throw new IllegalArgumentException(where + ": id " + i + " is " + ids[i] + ", expected 0 to V-1="
                        + (vocabulary.size() - 1) + "; likely cause: the text was encoded with another vocabulary.");
            }
        }
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
        Objects.requireNonNull(own, "own");
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
        Objects.requireNonNull(cell, "cell");
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
        Objects.requireNonNull(layers, "layers");
        Objects.requireNonNull(own, "own");
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
     * Closes the model, from whichever thread, and does not wait: calls under way go on to their end, later ones are
     * refused. Native memory is freed when the last of them has returned. What needs no native memory goes on: {@link
     * #config}, {@link #vocabulary}, {@link #parameters}, {@link #save}, {@link #writeTo} and {@link #inPlainLoop},
     * whose copy is open. A second call does nothing.
     */
    @Override
    public void close() {
        workspaces.close();
    }
}
