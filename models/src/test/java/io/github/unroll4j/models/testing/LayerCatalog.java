// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.CellStepper;
import io.github.unroll4j.models.cell.StepCell;
import io.github.unroll4j.models.gru.GruFormulation;
import io.github.unroll4j.models.gru.GruResetBeforeCell;
import io.github.unroll4j.models.layer.Embedded;
import io.github.unroll4j.models.layer.Embedding;
import io.github.unroll4j.models.lstm.ProjectedLstmCell;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.Bidirectional.Merge;
import io.github.unroll4j.models.sequence.Dropout;
import io.github.unroll4j.models.sequence.Dropout.Mask;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Residual;
import io.github.unroll4j.models.sequence.Stack;
import io.github.unroll4j.models.sequence.Unrolled;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Every kind of layer over every cell, for tests that hold for all: a new kind or step cell is one new line here, a new pointwise cell
 * one in {@link CellCatalog}, and a test fails until it is.
 */
public final class LayerCatalog {
    /** Size of an input row, and the number of ids where the input is ids. */
    public static final int D = 3;

    /** What a test has to know about a layer. */
    public enum Trait {
        /** The input is token ids. */
        IDS,
        /** Draws masks where there is noise. */
        NOISE,
        /** An output depends on later inputs, so that a sequence cannot be run in parts. */
        SEES_THE_END,
        /** Runs step by step too: a {@code Stepwise} with nothing inside that is not. */
        STEPWISE,
        /** Stands for its kind: every single derivative is compared, not random directions only. */
        IN_FULL,
        /** Normalises two or three numbers, whose third derivatives are large: finite differences are cut off early. */
        STEEP
    }

    /**
     * One way to make a layer.
     *
     * @param name for the name of the test
     * @param traits what a test has to know
     * @param declare makes the layer
     */
    public record Entry(String name, Set<Trait> traits, Function<Parameters.Builder, Recurrent> declare) {
        /** Whether it has a trait. */
        public boolean has(Trait trait) {
            return traits.contains(trait);
        }

        /** The layer with weights of its own, equal for equal seeds. */
        public Built<Recurrent> build(Dtype dtype, long seed) {
            return Built.of(dtype, seed, declare);
        }

