// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.OneThread;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.text.WordVectors;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table with a vector for every token, looked up by id.
 *
 * <pre>
 * (1)  X[t,b] = m[id] W[id]         id = ids[t,b]; W [V,E], X [T,B,E]; zeros at padded steps
 * (1') dW[id] += m[id] dX[t,b]      for every real step (t,b): what a token that occurs twice got is summed
 * </pre>
 *
 * <p>m is embedding dropout (Gal and Ghahramani 2016, section 4.2; Merity, Keskar and Socher 2018, section 4.3): one
 * number per token and pass, 0 with probability rate and otherwise 1/(1-rate), so that a dropped token is gone from the
 * whole pass, wherever it occurs. m is 1 where the pass has no noise. Numbers are drawn for the tokens that occur, in
 * the order in which they first occur, not for all V.
 *
 * <p>The gradient is row-sparse: (1') names the rows it adds to in {@link Parameter#rows()}, and clearing them costs no
 * more. A dropped token's row is not touched.
 *
 * <p>Starts from normal numbers of deviation 1/√E, rows of length about 1, so that a {@link Linear} tied to the table
 * starts with logits of order one whatever E is. PyTorch starts at deviation 1, the notebooks at 0.01 and with
 * attention at √(2/(V+E)), the small model of Zaremba et al. (2014) uniformly in ±0.1.
 *
 * @since 0.1.0
 */
public final class Embedding implements AutoCloseable {
    private final Parameter W;
    private final double rowDropout;
    private final Slab X;
    private final OneThread user = new OneThread(this::name);
    private @Nullable TokenMask mask;
    /** The pass of the latest forward, and its mask if it has one. */
    private Sequence.@Nullable Ids ids;

    private Lengths lengths = Lengths.full(1, 1);
    private @Nullable TokenMask drawn;

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
        Objects.requireNonNull(name, "name");
        if (vocabulary < 1 || size < 1) {
            throw new IllegalArgumentException("Embedding(" + name + "): V=" + vocabulary + " and E=" + size
                    + ", expected a vocabulary and vectors of at least 1.");
        }
        this.rowDropout = Noise.requireRate("Embedding(" + name + ")", "rowDropout", rowDropout);
        W = p.scope(name).addRowSparse("W", "V,E", Init.normal(1 / Math.sqrt(size)), vocabulary, size);
        X = new Slab(size);
    }

    /**
     * A second use of a table, such as that of an encoder in its decoder: a look-up of its own into the same weights,
     * whose gradient adds to the same rows.
     *
     * @param table the table [V,E] of another embedding
     * @param rowDropout probability that a token is dropped from a pass with noise, 0 for never
     * @throws io.github.unroll4j.core.tensor.ShapeException if the table is not a matrix
     * @throws IllegalArgumentException unless 0 ≤ rowDropout &lt; 1
     */
    public Embedding(Parameter table, double rowDropout) {
        ShapeException.Axis[] axes = {ShapeException.axis("V", -1), ShapeException.axis("E", -1)};
        ShapeException.require("Embedding", "the table " + table.name(), table.shape(), axes, "");
        this.rowDropout = Noise.requireRate("Embedding(" + table.name() + ")", "rowDropout", rowDropout);
        W = table;
        X = new Slab(table.size(1));
    }

    /** {@return the table [V,E]; row-sparse where an embedding declared it} */
    public Parameter W() {
        return W;
    }

    /** {@return the number of ids V} */
    public int vocabulary() {
        return W.size(0);
    }

    /** {@return the size of a vector E} */
    public int size() {
        return W.size(1);
    }

    /**
     * Looks up a vector for every id.
     *
     * @param ids (Input) [T,B], borrowed until backward; those of padding may be anything
     * @param pass lengths, and noise for embedding dropout
     * @return X [T,B,E], borrowed until the next forward
     * @throws IllegalArgumentException if an id at a real step lies outside 0 to V-1, or the lengths are for another T
     *     or B; nothing has been looked up then
     */
    public Slab forward(Sequence.Ids ids, Pass pass) {
        user.enter("forward");
        try {
            Lengths lengths = pass.lengths();
            ids.requireBelow(where("forward"), vocabulary(), lengths);
            this.ids = ids;
            this.lengths = lengths;
            TokenMask m = pass.noise().isOn() && rowDropout > 0 ? mask().begin(pass.noise()) : null;
            drawn = m;
            int E = size();
            Vec rows = X.resize(W.owner().dtype(), ids.steps(), ids.batch()).write();
            for (int t = 0, i = 0; t < ids.steps(); t++) {
                for (int b = 0; b < ids.batch(); b++, i++) {
                    int id = ids.ids()[i];
                    if (lengths.padded(t, b) || (m != null && m.drops(id))) {
                        rows.fill(i * E, E, 0);
                        continue;
                    }
                    rows.copy(i * E, W.values(), W.offset() + id * E, E); // (1)  X[t,b] = m[id] W[id]
                    if (m != null) {
                        rows.scale(i * E, E, m.scale());
                    }
                }
            }
            return X;
        } finally {
            user.exit();
        }
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
        Objects.requireNonNull(dX, "dX");
        user.enter("backward");
        try {
            Sequence.Ids of = ids;
            if (of == null) {
                throw new IllegalStateException(where("backward") + ": called before forward.");
            }
            int E = size();
            Vec d = X.requireGradient(where("backward"), "dX", "E", dX).read();
            TokenMask m = drawn;
            for (int t = 0, i = 0; t < of.steps(); t++) {
                for (int b = 0; b < of.batch(); b++, i++) {
                    int id = of.ids()[i];
                    if (lengths.padded(t, b) || (m != null && m.drops(id))) {
                        continue;
                    }
                    W.rows().add(id);
                    // (1') dW[id] += m[id] dX[t,b]
                    W.gradients().addScaled(W.offset() + id * E, m == null ? 1 : m.scale(), d, i * E, E);
                }
            }
        } finally {
            user.exit();
        }
    }

    /**
     * Takes over the vectors that a file has for the tokens of the model's vocabulary; the rows of the others stay as
     * they are.
     *
     * @param vectors read for the vocabulary whose ids this table is looked up by
     * @return the number of rows that were set
     * @throws io.github.unroll4j.core.tensor.ShapeException if the vectors are of another size or for another number of
     *     tokens; nothing has changed then
     */
    public int load(WordVectors vectors) {
        ShapeException.Axis[] axes = {ShapeException.axis("V", vocabulary()), ShapeException.axis("E", size())};
        int[] found = {vectors.tokens(), vectors.size()};
        ShapeException.require(where("load"), "the table of " + vectors, found, axes, "");
        W.owner().write(values -> {
            for (int id = 0; id < vocabulary(); id++) {
                float[] row = vectors.has(id) ? vectors.vector(id) : new float[0];
                for (int e = 0; e < row.length; e++) {
                    values.set(W.offset() + id * size() + e, row[e]);
                }
            }
        });
        return vectors.found();
    }

    private String name() {
        return "Embedding(" + W.name() + ")";
    }

    private String where(String method) {
        return name() + "." + method;
    }

    private TokenMask mask() {
        if (mask == null) {
            mask = new TokenMask(vocabulary(), rowDropout);
        }
        return mask;
    }

    /** Frees native memory; a second call does nothing. */
    @Override
    public void close() {
        user.enter("close");
        try {
            X.close();
            ids = null;
        } finally {
            user.exit();
        }
    }
}
