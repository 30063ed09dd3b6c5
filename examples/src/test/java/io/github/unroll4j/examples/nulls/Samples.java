// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.nulls;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Column;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.Attention;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.LocationScore;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.attention.Pairs;
import io.github.unroll4j.models.attention.ScoreLayout;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.cells.ContextGruCell;
import io.github.unroll4j.models.cells.CoupledLstmCell;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.GruFormulation;
import io.github.unroll4j.models.cells.GruResetBeforeCell;
import io.github.unroll4j.models.cells.LayerNormLstmCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.MinimalGatedCell;
import io.github.unroll4j.models.cells.PeepholeLstmCell;
import io.github.unroll4j.models.cells.ProjectedLstmCell;
import io.github.unroll4j.models.cells.PublishedMinimalGatedCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.decoding.Alignment;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.layer.Embedded;
import io.github.unroll4j.models.layer.Embedding;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.lm.Generation;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.lm.Regularisation;
import io.github.unroll4j.models.lm.Session;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.ScheduledSampling;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.models.seq2seq.Seq2SeqParts;
import io.github.unroll4j.models.seq2seq.Translator;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.Dropout;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Residual;
import io.github.unroll4j.models.sequence.RowDropout;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.sequence.Stack;
import io.github.unroll4j.models.train.Accumulation;
import io.github.unroll4j.models.train.BestModel;
import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.models.train.Validation;
import io.github.unroll4j.optim.Adadelta;
import io.github.unroll4j.optim.Adagrad;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.AdamW;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.LazyAdam;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.RmsProp;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.Sgd;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.SquaredError;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.plots.Chart;
import io.github.unroll4j.plots.Heatmap;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.PairBatches;
import io.github.unroll4j.text.ParallelText;
import io.github.unroll4j.text.Tokenizer;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.UnknownRule;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import io.github.unroll4j.text.WordVocabulary;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One of everything: receivers and arguments that fit each other, of D = H = 3, T = 2, B = 1, in double. */
final class Samples implements AutoCloseable {
    private static final WordVocabulary WORD = WordVocabulary.of(Tokenizers.WHITESPACE, "a b c");
    private static final CharVocabulary CHAR = CharVocabulary.of("abcd");
    private static final Seq2SeqConfig SEQ2SEQ = Seq2SeqConfig.bahdanau2014(3, 3);

    /** By exact class, in the order in which arguments of a wider type are chosen. */
    private final Map<Class<?>, Supplier<?>> makers = new LinkedHashMap<>();

    private final Map<Class<?>, Object> made = new LinkedHashMap<>();

    Samples() {
        core();
        text();
        cells();
        layers();
        attention();
        languageModels();
        translators();
        training();
    }

    private <T> void put(Class<T> type, Supplier<? extends T> maker) {
        makers.put(type, maker);
    }

    private static <T> T built(Function<Parameters.Builder, T> declare) {
        Parameters.Builder p = Parameters.builder();
        T declared = declare.apply(p);
        p.build(Dtype.DOUBLE, Rng.seeded(1));
        return declared;
    }

    private static HoistedLayer rnn(String name, Parameters.Builder p) {
        return new HoistedLayer(new RnnCell(3), 3, p.scope(name));
    }

    private void core() {
        put(String.class, () -> "a");
        put(Dtype.class, () -> Dtype.DOUBLE);
        put(Vec.class, () -> Vec.zeros(Dtype.DOUBLE, 6));
        put(Tensor.class, () -> Tensor.zeros(Dtype.DOUBLE, 2, 1, 3));
        put(Rng.class, () -> Rng.seeded(1));
        put(Init.class, Init::zeros);
        put(Parameters.Builder.class, Parameters::builder);
        put(
                Parameters.class,
                () -> built(p -> p.addRowSparse("W", "V,E", Init.zeros(), 3, 3)).owner());
        put(Parameter.class, () -> get(Parameters.class).get("W"));
        put(
                Checkpoint.Builder.class,
                () -> Checkpoint.builder().put("a", get(Tensor.class)).metadata("a", "{}"));
        put(Checkpoint.class, () -> get(Checkpoint.Builder.class).build());
        put(NativeArray.class, () -> NativeArray.allocate(Dtype.DOUBLE, 9));
        put(NativeMatrix.class, () -> get(NativeArray.class).matrix(0, 3, 3));
        put(GradientCheck.class, () -> GradientCheck.of(() -> 0, upstream -> {}));
        put(GradientReport.Element.class, () -> new GradientReport.Element("a", 0, 0, 0));
        put(
                GradientReport.Entry.class,
                () -> new GradientReport.Entry("a", List.of(get(GradientReport.Element.class))));
        put(ShapeException.Axis.class, () -> ShapeException.axis("T", 1));
        put(Class.class, () -> String.class);
        put(Throwable.class, IllegalStateException::new);
        put(Object.class, Object::new);
    }

