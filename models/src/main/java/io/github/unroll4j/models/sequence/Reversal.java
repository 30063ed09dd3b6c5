// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Vec;

/** Turns each row of a sequence around within its own length, padding staying at the end; twice is the identity. */
final class Reversal implements AutoCloseable {
    private final HeapRows numbers = new HeapRows();
    private final SlabBuffer turned;
    private int[] ids = {};

    /** For rows of {@code width} numbers, or for ids. */
    Reversal(int width) {
        turned = new SlabBuffer(width);
    }

    /** Where the number of row b at step t goes, counted in rows of [T·B]. */
    static int row(Lengths lengths, int t, int b) {
        int n = lengths.of(b);
        return (t < n ? n - 1 - t : t) * lengths.batch() + b;
    }

    /** The turned sequence, valid until the next call; numbers in the padding become zeros, whatever stood there. */
    Sequence of(Sequence x, Lengths lengths) {
        return x instanceof Sequence.Ids tokens ? ids(tokens, lengths) : numbers(x, lengths);
    }

    private Sequence ids(Sequence.Ids x, Lengths lengths) {
        int B = x.batch();
        if (ids.length < x.steps() * B) {
            ids = new int[x.steps() * B];
        }
        for (int t = 0; t < x.steps(); t++) {
            for (int b = 0; b < B; b++) {
                ids[row(lengths, t, b)] = x.ids()[t * B + b];
            }
        }
        return Sequence.ids(ids, x.steps(), B);
    }

    private Sequence numbers(Sequence x, Lengths lengths) {
        int B = x.batch();
        Vec from = numbers.of(x);
        Vec to = turned.heap(from.dtype(), x.steps(), B);
        int D = turned.width();
        for (int t = 0; t < x.steps(); t++) {
            for (int b = 0; b < B; b++) {
                if (lengths.padded(t, b)) {
                    to.fill((t * B + b) * D, D, 0);
                } else {
                    to.copy(row(lengths, t, b) * D, from, (t * B + b) * D, D);
                }
            }
        }
        return turned.put();
    }

    @Override
    public void close() {
        turned.close();
    }
}
