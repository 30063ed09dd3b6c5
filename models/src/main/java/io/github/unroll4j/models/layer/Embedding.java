// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.Shapes;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.text.WordVectors;
import org.jspecify.annotations.Nullable;

/**
 * A table with a vector for every token, looked up by id.
 *
 * <pre>
 * (1)  X[t,b] = m[id] W[id]         id = ids[t,b]; W [V,E], X [T,B,E]; zeros at padded steps
 * (1') dW[id] += m[id] dX[t,b]      for every real step (t,b): what a token that occurs twice got is summed
 * </pre>
 *
 * <p>m is embedding dropout (Gal and Ghahramani 2016, section 4.2; Merity, Keskar and Socher 2018, section 4.3): one number
 * per token and pass, 0 with probability rate and otherwise 1/(1-rate), so that a dropped token is gone from the whole pass,
 * wherever it occurs. m is 1 where the pass has no noise. Numbers are drawn for the tokens that occur, in the order in which
 * they first occur, not for all V.
 *
 * <p>The gradient is row-sparse: (1') names the rows it adds to in {@link Parameter#rows()}, and clearing them costs no more. A
 * dropped token's row is not touched.
 *
 * <p>Starts from normal numbers of deviation 1/√E, rows of length about 1, so that a {@link Linear} tied to the table starts
 * with logits of order one whatever E is. PyTorch starts at deviation 1, the notebooks at 0.01, the
 * small model of Zaremba et al. (2014) uniformly in ±0.1.
 */
public final class Embedding implements AutoCloseable {
    private final Parameter W;
    private final double rowDropout;
    private @Nullable Buffers buffers;
    private @Nullable RowMask mask;

    /**
     * Declares the table, row-sparse.
     *
     * @param name scope of the parameter name
     * @param vocabulary number of ids V
     * @param size size of a vector E
     * @param rowDropout probability that a token is dropped from a pass with noise, 0 for never
     * @param p where to declare
     * @throws IllegalArgumentException unless V and E are at least 1 and 0 ≤ rowDropout &lt; 1
     */
    public Embedding(String name, int vocabulary, int size, double rowDropout, Parameters.Builder p) {
        if (vocabulary < 1 || size < 1) {
            throw new IllegalArgumentException("Embedding(" + name + "): V=" + vocabulary + " and E=" + size
                    + ", expected a vocabulary and vectors of at least 1.");
        }
        this.rowDropout = Noise.requireRate("Embedding(" + name + ")", "rowDropout", rowDropout);
        W = p.scope(name).addRowSparse("W", "V,E", Init.normal(1 / Math.sqrt(size)), vocabulary, size);
    }

    /**
     * A second use of a table, such as that of an encoder in its decoder: a look-up of its own into the same weights, whose gradient
     * adds to the same rows.
     *
     * @param table the table [V,E] of another embedding
     * @param rowDropout probability that a token is dropped from a pass with noise, 0 for never
     * @throws io.github.unroll4j.core.tensor.ShapeException if the table is not a matrix
     * @throws IllegalArgumentException unless 0 ≤ rowDropout &lt; 1
     */
    public Embedding(Parameter table, double rowDropout) {
        Shapes.Axis[] axes = {Shapes.axis("V", -1), Shapes.axis("E", -1)};
        Shapes.require("Embedding", "the table " + table.name(), table.shape(), axes, "");
        this.rowDropout = Noise.requireRate("Embedding(" + table.name() + ")", "rowDropout", rowDropout);
        W = table;
    }

    /** The table [V,E]; row-sparse where an embedding declared it. */
    public Parameter W() {
        return W;
    }

    /** The number of ids V. */
    public int vocabulary() {
        return W.size(0);
    }

    /** The size of a vector E. */
    public int size() {
        return W.size(1);
    }

    /**
     * Looks up a vector for every id.
     *
     * @param ids (Input) [T,B], borrowed until backward; those of padding may be anything
     * @param pass lengths, and noise for embedding dropout
     * @return X [T,B,E], borrowed until the next forward
     * @throws IllegalArgumentException if an id at a real step lies outside 0 to V-1, or the lengths are for another T or B; nothing
     *     has been looked up then
     */
    public Slab forward(Sequence.Ids ids, Pass pass) {
        Lengths lengths = pass.lengths();
        ids.requireBelow(where("forward"), vocabulary(), lengths);
        Buffers buf = prepare(ids, lengths);
        RowMask m = pass.noise().isOn() && rowDropout > 0 ? mask().begin(pass.noise()) : null;
        buf.mask = m;
        int E = size();
        for (int t = 0, i = 0; t < ids.steps(); t++) {
            for (int b = 0; b < ids.batch(); b++, i++) {
                int id = ids.ids()[i];
                if (lengths.padded(t, b) || (m != null && m.drops(id))) {
                    buf.heap.fill(i * E, E, 0);
                    continue;
                }
                buf.heap.copy(i * E, W.values(), W.offset() + id * E, E); // (1)  X[t,b] = m[id] W[id]
                if (m != null) {
                    buf.heap.scale(i * E, E, m.scale());
                }
            }
        }
        buf.X.rows().put(buf.heap, 0);
        return buf.X;
    }