    private void text() {
        put(CharVocabulary.class, () -> CHAR);
        put(WordVocabulary.class, () -> WORD);
        put(Tokenizer.class, () -> Tokenizers.WHITESPACE);
        put(UnknownRule.class, UnknownRule::skip);
        put(Windows.class, () -> Windows.of(new int[] {0, 1, 2, 0, 1}, 2));
        put(Window.class, () -> get(Windows.class).at(0));
        put(Pair.class, () -> new Pair(new int[] {3}, new int[] {3}));
        put(PairBatches.class, () -> PairBatches.sorted(List.of(get(Pair.class)), 1));
        put(PairBatch.class, () -> PairBatch.of(List.of(get(Pair.class))));
        put(ParallelText.class, () -> ParallelText.of(List.of("a"), List.of("a")));
        put(Reader.class, () -> new StringReader("a"));
        put(InputStream.class, InputStream::nullInputStream);
        put(Path.class, () -> Path.of("a folder that is not there", "a"));
    }

    private void cells() {
        put(RnnCell.class, () -> new RnnCell(3));
        put(ContextGruCell.class, () -> new ContextGruCell(3));
        put(Seq2SeqConfig.Start.class, () -> Seq2SeqConfig.Start.OF_PARTS);
        put(Session.class, () -> get(LanguageModel.class).session());
        put(Adadelta.class, () -> new Adadelta(get(Parameters.class)));
        put(LstmCell.class, () -> new LstmCell(3));
        put(PeepholeLstmCell.class, () -> new PeepholeLstmCell(3));
        put(CoupledLstmCell.class, () -> new CoupledLstmCell(3));
        put(LayerNormLstmCell.class, () -> new LayerNormLstmCell(3));
        put(ProjectedLstmCell.class, () -> new ProjectedLstmCell(3, 2));
        put(GruCell.class, () -> new GruCell(3));
        put(GruResetBeforeCell.class, () -> new GruResetBeforeCell(3, GruFormulation.CHO_2014));
        put(MinimalGatedCell.class, () -> new MinimalGatedCell(3));
        put(PublishedMinimalGatedCell.class, () -> new PublishedMinimalGatedCell(3));
        put(GruFormulation.class, () -> GruFormulation.PYTORCH);
        put(Layout.class, () -> new Layout("b", 3));
        put(Layout.Handle.class, () -> get(Layout.class).block("c"));
        put(CellLayers.class, () -> new CellLayers(RnnCell::new, RecurrentNoise.NONE, false));
        put(RecurrentNoise.class, () -> RecurrentNoise.NONE);
        put(Recurrent.CellState.class, () -> Recurrent.CellState.of(List.of("h")));
    }

    private void layers() {
        put(HoistedLayer.class, () -> built(p -> rnn("a", p)));
        put(Unrolled.class, () -> built(p -> new Unrolled(new RnnCell(3), 3, RecurrentNoise.NONE, p)));
        put(Stack.class, () -> built(p -> new Stack(List.of(rnn("a", p), rnn("b", p)))));
        put(
                Bidirectional.class,
                () -> built(p -> new Bidirectional(rnn("a", p), rnn("b", p), Bidirectional.Merge.CONCAT)));
        put(Residual.class, () -> built(p -> new Residual(rnn("a", p))));
        put(Dropout.class, () -> built(p -> Dropout.before(rnn("a", p), 0.5, Dropout.Mask.PER_STEP)));
        put(Embedding.class, () -> built(p -> new Embedding("e", 3, 3, 0, p)));
        put(Embedded.class, () -> built(p -> new Embedded(new Embedding("e", 3, 3, 0, p), rnn("a", p))));
        put(Linear.class, () -> built(p -> new Linear("l", 3, 3, p)));
        put(RowDropout.class, () -> new RowDropout("a", 0.5, Dropout.Mask.PER_STEP, 3));
        put(Slab.class, () -> new Slab(3).resize(Dtype.DOUBLE, 2, 1).clear());
        put(Sequence.Ids.class, () -> Sequence.ids(new int[] {0, 1}, 2, 1));
        put(Lengths.class, () -> Lengths.full(2, 1));
        put(Trace.class, Trace::on);
        put(Noise.class, () -> Noise.of(get(Rng.class)));
        put(Pass.class, () -> Pass.full(2, 1));
        put(State.class, () -> get(HoistedLayer.class).zeroState(1));
        put(Run.class, () -> get(HoistedLayer.class).forward(get(Slab.class), get(State.class)));
        put(Run.Grad.class, () -> new Run.Grad(get(Slab.class), get(State.class)));
    }

