// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Vec;

/** Turns each row of a sequence around within its own length, padding staying at the end; twice is the identity. */
final class Reversal implements AutoCloseable {
    private final Slab turned;
    private int[] ids = {};

    /** For rows of {@code width} numbers, or for ids. */
    Reversal(int width) {
        turned = new Slab(width);
    }

    /** Where the number of row b at step t goes, counted in rows of [T·B]. */
    static int row(Lengths lengths, int t, int b) {
        int n = lengths.of(b);
        return (t < n ? n - 1 - t : t) * lengths.batch() + b;
    }

    /** Turned ids, valid until the next call. */
    Sequence of(Sequence.Ids x, Lengths lengths) {
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

    /** Turned numbers, valid until the next call; those in the padding become zeros, whatever stood there. */
    Slab of(Slab x, Lengths lengths) {
        int B = x.batch();
        int D = x.width();
        Vec from = x.read();
        Vec to = turned.resize(x.dtype(), x.steps(), B).write();
        for (int t = 0; t < x.steps(); t++) {
            for (int b = 0; b < B; b++) {
                if (lengths.padded(t, b)) {
                    to.fill((t * B + b) * D, D, 0);
                } else {
                    to.copy(row(lengths, t, b) * D, from, (t * B + b) * D, D);
                }
            }
        }
        return turned;
    }

    @Override
    public void close() {
        turned.close();
    }
}
