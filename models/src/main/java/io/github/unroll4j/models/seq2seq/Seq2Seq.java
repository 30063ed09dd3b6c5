// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.Evaluation;
import io.github.unroll4j.models.internal.Workspaces;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.PairBatches;
import io.github.unroll4j.text.WordVocabulary;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model from sequences to sequences: p(y_t | y_1 … y_{t-1}, x) for a source x, from an encoder, a bridge and a
 * decoder.
 *
 * <p>Keeps both vocabularies with the weights: {@code Seq2Seq.load(file).translate("…")} is all that a program needs.
 * Remembers nothing between calls. Close it.
 *
 * <p>Any number of threads may translate, score, evaluate and save at once. The weights are there once; each call takes
 * buffers of its own. One thread may train meanwhile: a call sees the weights before a step or after it, and a step
 * waits for the calls under way. A second thread that trains is refused.
 *
 * @since 0.1.0
 */
public final class Seq2Seq implements AutoCloseable {
    private static final int EVALUATION_BATCH = 64;

    private final WordVocabulary source;
    private final WordVocabulary target;
    private final Seq2SeqConfig config;
    private final Parameters parameters;
    private final Seq2SeqParts made;
    private final Workspaces<Workspace> workspaces;

    Seq2Seq(
            WordVocabulary source,
            WordVocabulary target,
            Seq2SeqConfig config,
            Seq2SeqParts made,
            Function<Parameters.Builder, Parameters> build) {
        this.source = source;
        this.target = target;
        this.config = config;
        this.made = made;
        Parameters.Builder p = Parameters.builder();
        Workspace first = declare(source, target, config, made, p);
        parameters = build.apply(p);
        Function<Parameters.Builder, Workspace> declare = again -> declare(source, target, config, made, again);
        workspaces = new Workspaces<>(parameters, first, declare, declare, Workspace::close);
    }

    /** Declares all weights. */
    static Workspace declare(
            WordVocabulary source,
            WordVocabulary target,
            Seq2SeqConfig config,
            Seq2SeqParts made,
            Parameters.Builder p) {
        if (config.options().sharedEmbedding() && !source.tokens().equals(target.tokens())) {
            throw new IllegalArgumentException(
                    "Seq2Seq: one shared table of embeddings was asked for, but the vocabularies differ: "
                            + source.differenceFrom(target).orElse("") + "; give both sides one vocabulary.");
        }
        return new Workspace(config, source.size(), target.size(), made, p);
    }

    /**
     * A new model with built-in cells.
     *
     * @param source tokens of the sources
     * @param target tokens of the targets
     * @param config what it is made of
     * @param rng source of the initial weights
     * @return the model
     */
    public static Seq2Seq create(WordVocabulary source, WordVocabulary target, Seq2SeqConfig config, Rng rng) {
        return create(source, target, config, Seq2SeqParts.builtIn(config), rng);
    }

    /**
     * A new model with recurrent layers or a score of your own.
     *
     * @param source tokens of the sources
     * @param target tokens of the targets
     * @param config what it is made of; its names are stored in the model's file
     * @param parts what the names stand for
     * @param rng source of the initial weights
     * @return the model
     */
    public static Seq2Seq create(
            WordVocabulary source, WordVocabulary target, Seq2SeqConfig config, Seq2SeqParts parts, Rng rng) {
        Seq2Seq model = new Seq2Seq(
                source, target, config, parts, p -> p.build(config.options().dtype(), rng));
        config.options().start().draw(model.parameters, rng);
        return model;
    }

    /**
     * The same model in the plain loop ({@link Seq2SeqConfig.Options#plain}), with a copy of the weights as they are
     * now.
     *
     * @return a new model
     * @throws IllegalArgumentException if its layers are not made of cells
     */
    public Seq2Seq inPlainLoop() {
        Seq2SeqConfig same = config.with(config.options().plain(true));
        Seq2Seq plain = new Seq2Seq(
                source, target, same, made, p -> p.zeros(same.options().dtype()));
        plain.parameters.write(values -> parameters.read(() -> values.set(parameters.values())));
        return plain;
    }

    /**
     * The most likely target of a source, token by token; {@link Translator} has beams, alignments and batches.
     *
     * @param text the source
     * @return the target as text
     */
    public String translate(String text) {
        Objects.requireNonNull(text, "text");
        Translator translator = new Translator(this, false);
        return translator.translate(List.of(text), Decoding.greedy()).get(0).text();
    }

