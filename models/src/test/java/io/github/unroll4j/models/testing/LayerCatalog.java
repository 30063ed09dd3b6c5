// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.layer.Embedded;
import io.github.unroll4j.models.layer.Embedding;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Every kind of layer over every cell in both runners, for tests that hold for all: a new kind is one new line here, a
 * new cell one in {@link CellCatalog}, and a test fails until it is.
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

    /** What a layer is built from: a cell in one of its runners. */
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

    /** Every layer: all kinds over every cell, in the engine and in the plain loop. */
    public static List<Entry> all() {
        List<Entry> all = new ArrayList<>();
        for (CellCatalog.Entry cell : CellCatalog.all()) {
            LayerFactory engine = CellLayers.of(cell.make());
            addAll(all, cell, cell.name(), engine);
            addAll(all, cell, cell.name() + ", plain loop", engine.plain());
        }
        return all;
    }

    private static void addAll(List<Entry> all, CellCatalog.Entry cell, String name, LayerFactory layer) {
        KINDS.forEach(kind -> all.add(kind.of(new Base(name, layer, traits(cell, kind)))));
        Kind noisy = new Kind("recurrent noise", Set.of(Trait.NOISE), ALONE.over);
        all.add(noisy.of(new Base(name, layer.with(NOISE), traits(cell, noisy))));
    }

    private static Set<Trait> traits(CellCatalog.Entry cell, Kind kind) {
        if (cell.name().equals("lstm, layer norm")) {
            return Set.of(Trait.STEEP);
        }
        boolean stands = List.of("lstm", "gru, pytorch").contains(cell.name())
                || (kind.equals(ALONE)
                        && !cell.make().apply(1).layout().products().isEmpty());
        return stands ? Set.of(Trait.IN_FULL) : Set.of();
    }
}