    private void attention() {
        put(DotScore.class, () -> new DotScore(3));
        put(LocationScore.class, () -> new LocationScore(3));
        put(AdditiveScore.class, () -> new AdditiveScore(3));
        put(ScoreLayout.class, () -> new ScoreLayout("b", 3));
        put(ScoreLayout.Vector.class, () -> get(ScoreLayout.class).vector("v", Init.zeros()));
        put(ScoreLayout.Scratch.class, () -> get(ScoreLayout.class).scratch("s"));
        put(Pairs.class, () -> new Pairs(get(DotScore.class).layout(), Dtype.DOUBLE, 1, 2));
        put(Column.class, () -> get(Pairs.class).e(0));
        put(Memory.class, () -> {
            Memory memory = new Memory(Dtype.DOUBLE, 3);
            memory.load(get(Slab.class), get(Lengths.class));
            return memory;
        });
        put(Attention.class, () -> built(p -> new Attention(get(DotScore.class), new Focus.Global(), 3, 3, p)));
        put(Focus.Global.class, Focus.Global::new);
        put(AttentionKind.Bahdanau.class, () -> new AttentionKind.Bahdanau(3, 0));
        put(AttentionKind.Luong.class, () -> new AttentionKind.Luong(AttentionKind.ScoreName.DOT));
        put(AttentionKind.None.class, () -> new AttentionKind.None(false, 0));
    }

    private void languageModels() {
        put(LanguageModelConfig.class, () -> new LanguageModelConfig("rnn", 3, 1, Dtype.DOUBLE));
        put(LanguageModel.class, () -> LanguageModel.create(CHAR, get(LanguageModelConfig.class), Rng.seeded(1)));
        put(
                LanguageModelObjective.class,
                () -> new LanguageModelObjective(get(LanguageModel.class), get(Windows.class), Reduction.MEAN));
        put(Regularisation.class, () -> Regularisation.NONE);
        put(SamplingPolicy.class, SamplingPolicy::greedy);
        put(Generation.class, () -> Generation.of("a", 2, SamplingPolicy.greedy()));
    }

    private void translators() {
        put(Seq2SeqConfig.class, () -> SEQ2SEQ);
        put(Seq2SeqConfig.Side.class, SEQ2SEQ::encoder);
        put(Seq2SeqConfig.Options.class, SEQ2SEQ::options);
        put(Bridge.Options.class, SEQ2SEQ::bridge);
        put(Seq2SeqParts.class, () -> Seq2SeqParts.builtIn(SEQ2SEQ));
        put(Seq2Seq.class, () -> Seq2Seq.create(WORD, WORD, SEQ2SEQ, Rng.seeded(1)));
        put(
                Seq2SeqObjective.class,
                () -> new Seq2SeqObjective(
                        get(Seq2Seq.class), get(PairBatches.class), get(SoftmaxCrossEntropy.class), Rng.seeded(1)));
        put(Translator.class, () -> new Translator(get(Seq2Seq.class), true));
        put(
                Bridge.class,
                () -> built(p -> new Bridge(SEQ2SEQ.bridge(), get(HoistedLayer.class), get(HoistedLayer.class), p)));
        put(ScheduledSampling.class, ScheduledSampling::never);
        put(Decoding.class, Decoding::greedy);
        put(Alignment.class, () -> new Alignment(List.of("a"), List.of("a"), new double[][] {{1}}));
        put(Chart.class, () -> new Chart("a", "x", "y"));
        put(Heatmap.class, () -> new Heatmap("a", get(Alignment.class)));
    }

    private void training() {
        put(Reduction.class, () -> Reduction.MEAN);
        put(Targets.class, () -> Targets.of(new int[] {0, 1}, 1));
        put(SoftmaxCrossEntropy.class, () -> new SoftmaxCrossEntropy(3, Reduction.MEAN));
        put(SquaredError.class, () -> new SquaredError(3, Reduction.MEAN));
        put(Sgd.class, () -> new Sgd(get(Parameters.class)));
        put(Adam.class, () -> new Adam(get(Parameters.class)));
        put(AdamW.class, () -> new AdamW(get(Parameters.class)));
        put(LazyAdam.class, () -> new LazyAdam(get(Parameters.class)));
        put(Adagrad.class, () -> new Adagrad(get(Parameters.class)));
        put(RmsProp.class, () -> new RmsProp(get(Parameters.class)));
        put(GradientClip.None.class, GradientClip.None::new);
        put(GradientClip.ByValue.class, () -> new GradientClip.ByValue(1));
        put(GradientClip.ByGlobalNorm.class, () -> new GradientClip.ByGlobalNorm(1));
        put(GradientClip.ByParameterNorm.class, () -> new GradientClip.ByParameterNorm(1));
        put(Schedule.class, () -> Schedule.constant(0.1));
        put(Loss.class, () -> new Loss(0, 1, 0));
        put(Accumulation.class, () -> new Accumulation(get(LanguageModelObjective.class), 2, Reduction.MEAN));
        put(
                TrainerConfig.class,
                () -> new TrainerConfig(new Sgd(get(LanguageModel.class).parameters()), Schedule.constant(0.1), 1));
        put(Trainer.class, () -> new Trainer(get(LanguageModelObjective.class), get(TrainerConfig.class)));
        put(TrainStep.class, () -> new TrainStep(1, 1, get(Loss.class), 1, 1, 0.1, 1, Duration.ZERO));
        put(TrainListener.class, () -> TrainListener.every(1, step -> {}));
        put(Validation.class, () -> new Validation(1, () -> 0));
        put(BestModel.class, () -> new BestModel(get(Path.class), path -> {}, 1));
        put(Outcome.class, () -> new Outcome.Stopped(1));
        put(Duration.class, () -> Duration.ZERO);
        put(OptionalLong.class, OptionalLong::empty);
    }