        /** Random numbers or ids for the layer, with noise if it takes any. */
        public LayerCase random(Recurrent layer, Dtype dtype, Lengths lengths) {
            Rng rng = Rng.seeded(2);
            LayerCase quiet = has(Trait.IDS)
                    ? LayerCase.random(layer, dtype, LayerCase.randomIds(layer, lengths, rng), lengths, rng)
                    : LayerCase.random(layer, dtype, lengths, rng);
            return has(Trait.NOISE) ? quiet.withNoise(3) : quiet;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** What a layer is built from: the engine over a pointwise cell, or the plain loop over a step cell. */
    private record Base(String name, LayerFactory layer, Set<Trait> traits) {}

    /** What is built from it. */
    private record Kind(String name, Set<Trait> traits, BiFunction<LayerFactory, Parameters.Builder, Recurrent> over) {
        Entry of(Base base) {
            EnumSet<Trait> all = EnumSet.noneOf(Trait.class);
            all.addAll(traits);
            all.addAll(base.traits);
            if (!all.contains(Trait.SEES_THE_END) && !all.contains(Trait.IDS)) { // a step takes numbers
                all.add(Trait.STEPWISE);
            }
            return new Entry(base.name + ", " + name, all, p -> over.apply(base.layer, p));
        }
    }

    /** Makes a step cell. */
    @FunctionalInterface
    interface StepCells {
        StepCell<?> create(int inputSize, int hidden, Parameters.Builder p);
    }

    private static final List<StepCells> STEP_CELLS = List.of(
            (in, hidden, p) -> new GruResetBeforeCell(hidden, in, GruFormulation.CHO_2014, p),
            (in, hidden, p) -> new GruResetBeforeCell(hidden, in, GruFormulation.BAHDANAU_2014, p),
            (in, hidden, p) -> new ProjectedLstmCell(new ProjectedLstmCell.Size(in, hidden + 2, hidden), p));

    private static final Kind ALONE = new Kind("alone", Set.of(), (layer, p) -> layer.create(D, 4, p));

    private static final List<Kind> KINDS = List.of(
            ALONE,
            new Kind("over ids", Set.of(Trait.IDS), (layer, p) -> layer.create(D, 4, p)),
            new Kind("embedded", Set.of(Trait.IDS, Trait.NOISE), LayerCatalog::embedded),
            new Kind("stack of 1", Set.of(), (layer, p) -> new Stack(List.of(layer.create(D, 4, p)))),
            new Kind("stack of 3", Set.of(), LayerCatalog::stack),
            both(Merge.CONCAT, 2),
            both(Merge.SUM, 4),
            both(Merge.MEAN, 4),
            new Kind("both ways over ids", Set.of(Trait.IDS, Trait.SEES_THE_END), (layer, p) -> both(layer, p, 2)),
            new Kind("stack of both ways", Set.of(Trait.SEES_THE_END), LayerCatalog::stackOfBoth),
            new Kind("residual", Set.of(), (layer, p) -> new Residual(layer.create(D, D, p))),
            dropout("before", Mask.PER_STEP, Dropout::before),
            dropout("before", Mask.PER_SEQUENCE, Dropout::before),
            dropout("after", Mask.PER_STEP, Dropout::after),
            dropout("after", Mask.PER_SEQUENCE, Dropout::after));

    private static final RecurrentNoise NOISE = new RecurrentNoise(0.3, 0.2, 0.3, 0.2);

    private LayerCatalog() {}

    private static Recurrent embedded(LayerFactory layer, Parameters.Builder p) {
        return new Embedded(new Embedding("embedding", D, 2, 0.3, p), layer.create(2, 4, p));
    }

    private static Recurrent stack(LayerFactory layer, Parameters.Builder p) {
        return new Stack(List.of(
                layer.create(D, 4, p.scope("l0")),
                layer.create(4, 2, p.scope("l1")),
                layer.create(2, 3, p.scope("l2"))));
    }

    private static Bidirectional both(LayerFactory layer, Parameters.Builder p, int backward) {
        return new Bidirectional(
                layer.create(D, 4, p.scope("fwd")), layer.create(D, backward, p.scope("bwd")), Merge.CONCAT);
    }

    private static Kind both(Merge merge, int backward) {
        return new Kind(
                "both ways, " + merge,
                Set.of(Trait.SEES_THE_END),
                (layer, p) -> new Bidirectional(
                        layer.create(D, 4, p.scope("fwd")), layer.create(D, backward, p.scope("bwd")), merge));
    }

    private static Recurrent stackOfBoth(LayerFactory layer, Parameters.Builder p) {
        Recurrent above = new Bidirectional(
                layer.create(6, 3, p.scope("l1.fwd")), layer.create(6, 3, p.scope("l1.bwd")), Merge.SUM);
        return new Stack(List.of(both(layer, p.scope("l0"), 2), above));
    }

    /** {@link Dropout#before} or {@link Dropout#after}. */
    @FunctionalInterface
    private interface Place {
        Dropout of(Recurrent layer, double rate, Mask mask);
    }

    private static Kind dropout(String name, Mask mask, Place place) {
        return new Kind(
                "dropout " + name + " " + mask,
                Set.of(Trait.NOISE),
                (layer, p) -> place.of(layer.create(D, 4, p), 0.4, mask));
    }

    /** The step cells of the library, each once. */
    static List<StepCells> stepCells() {
        return STEP_CELLS;
    }

    /** Every layer: all kinds over the engine and over the step cells, and the plain loop over every pointwise cell. */
    public static List<Entry> all() {
        List<Entry> all = new ArrayList<>();
        for (CellCatalog.Entry cell : CellCatalog.all()) {
            Set<Trait> traits = traits(cell);
            Base base = new Base(cell.name(), LayerFactory.of(cell.make()), traits);
            KINDS.forEach(kind -> all.add(kind.of(base)));
            Kind noisy = new Kind("recurrent noise", Set.of(Trait.NOISE), ALONE.over);
            all.add(noisy.of(new Base(cell.name(), LayerFactory.of(cell.make(), NOISE), traits)));
            StepCells stepper = (in, hidden, p) -> new CellStepper(cell.make().apply(hidden), in, p);
            all.add(ALONE.of(new Base(cell.name() + ", plain loop", unrolled(stepper), traits)));
        }
        for (StepCells cell : STEP_CELLS) {
            String name = cell.create(1, 1, Parameters.builder()).name() + " " + STEP_CELLS.indexOf(cell);
            KINDS.forEach(kind -> all.add(
                    kind.of(new Base(name, unrolled(cell), kind.equals(ALONE) ? Set.of(Trait.IN_FULL) : Set.of()))));
        }
        return all;
    }

    private static Set<Trait> traits(CellCatalog.Entry cell) {
        if (cell.name().equals("lstm, layer norm")) {
            return Set.of(Trait.STEEP);
        }
        return List.of("lstm", "gru, pytorch").contains(cell.name()) ? Set.of(Trait.IN_FULL) : Set.of();
    }

    private static LayerFactory unrolled(StepCells cells) {
        return (inputSize, hidden, p) -> unrolled(cells.create(inputSize, hidden, p));
    }

    private static <C> Unrolled<C> unrolled(StepCell<C> cell) {
        return new Unrolled<>(cell);
    }
}