    /**
     * Adds the gradient of the latest {@link #forward} to the rows of the table.
     *
     * @param dX (Input) [T,B,E], a slab or a tensor; what it holds at padded steps does not matter
     * @throws IllegalStateException before the first forward
     * @throws io.github.unroll4j.core.tensor.ShapeException if dX has another shape
     * @throws IllegalArgumentException if dX is token ids or of another element type
     */
    public void backward(Sequence dX) {
        Buffers buf = buffers;
        if (buf == null) {
            throw new IllegalStateException(where("backward") + ": called before forward.");
        }
        Vec d = buf.heapOf(dX);
        int E = size();
        for (int t = 0, i = 0; t < buf.ids.steps(); t++) {
            for (int b = 0; b < buf.ids.batch(); b++, i++) {
                int id = buf.ids.ids()[i];
                if (buf.lengths.padded(t, b) || (buf.mask != null && buf.mask.drops(id))) {
                    continue;
                }
                W.rows().add(id);
                // (1') dW[id] += m[id] dX[t,b]
                W.gradients().addScaled(W.offset() + id * E, buf.mask == null ? 1 : buf.mask.scale(), d, i * E, E);
            }
        }
    }

    /**
     * Takes over the vectors that a file has for the tokens of the model's vocabulary; the rows of the others stay as they are.
     *
     * @param vectors read for the vocabulary whose ids this table is looked up by
     * @return the number of rows that were set
     * @throws io.github.unroll4j.core.tensor.ShapeException if the vectors are of another size or for another number of tokens;
     *     nothing has changed then
     */
    public int load(WordVectors vectors) {
        Shapes.Axis[] axes = {Shapes.axis("V", vocabulary()), Shapes.axis("E", size())};
        int[] found = {vectors.tokens(), vectors.size()};
        Shapes.require(where("load"), "the table of " + vectors, found, axes, "");
        for (int id = 0; id < vocabulary(); id++) {
            float[] row = vectors.has(id) ? vectors.vector(id) : new float[0];
            for (int e = 0; e < row.length; e++) {
                W.values().set(W.offset() + id * size() + e, row[e]);
            }
        }
        W.owner().changed();
        return vectors.found();
    }

    private String where(String method) {
        return "Embedding(" + W.name() + ")." + method;
    }

    private RowMask mask() {
        if (mask == null) {
            mask = new RowMask(vocabulary(), rowDropout);
        }
        return mask;
    }

    private Buffers prepare(Sequence.Ids ids, Lengths lengths) {
        int rows = ids.steps() * ids.batch();
        Buffers buf = buffers;
        if (buf == null || rows > buf.capacity) {
            close();
            buf = new Buffers(rows, ids, lengths);
            buffers = buf;
        }
        buf.take(ids, lengths);
        return buf;
    }

    /** Frees native memory; a second call does nothing. */
    @Override
    public void close() {
        if (buffers != null) {
            buffers.memory.close();
            buffers = null;
        }
    }

    /** Native and heap memory for up to so many rows T·B, and what the latest forward was about. */
    private final class Buffers {
        final int capacity;
        final NativeArray memory;
        /** X on its way to native memory, dX on its way from there. */
        final Vec heap;

        Slab X;
        Sequence.Ids ids;
        Lengths lengths;

        @Nullable
        RowMask mask;

        Buffers(int rows, Sequence.Ids ids, Lengths lengths) {
            capacity = rows;
            memory = NativeArray.allocate(W.owner().dtype(), (long) rows * size());
            heap = Vec.zeros(W.owner().dtype(), Shapes.count(rows, size()));
            X = slab(ids);
            this.ids = ids;
            this.lengths = lengths;
        }

        private Slab slab(Sequence.Ids of) {
            return new Slab(memory.matrix(0, of.steps() * of.batch(), size()), of.steps(), of.batch());
        }

        void take(Sequence.Ids newIds, Lengths newLengths) {
            if (X.steps() != newIds.steps() || X.batch() != newIds.batch()) {
                X = slab(newIds);
            }
            ids = newIds;
            lengths = newLengths;
        }

        /** The numbers of dX on the heap, [T,B,E]. */
        Vec heapOf(Sequence dX) {
            if (dX instanceof Slab slab) {
                require(
                        new int[] {dX.steps(), dX.batch(), slab.width()},
                        slab.rows().dtype());
                slab.rows().get(heap, 0);
                return heap;
            }
            if (dX instanceof Sequence.Dense numbers) {
                require(numbers.X().shape(), numbers.X().dtype());
                return numbers.X().data();
            }
            throw new IllegalArgumentException(where("backward") + ": dX is token ids, expected numbers [T,B,E].");
        }

        private void require(int[] found, Dtype dtype) {
            Shapes.Axis[] axes = {Shapes.axis("T", ids.steps()), Shapes.axis("B", ids.batch()), Shapes.axis("E", size())
            };
            Shapes.require(where("backward"), "dX", found, axes, "");
            if (dtype != heap.dtype()) {
                throw new IllegalArgumentException(
                        where("backward") + ": dX is " + dtype + ", expected " + heap.dtype() + " as the table is.");
            }
        }
    }
}
