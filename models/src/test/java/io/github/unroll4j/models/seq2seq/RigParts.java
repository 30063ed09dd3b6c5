// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.Attention;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cells.ContextGruCell;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Stack;
import io.github.unroll4j.models.sequence.Stepwise;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Parts of rigs over one cell of {@value #H} units.
 *
 * @param cell the cell of both sides
 * @param around what is put around the layers of the decoder
 */
record RigParts(IntFunction<Cell> cell, UnaryOperator<Stepwise> around) {
    static final int H = 4;
    static final RigParts GRU = new RigParts(GruCell::new, layers -> layers);
    static final RigParts LSTM = new RigParts(LstmCell::new, layers -> layers);
    static final RigParts RNN = new RigParts(hidden -> new RnnCell(hidden, RnnCell.Activation.TANH), layers -> layers);

    /** A decoder that holds the summary in its state; in the encoder, whose state starts at zero, the same cell. */
    static final RigParts HOLDING = new RigParts(ContextGruCell::new, layers -> layers);

    private static final Lengths SOURCES = Lengths.of(4, 4, 0, 2);
    private static final Lengths TARGETS = Lengths.of(4, 2, 3, 1);

    RigParts around(UnaryOperator<Stepwise> layers) {
        return new RigParts(cell, layers);
    }

    private Stack stack(int inputSize, int layers, Parameters.Builder p) {
        return new Stack(IntStream.range(0, layers)
                .mapToObj(i -> new HoistedLayer(cell.apply(H), i == 0 ? inputSize : H, p.scope("l" + i)))
                .toList());
    }

    DecoderRig.Decoders luong(Score score, Focus focus, boolean feeding, int layers) {
        return (M, p) -> {
            var kind = new AttentionKind.Luong(AttentionKind.ScoreName.OWN, 0, focus, feeding, feeding);
            Stepwise inside = around.apply(stack(DecoderRig.E + (feeding ? H : 0), layers, p));
            return new LuongDecoder(inside, new Attention(score, focus, H, M, p), M, kind, p);
        };
    }

    DecoderRig.Decoders bahdanau(int maxout, int layers) {
        return (M, p) -> new BahdanauDecoder(
                around.apply(stack(DecoderRig.E + M, layers, p)),
                new Attention(new AdditiveScore(5), Focus.global(), H, M, p),
                M,
                maxout,
                p);
    }

    DecoderRig.Decoders plain(int summary, int maxout, int layers) {
        return (M, p) -> new PlainDecoder(around.apply(stack(DecoderRig.E + summary, layers, p)), summary, maxout, p);
    }

    /** Over layers that take the summary into their state. */
    DecoderRig.Decoders holding(int maxout, int layers) {
        return (M, p) -> new PlainDecoder(around.apply(stack(DecoderRig.E, layers, p)), M, maxout, p);
    }

    private Recurrent encoder(boolean both, int i, int inputSize, Parameters.Builder p) {
        int in = i == 0 ? inputSize : both ? 2 * H : H;
        return both
                ? new Bidirectional(
                        new HoistedLayer(cell.apply(H), in, p.scope("fwd")),
                        new HoistedLayer(cell.apply(H), in, p.scope("bwd")),
                        Bidirectional.Merge.CONCAT)
                : new HoistedLayer(cell.apply(H), in, p);
    }

    /** Unequal lengths on both sides, one source of length 0. */
    DecoderRig rig(boolean both, int layers, Bridge.Options bridge, DecoderRig.Decoders decoder) {
        Stack state = stack(1, layers, Parameters.builder());
        DecoderRig.Layers encoder = (inputSize, p) -> new Stack(IntStream.range(0, layers)
                .mapToObj(i -> encoder(both, i, inputSize, p.scope("l" + i)))
                .toList());
        return new DecoderRig(encoder, decoder, bridge, state, SOURCES, TARGETS);
    }
}