    /**
     * Saves the model: weights, configuration and both vocabularies in one safetensors file, written atomically.
     *
     * @param file where to
     */
    public void save(Path file) {
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        writeTo(checkpoint);
        checkpoint.build().save(file);
    }

    /**
     * Adds the model to a checkpoint.
     *
     * @param checkpoint (Output) where to
     */
    public void writeTo(Checkpoint.Builder checkpoint) {
        Seq2SeqFile.write(this, checkpoint);
    }

    /**
     * Loads a model of built-in parts.
     *
     * @param file what {@link #save} wrote
     * @return the model
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException if the file is not such a model of this library,
     *     or calls for a part that is not built in
     */
    public static Seq2Seq load(Path file) {
        return load(file, Seq2SeqParts::builtIn);
    }

    /**
     * Loads a model of built-in parts from a stream, under the same rules as a file. It is not closed.
     *
     * @param in what {@link #save} wrote, e.g. {@code MyProgram.class.getResourceAsStream("model.safetensors")}
     * @return the model
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException as {@link #load(Path)}, and if there is no stream
     */
    public static Seq2Seq load(@Nullable InputStream in) {
        return read(Checkpoint.load(in));
    }

    /**
     * Loads a model with parts of your own: cells, a score, tokenizers.
     *
     * @param file what {@link #save} wrote
     * @param parts the parts of its configuration, e.g. {@code config ->
     *     Seq2SeqParts.builtIn(config).with(MyScore::new)}
     * @return the model
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException as above
     */
    public static Seq2Seq load(Path file, Function<Seq2SeqConfig, Seq2SeqParts> parts) {
        Objects.requireNonNull(parts, "parts");
        return read(Checkpoint.load(file), parts);
    }

    /**
     * Reads the model of a checkpoint, of built-in parts.
     *
     * @param checkpoint (Input) where from; {@link Checkpoint#of} makes one of bytes
     * @return the model
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException as {@link #load(Path)}
     */
    public static Seq2Seq read(Checkpoint checkpoint) {
        return read(checkpoint, Seq2SeqParts::builtIn);
    }

    /**
     * Checks that {@link #read(Checkpoint)} would read a model: its configuration and vocabularies are sound, and all
     * weights are there, in the right shapes. Allocates no weights.
     *
     * @param checkpoint (Input) where from
     * @return what the model is made of
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException as {@link #load(Path)}
     */
    public static Seq2SeqConfig check(Checkpoint checkpoint) {
        return Seq2SeqFile.check(checkpoint);
    }

    /**
     * Reads the model of a checkpoint.
     *
     * @param checkpoint (Input) where from
     * @param parts the parts of its configuration
     * @return the model
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException if there is no such model in it, or a part is
     *     missing
     */
    public static Seq2Seq read(Checkpoint checkpoint, Function<Seq2SeqConfig, Seq2SeqParts> parts) {
        Objects.requireNonNull(parts, "parts");
        return Seq2SeqFile.read(checkpoint, parts);
    }

    /** {@return the tokens of the sources} */
    public WordVocabulary source() {
        return source;
    }

    /** {@return the tokens of the targets} */
    public WordVocabulary target() {
        return target;
    }

    /** {@return what the model is made of} */
    public Seq2SeqConfig config() {
        return config;
    }

