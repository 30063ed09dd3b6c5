// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cells.ContextGruCell;
import io.github.unroll4j.models.internal.OneThread;
import io.github.unroll4j.models.internal.StepMap;
import io.github.unroll4j.models.sequence.Recurrent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From the encoder's last state to the decoder's first, part by part.
 *
 * <pre>
 * (1)  e = the part of the encoder's layer; of one that reads both ways [→e ; ←e], →e + ←e, or ←e alone
 * (2)  s_0 = tanh(e W + b),  or e itself,  or zeros
 * (3)  or by way of a summary: c = tanh(e V), with e of the encoder's top layer's h;  s_0 = tanh(c W)
 * </pre>
 *
 * <p>e [B,K], W [K,N] or in (3) [C,N], b [N], V [K,C], c [B,C], s_0 [B,N]. C is the size of the decoder's h.
 *
 * <p>The part of decoder layer k comes from the part of the same name of encoder layer k, or of the encoder's top layer
 * where it has fewer; a part that the encoder's cell does not have, such as the c of an LSTM over a GRU, comes from h,
 * and so does the {@link ContextGruCell#CONTEXT} of a decoder's cell, which in (3) is c itself. ←e alone with the map
 * is the start of Bahdanau, Cho and Bengio (2015), s_0 = tanh(W_s ←h_1), printed without the b, which starts at zero
 * here. (3) is that of Cho et al. (2014), appendix A.1, c = tanh(V h_S) and h'_0 = tanh(V' c), without biases as
 * printed.
 *
 * @since 0.1.0
 */
public final class Bridge implements AutoCloseable {
    private static final String H = "h";
    private static final String SUMMARY = "c";

    private final Options options;
    private final Map<String, Integer> decoder;
    private final List<Part> parts = new ArrayList<>();
    private @Nullable Part summary;
    private final OneThread user = new OneThread(() -> "Bridge");
    private @Nullable State last;

    /** The map (2). */
    public enum Kind {
        /** s_0 = tanh(e W + b). */
        TANH,
        /** s_0 = e; the sizes must be equal. */
        IDENTITY,
        /** s_0 = 0: the decoder learns of the source through attention only. */
        ZEROS,
        /** c = tanh(e V), s_0 = tanh(c W), equation (3). */
        SUMMARY
    }

    /** What is made of the two states of an encoder that reads both ways; of no effect for one that does not. */
    public enum Directions {
        /** [→e ; ←e]. */
        CONCATENATED,
        /** →e + ←e. */
        SUMMED,
        /** ←e, the state after the first token was read last. */
        BACKWARD
    }

    /**
     * The kind of bridge.
     *
     * @param kind the map
     * @param directions the combination
     */
    public record Options(Kind kind, Directions directions) {
        /**
         * Requires what is not optional.
         *
         * @param kind {@link #kind()}
         * @param directions {@link #directions()}
         */
        public Options {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(directions, "directions");
        }
    }

    /**
     * Declares a bridge.
     *
     * @param options the kind
     * @param encoder the encoder's layers
     * @param decoder the decoder's layers
     * @param p where to declare
     * @throws IllegalArgumentException if an identity or a sum does not fit the sizes
     */
    public Bridge(Options options, Recurrent encoder, Recurrent decoder, Parameters.Builder p) {
        this.options = options;
        this.decoder = decoder.stateSizes();
        Parameters.Builder scope = p.scope("bridge");
        if (options.kind() == Kind.ZEROS) {
            return;
        }
        List<Recurrent.CellState> from = encoder.cells();
        List<Recurrent.CellState> cells = decoder.cells();
        if (options.kind() == Kind.SUMMARY) {
            List<String> e = sources(from.get(from.size() - 1), H);
            int C = size(cells.get(0).h().get(0));
            Part c = new Part(e, width(e, encoder.stateSizes()), C);
            c.declare("V", "K,C", scope);
            summary = c;
            cells.forEach(cell -> cell.names()
                    .forEach((part, names) -> names.forEach(name -> {
                        Part of = new Part(List.of(SUMMARY), C, size(name));
                        if (!part.equals(ContextGruCell.CONTEXT) || size(name) != C) {
                            of.declare("W", "C,N", scope.scope(name));
                        }
                        parts.add(of);
                    })));
            return;
        }
        for (int k = 0; k < cells.size(); k++) {
            Recurrent.CellState below = from.get(Math.min(k, from.size() - 1));
            cells.get(k)
                    .names()
                    .forEach((part, names) ->
                            names.forEach(name -> declare(name, sources(below, part), encoder.stateSizes(), scope)));
        }
    }

    private int size(String name) {
        return Objects.requireNonNull(decoder.get(name));
    }

    private void declare(String name, List<String> sources, Map<String, Integer> encoder, Parameters.Builder scope) {
        int to = size(name);
        int from = width(sources, encoder);
        if (options.kind() == Kind.IDENTITY && from != to) {
            throw new IllegalArgumentException("Bridge: the decoder's " + name + " has size " + to
                    + ", what comes from the encoder's " + sources + " has size " + from
                    + "; an identity needs equal sizes, take TANH or other sizes.");
        }
        Part part = new Part(sources, from, to);
        if (options.kind() == Kind.TANH) {
            part.declare("W", "K,N", scope.scope(name));
            part.declareBias(scope.scope(name));
        }
        parts.add(part);
    }