    /** The sample of a class, made when it is first asked for. */
    private <T> T get(Class<T> type) {
        Object known = made.get(type);
        if (known == null) {
            known = Objects.requireNonNull(makers.get(type), type.getName()).get();
            made.put(type, known);
        }
        return type.cast(known);
    }

    /** Arguments that fit, as far as their types say, but for one. */
    @Nullable
    Object[] of(Executable call, int without) {
        java.lang.reflect.Parameter[] parameters = call.getParameters();
        @Nullable Object[] arguments = new @Nullable Object[parameters.length];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i == without ? null : argument(parameters[i]);
        }
        return arguments;
    }

    /** What a method is called on; null for a constructor or a static method. */
    @Nullable
    Object receiver(Class<?> type, Executable call) {
        boolean none = call instanceof Constructor || Modifier.isStatic(call.getModifiers());
        return none ? null : assignable(type);
    }

    private Object argument(java.lang.reflect.Parameter parameter) {
        Class<?> type = parameter.getType();
        Type written = parameter.getParameterizedType();
        if (type.isPrimitive()) {
            return number(type, parameter.getName());
        }
        if (type.isArray()) {
            return array(type);
        }
        if (written instanceof ParameterizedType of && type.isAssignableFrom(List.class)) {
            return List.of(element(of.getActualTypeArguments()[0]));
        }
        if (type == Set.class) {
            return Set.of("a");
        }
        if (type == Map.class) {
            return Map.of();
        }
        if (type == Optional.class) {
            return Optional.empty();
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        return type.getName().startsWith("java.util.function.") ? function(type) : assignable(type);
    }

    private Object element(Type type) {
        if (type instanceof WildcardType wild) {
            return element(wild.getUpperBounds()[0]);
        }
        if (type instanceof ParameterizedType of) {
            return of.getRawType() == List.class ? List.of(element(of.getActualTypeArguments()[0])) : Map.of();
        }
        Class<?> raw = (Class<?>) type;
        return raw.isArray() ? array(raw) : raw == Long.class ? 1L : assignable(raw);
    }

    /** Places begin at 0; of all else there is one. */
    private static Object number(Class<?> type, String name) {
        boolean place =
                Set.of("t", "at", "from", "i", "b", "s", "position", "offset").contains(name);
        if (type == int.class) {
            return place ? 0 : 1;
        }
        if (type == long.class) {
            return 1L;
        }
        return type == boolean.class ? (Object) false : (Object) 0.5;
    }

    private Object array(Class<?> type) {
        Class<?> of = type.getComponentType();
        int length = of == double.class ? 2 : of == boolean.class || !of.isPrimitive() ? 1 : 2;
        Object array = Array.newInstance(of, length);
        if (!of.isPrimitive()) {
            Array.set(array, 0, of.isArray() ? array(of) : of == List.class ? List.of() : assignable(of));
        }
        return array;
    }

    /** A function that answers everything with nothing. */
    private static Object function(Class<?> type) {
        return Proxy.newProxyInstance(Samples.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
            Class<?> result = method.getReturnType();
            return result == double.class ? (Object) 0.0 : result == boolean.class ? (Object) false : null;
        });
    }

    private Object assignable(Class<?> type) {
        @Nullable
        Class<?> found = makers.keySet().stream()
                .filter(type::isAssignableFrom)
                .findFirst()
                .orElse(null);
        if (found == null && type.isInterface()) {
            return function(type);
        }
        return get(Objects.requireNonNull(found, () -> "no sample of " + type + ", expected one in this class"));
    }

    @Override
    public void close() {
        for (Object sample : made.values()) {
            if (sample instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (Exception e) {
                    throw new AssertionError(sample.toString(), e);
                }
            }
        }
    }
}
