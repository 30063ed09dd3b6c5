// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/** An Elman cell as a user would write it against the public contract. Shows what the contract costs. */
final class OwnCell implements Cell {
    private final Layout layout;
    private final Layout.Block Z;
    private final Layout.Part H;

    OwnCell(int hidden) {
        layout = new Layout("own", hidden);
        Z = layout.block("h");
        H = layout.state("h");
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        s.next(H).tanh(s.z(Z));
    }

    @Override
    public void backward(Step s) {
        s.dz(Z).tanhBackward(s.dNext(H), s.next(H));
    }
}
