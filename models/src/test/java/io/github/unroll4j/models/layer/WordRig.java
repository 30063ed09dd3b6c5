// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import java.util.LinkedHashMap;
import java.util.Map;

/** ids → embedding → LSTM → linear map → L = ⟨Y, R⟩ over the real steps; with errors to plant on the way back. */
final class WordRig implements AutoCloseable {
    static final int V = 5;
    static final int E = 4;
    private static final int T = 4;
    private static final int B = 3;

    /** What the backward pass does wrong. */
    enum Spoilt {
        NOTHING,
        /** The embedding writes its rows where it should add to what the tied map put there. */
        EMBEDDING_OVERWRITES,
        /** The tied map writes where it should add. */
        MAP_OVERWRITES,
        /** The rows are added to without being named, so that nobody clears them. */
        ROWS_NOT_NAMED,
        /** Of a token that occurs several times the last occurrence counts. */
        LAST_OCCURRENCE_ONLY,
        /** The mask of the way forward is left out. */
        MASK_FORGOTTEN,
        /** The mask is applied without its factor. */
        MASK_NOT_SCALED
    }

    final Embedding embedding;
    final Linear map;
    final Parameters parameters;
    private final HoistedLayer layer;
    private final double rowDropout;
    private final Spoilt spoilt;
    // 3 occurs three times in two rows, once at a padded step; 9 is no id, but padding
    private final Sequence.Ids ids = Sequence.ids(new int[] {3, 0, 9, 1, 3, 9, 3, 2, 9, 4, 3, 9}, T, B);
    private final Lengths lengths = Lengths.of(T, 4, 2, 0);
    private final State s0;
    private State dS0;
    private final Vec R;

    WordRig(Dtype dtype, boolean tied, double rowDropout, Spoilt spoilt) {
        this.rowDropout = rowDropout;
        this.spoilt = spoilt;
        Parameters.Builder p = Parameters.builder();
        embedding = new Embedding("embedding", V, E, rowDropout, p);
        layer = new HoistedLayer(new LstmCell(E), E, p);
        map = tied ? new Linear("head", embedding.W(), p) : new Linear("head", E, V, p);
        Rng rng = Rng.seeded(1);
        parameters = p.build(dtype, rng);
        LayerCase.shake(parameters, rng);
        rng = Rng.seeded(2); // the same numbers whatever was declared
        s0 = Numbers.randomise(layer.zeroState(B), rng);
        dS0 = s0.zerosLike();
        R = Numbers.random(dtype, rng, T, B, V).data();
        for (int t = 0; t < T; t++) {
            for (int b = 0; b < B; b++) {
                if (lengths.padded(t, b)) {
                    R.fill((t * B + b) * V, V, 0);
                }
            }
        }
    }

    /** The same masks in every pass. */
    private Pass pass() {
        Pass quiet = Pass.of(lengths);
        return rowDropout > 0 ? quiet.with(Noise.of(Rng.seeded(4))) : quiet;
    }

    private Run run() {
        return layer.forward(embedding.forward(ids, pass()), s0, pass());
    }

    double loss() {
        return Numbers.dot(Tensor.of(map.forward(run().H()).copy(), T, B, V), Tensor.of(R, T, B, V));
    }

    void backward(double upstream) {
        Run run = run();
        Vec dY = map.forward(run.H());
        dY.copy(0, R, 0, R.length());
        dY.scale(0, R.length(), upstream);
        if (spoilt == Spoilt.MAP_OVERWRITES) {
            clearTable();
        }
        Slab dH = map.backward(dY);
        Run.Grad grad = layer.backward(run, dH, s0.zerosLike());
        dS0 = grad.dS0();
        switch (spoilt) {
            case NOTHING, MAP_OVERWRITES -> embedding.backward(grad.dX());
            case EMBEDDING_OVERWRITES -> {
                clearTable();
                embedding.backward(grad.dX());
            }
            default -> wrongRows(grad.dX().toTensor().data());
        }
    }

    private void clearTable() {
        parameters.gradients().fill(embedding.W().offset(), embedding.W().size(), 0);
    }

    private void wrongRows(Vec dX) {
        double[] X = embedding.forward(ids, pass()).toTensor().data().toDoubles();
        for (int i = 0; i < T * B; i++) {
            if (lengths.padded(i / B, i % B)) {
                continue;
            }
            int at = embedding.W().offset() + ids.ids()[i] * E;
            boolean dropped = X[i * E] == 0;
            if (spoilt != Spoilt.ROWS_NOT_NAMED) {
                embedding.W().rows().add(ids.ids()[i]);
            }
            switch (spoilt) {
                case LAST_OCCURRENCE_ONLY -> parameters.gradients().copy(at, dX, i * E, E);
                case MASK_NOT_SCALED -> parameters.gradients().addScaled(at, dropped ? 0 : 1, dX, i * E, E);
                default -> parameters.gradients().add(at, dX, i * E, E);
            }
        }
    }

    GradientCheck check() {
        GradientCheck check = GradientCheck.of(this::loss, this::backward).parameters(parameters);
        for (String part : s0.names()) {
            check.input(part + "0", s0.part(part), () -> dS0.part(part));
        }
        return check;
    }

    /** Logits and every gradient. */
    Map<String, double[]> outcome() {
        Map<String, double[]> all = new LinkedHashMap<>();
        all.put("Y", map.forward(run().H()).toDoubles());
        parameters.zeroGradients();
        backward(1);
        parameters.list().forEach(p -> all.put(p.name(), p.gradientCopy()));
        return all;
    }

    @Override
    public void close() {
        embedding.close();
        layer.close();
        map.close();
    }
}