    /** {@return all weights} */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * {@return the decoder that {@link #learn} runs, for a look inside; for one thread at a time}
     *
     * @throws IllegalStateException after close
     */
    public Decoder decoder() {
        return workspaces.first("Seq2Seq.decoder").decoder();
    }

    /** The workspace of training. */
    Workspace first() {
        return workspaces.first("Seq2Seq");
    }

    /** Computes in a workspace of the call's own. */
    <R> R read(String what, Function<Workspace, R> work) {
        return workspaces.read(what, work);
    }

    /** Computes parts that know nothing of each other at once, each in a workspace of its own. */
    void run(String what, int parts, BiConsumer<Workspace, Integer> work) {
        workspaces.run(what, parts, work);
    }

    /** Computes in the workspace of training. */
    <R> R train(String what, Function<Workspace, R> work) {
        return workspaces.train(what, work);
    }

    /**
     * Runs forward and backward over a batch and adds to the gradients of the parameters.
     *
     * @param batch pairs; the decoder reads the true target (teacher forcing)
     * @param loss reduction of the loss, for {@code target().size()} classes
     * @param noise where dropout masks are drawn from, or {@link Noise#off()}
     * @return the loss
     * @throws IllegalArgumentException if an id lies outside its vocabulary, or the loss is for another number of
     *     classes
     * @throws IllegalStateException while another thread trains this model, or after close
     */
    public Loss learn(PairBatch batch, SoftmaxCrossEntropy loss, Noise noise) {
        Objects.requireNonNull(batch, "batch");
        Objects.requireNonNull(noise, "noise");
        requireLoss(loss);
        return train("Seq2Seq.learn", own -> own.learn(batch, loss, noise, Workspace.targets(batch)));
    }

    void requireLoss(SoftmaxCrossEntropy loss) {
        if (loss.classes() != target.size()) {
            throw new IllegalArgumentException("Seq2Seq.learn: the loss is for " + loss.classes()
                    + " classes, expected target().size() = " + target.size() + ".");
        }
    }

    /**
     * Learns a batch in parts of its pairs at once.
     *
     * @param batch pairs
     * @param parts how many
     * @param loss reduction of the loss
     * @param noise of dropout masks
     * @param mix chooses what the decoder of a part reads, given its first row
     */
    Loss learn(PairBatch batch, int parts, SoftmaxCrossEntropy loss, Noise noise, Mix mix) {
        List<PairBatch> split = batch.split(parts);
        int[] from = new int[split.size() + 1];
        for (int i = 0; i < split.size(); i++) {
            from[i + 1] = from[i] + split.get(i).batch();
        }
        return Loss.sum(workspaces.train("Seq2Seq.learn", split.size(), (own, i) -> {
            PairBatch part = mix.of(own, split.get(i), from[i]);
            return own.learn(part, i == 0 ? loss : loss.another(), noise.fromRow(from[i]), Workspace.targets(batch));
        }));
    }

    /** Chooses what the decoder of a part of a batch reads. */
    interface Mix {
        PairBatch of(Workspace own, PairBatch part, int firstRow);
    }

    /**
     * The log-probability of every target token, each after the true ones before it.
     *
     * @param batch pairs
     * @return ln p of token t of row b at {@code t·B + b}; 0 at padding
     */
    public double[] score(PairBatch batch) {
        return read("Seq2Seq.score", own -> own.score(batch));
    }

    /**
     * How well the model predicts targets, each token after the true ones before it, {@code <EOS>} included.
     *
     * @param pairs what to measure on
     * @return the cross-entropy
     */
    public Evaluation evaluate(List<Pair> pairs) {
        return evaluate("Seq2Seq.evaluate", pairs, ScheduledSampling.never());
    }

    /**
     * How well the model predicts targets while it reads its own words: token t after the ones that it found most
     * likely before, not after the true ones. Harder than {@link #evaluate}: one word chosen otherwise, or one word
     * more, and what it reads no longer fits the place. Targets are as long as they truly are.
     *
     * @param pairs what to measure on
     * @return the cross-entropy
     */
    public Evaluation evaluateFreeRunning(List<Pair> pairs) {
        return evaluate("Seq2Seq.evaluateFreeRunning", pairs, ScheduledSampling.constant(0));
    }

    /** Batches are measured at once; what each adds is added in their order. */
    private Evaluation evaluate(String what, List<Pair> pairs, ScheduledSampling sampling) {
        Objects.requireNonNull(pairs, "pairs");
        PairBatches sorted = PairBatches.sorted(pairs, EVALUATION_BATCH);
        List<PairBatch> batches = new ArrayList<>();
        sorted.forEach(batches::add);
        List<Double> nats = workspaces.read(what, batches.size(), (own, i) -> {
            PairBatch batch = sampling.mix(own.steps(), batches.get(i), 0, Noise.of(Rng.seeded(0)));
            return Arrays.stream(own.score(batch)).sum();
        });
        long tokens = batches.stream()
                .mapToLong(batch -> Arrays.stream(batch.targetLengths()).sum())
                .sum();
        return new Evaluation(-nats.stream().mapToDouble(n -> n).sum(), tokens);
    }

    /** What the model is, in a line: how many tokens it knows, what it is made of, how many weights it has. */
    @Override
    public String toString() {
        return "Seq2Seq of " + source.size() + " source and " + target.size() + " target tokens: " + config.describe()
                + "; " + parameters.count() + " weights";
    }

    /**
     * Closes the model, from whichever thread, and does not wait: calls under way go on to their end, later ones are
     * refused. Native memory is freed when the last of them has returned. What needs no native memory goes on: {@link
     * #config}, {@link #source}, {@link #target}, {@link #parameters}, {@link #save}, {@link #writeTo} and {@link
     * #inPlainLoop}, whose copy is open. A second call does nothing.
     */
    @Override
    public void close() {
        workspaces.close();
    }
}
