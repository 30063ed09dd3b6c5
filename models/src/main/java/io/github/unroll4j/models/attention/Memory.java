// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.OneThread;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import java.util.Arrays;
import java.util.Objects;

/**
 * The annotations of a batch of source sequences, [S,B,M], and their gradient: what attention reads.
 *
 * <p>One object serves batch after batch; {@link #load} takes the next one. A padded position is never looked at and
 * gets the gradient 0. Only the first max(lengths) positions are kept, so that the amount of padding makes no
 * difference.
 *
 * @since 0.1.0
 */
public final class Memory implements AutoCloseable {
    private final Dtype dtype;
    private final int width;
    private Lengths lengths = Lengths.full(1, 1);
    private int positions;
    private int batch;
    private Vec[] h = {};
    private Vec[] dh = {};
    private Tensor gradient;
    private final Slab own;
    /** Whether the native rows hold what the heap does: they are for the keys, which a search makes once. */
    private boolean isNative;

    private final OneThread user = new OneThread(() -> "Memory");

    /**
     * A memory without contents.
     *
     * @param dtype element type
     * @param width size M of an annotation
     */
    public Memory(Dtype dtype, int width) {
        Objects.requireNonNull(dtype, "dtype");
        this.dtype = dtype;
        this.width = width;
        gradient = Tensor.zeros(dtype, 0, 0, width);
        own = new Slab(width);
    }

    /**
     * Takes the outputs of an encoder.
     *
     * @param H (Input) numbers [S,B,M]; copied
     * @param lengths real positions of each row
     */
    public void load(Sequence H, Lengths lengths) {
        user.enter("load");
        try {
            ShapeException.Axis[] axes = {
                ShapeException.axis("S", lengths.steps()),
                ShapeException.axis("B", lengths.batch()),
                ShapeException.axis("M", width)
            };
            Slab numbers = H.numbers("Memory.load", "H", dtype, "", axes);
            prepare(Math.max(1, lengths.longest()), lengths.batch());
            this.lengths = lengths;
            for (int s = 0; s < positions; s++) {
                numbers.get(s, h[s]);
                clearPadding(s);
            }
            begin();
        } finally {
            user.exit();
        }
    }

    /** Whatever stands at padding, 0 · NaN there must not become NaN. */
    private void clearPadding(int s) {
        for (int b = 0; b < batch; b++) {
            if (lengths.padded(s, b)) {
                h[s].fill(b * width, width, 0);
            }
        }
    }

    /**
     * Takes some rows of another memory, one after another, each as often as it is named; for a beam.
     *
     * @param other (Input) where from; copied
     * @param chosen rows of {@code other}
     * @throws IllegalStateException if it was not loaded, or is closed
     */
    public void load(Memory other, int... chosen) {
        user.enter("load");
        try {
            other.requireLoaded("Memory.load");
            int[] selected = new int[chosen.length];
            for (int b = 0; b < chosen.length; b++) {
                selected[b] = Math.min(other.lengths.of(chosen[b]), other.positions);
            }
            prepare(Math.max(1, Arrays.stream(selected).max().orElse(1)), chosen.length);
            for (int b = 0; b < chosen.length; b++) {
                for (int s = 0; s < positions; s++) {
                    h[s].copy(b * width, other.h[s], chosen[b] * width, width);
                }
            }
            lengths = Lengths.of(positions, selected);
            begin();
        } finally {
            user.exit();
        }
    }

    private void begin() {
        isNative = false;
        for (int s = 0; s < Math.min(positions, dh.length); s++) {
            dh[s].clear();
        }
    }

    private void prepare(int S, int B) {
        if (B != batch || S > h.length) {
            close();
            h = new Vec[S];
            for (int s = 0; s < S; s++) {
                h[s] = Vec.zeros(dtype, B * width);
            }
        }
        batch = B;
        positions = S;
    }

    /** {@return the number of positions S that hold something: the longest source, at least 1} */
    public int positions() {
        return positions;
    }

    /** {@return the number of rows B} */
    public int batch() {
        return batch;
    }

    /** {@return the size of an annotation M} */
    public int width() {
        return width;
    }

    /** {@return the element type} */
    public Dtype dtype() {
        return dtype;
    }

    /** {@return the real positions of each row} */
    public Lengths lengths() {
        return lengths;
    }

    /** Annotations of a position, B·M numbers on the heap. */
    Vec[] h() {
        return h;
    }

    /** Their gradient, which attention adds to. */
    Vec[] dh() {
        if (dh.length < h.length) {
            dh = new Vec[h.length];
            for (int s = 0; s < dh.length; s++) {
                dh[s] = Vec.zeros(dtype, batch * width);
            }
        }
        return dh;
    }

    /** All annotations, native, [S·B,M]. */
    NativeMatrix rows() {
        requireLoaded("Memory");
        if (!isNative) {
            own.resize(dtype, positions, batch).target();
            for (int s = 0; s < positions; s++) {
                own.put(s, h[s]);
            }
            isNative = true;
        }
        return own.rows();
    }

    /** Requires contents, for one that reads them. */
    void requireLoaded(String where) {
        if (positions == 0) {
            throw new IllegalStateException(where
                    + ": the memory is empty, expected loaded annotations; likely cause: it was not loaded"
                    + " yet, or is closed.");
        }
    }

    /**
     * The gradient of the annotations that the latest backward passes left, for the encoder.
     *
     * @param steps S of the encoder's outputs, padding included
     * @return a tensor [S,B,M], borrowed until the next call
     */
    public Tensor gradient(int steps) {
        user.enter("gradient");
        try {
            if (gradient.size(0) != steps || gradient.size(1) != batch) {
                gradient = Tensor.zeros(dtype, steps, batch, width);
            }
            int found = Math.min(steps, positions);
            for (int s = 0; s < found; s++) {
                gradient.data().copy(s * batch * width, dh()[s], 0, batch * width);
            }
            gradient.data().fill(found * batch * width, (steps - found) * batch * width, 0);
            return gradient;
        } finally {
            user.exit();
        }
    }

    /** Frees native memory; a later load allocates it anew. */
    @Override
    public void close() {
        user.enter("close");
        try {
            own.close();
            h = new Vec[0];
            dh = new Vec[0];
            positions = 0;
            batch = 0;
        } finally {
            user.exit();
        }
    }
}