    /** The parts of the encoder's state that a part of a decoder's cell comes from. */
    private List<String> sources(Recurrent.CellState encoder, String part) {
        // an encoder's cell with a context of its own has nothing in it
        List<String> ways = part.equals(ContextGruCell.CONTEXT) ? encoder.h() : encoder.partOrH(part);
        boolean backward = options.directions() == Directions.BACKWARD;
        return backward ? ways.subList(ways.size() - 1, ways.size()) : ways;
    }

    private int width(List<String> sources, Map<String, Integer> encoder) {
        int width = 0;
        for (String source : sources) {
            int one = Objects.requireNonNull(encoder.get(source));
            if (options.directions() == Directions.SUMMED && width > 0 && one != width) {
                throw new IllegalArgumentException("Bridge: the encoder's " + sources + " have sizes " + width + " and "
                        + one + "; a sum needs equal sizes, take CONCATENATED or BACKWARD.");
            }
            width = options.directions() == Directions.CONCATENATED ? width + one : one;
        }
        return width;
    }

    /**
     * The decoder's first state.
     *
     * @param last the encoder's last state, kept until backward
     * @return a new state of the decoder's layers
     */
    public State forward(State last) {
        user.enter("forward");
        try {
            this.last = last;
            if (options.kind() == Kind.ZEROS) {
                int[] sizes = decoder.values().stream().mapToInt(n -> n).toArray();
                int B = last.h().size(0);
                return State.zeros(List.copyOf(decoder.keySet()), last.h().dtype(), B, sizes);
            }
            State from = last;
            if (summary != null) {
                from = new State(List.of(SUMMARY), List.of(summary.forward(last))); // (3)
            }
            List<Tensor> start = new ArrayList<>();
            for (Part part : parts) {
                start.add(part.forward(from));
            }
            return new State(List.copyOf(decoder.keySet()), start);
        } finally {
            user.exit();
        }
    }

    /**
     * Goes back over the latest forward; adds to the gradients of the parameters.
     *
     * @param dStart gradient of the decoder's first state
     * @return gradient of the encoder's last state
     */
    public State backward(State dStart) {
        Objects.requireNonNull(dStart, "dStart");
        user.enter("backward");
        try {
            if (last == null) {
                throw new IllegalStateException("Bridge.backward: called before forward.");
            }
            State dLast = last.zerosLike();
            State dFrom = summary == null
                    ? dLast
                    : State.zeros(
                            List.of(SUMMARY), dStart.h().dtype(), dStart.h().size(0), summary.to);
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).backward(dStart.parts().get(i), dFrom);
            }
            if (summary != null) {
                summary.backward(dFrom.h(), dLast); // (3') dc is the sum over its readers, the parts of the state
            }
            return dLast;
        } finally {
            user.exit();
        }
    }

    @Override
    public void close() {
        user.enter("close");
        try {
            parts.forEach(Part::close);
            if (summary != null) {
                summary.close();
            }
        } finally {
            user.exit();
        }
    }

    /** The bridge of one part of the decoder's state. */
    private final class Part {
        private final List<String> sources;
        private final int from;
        private final int to;
        private @Nullable StepMap map;
        private @Nullable Parameter b;
        private @Nullable Tensor start;

        /** A part that is e itself, of equal sizes, until a map is declared. */
        Part(List<String> sources, int from, int to) {
            this.sources = sources;
            this.from = from;
            this.to = to;
        }

        void declare(String name, String axes, Parameters.Builder p) {
            map = new StepMap(p.add(name, axes, Init.glorotUniform(), from, to));
        }

        void declareBias(Parameters.Builder p) {
            b = p.add("b", "N", Init.zeros(), to);
        }

        Tensor forward(State last) {
            int B = last.h().size(0);
            Tensor e = Tensor.zeros(last.h().dtype(), B, from);
            int at = 0;
            for (String source : sources) { // (1)
                Tensor part = last.part(source);
                int width = part.size(1);
                for (int row = 0; row < B; row++) {
                    e.data().add(row * from + at, part.data(), row * width, width);
                }
                at += options.directions() == Directions.CONCATENATED ? width : 0;
            }
            start = e;
            if (map != null) { // (2)
                Tensor z = Tensor.zeros(e.dtype(), B, to);
                map.begin(1, B);
                map.forward(0, e.data(), z.data());
                for (int row = 0; row < B && b != null; row++) {
                    z.data().add(row * to, b.values(), b.offset(), to);
                }
                z.data().tanh(z.data());
                start = z;
            }
            return start.copy();
        }

        void backward(Tensor dStart, State dLast) {
            int B = dStart.size(0);
            Vec d = dStart.data();
            if (map != null && start != null) {
                Vec dz = d.copy();
                dz.tanhBackward(dz, start.data()); // (2')
                for (int row = 0; row < B && b != null; row++) {
                    b.gradients().add(b.offset(), dz, row * to, to);
                }
                d = Vec.zeros(dz.dtype(), B * from);
                map.backwardAdd(0, dz, d);
                map.end();
            }
            int at = 0;
            for (String source : sources) { // (1')
                Tensor part = dLast.part(source);
                int width = part.size(1);
                Columns.add(part.data(), width, d, from, at);
                at += options.directions() == Directions.CONCATENATED ? width : 0;
            }
        }

        void close() {
            if (map != null) {
                map.close();
            }
        }
    }
}
