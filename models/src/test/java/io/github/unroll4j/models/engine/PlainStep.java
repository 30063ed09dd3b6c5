// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import java.util.HashMap;
import java.util.Map;

/** One step with arrays of its own for everything, in double; what comes in and the products are whoever's makes it. */
abstract class PlainStep implements Step {
    private final Layout layout;
    private final int B;
    private final Map<String, Vec> arrays = new HashMap<>();

    PlainStep(Layout layout, int B) {
        this.layout = layout;
        this.B = B;
    }

    /** The array of a kind and a handle, zeros at first. */
    final Vec array(String kind, Layout.Handle handle) {
        return arrays.computeIfAbsent(
                kind + " " + handle.getClass().getSimpleName() + " " + handle.name(),
                key -> Vec.zeros(Dtype.DOUBLE, B * handle.size()));
    }

    /** Forgets all gradients. */
    final void beginBack() {
        arrays.keySet().removeIf(key -> key.startsWith("d"));
    }

    @Override
    public int rows() {
        return B;
    }

    @Override
    public int units() {
        return layout.hidden();
    }

    @Override
    public Vec z(Layout.Block block) {
        return array("z", block);
    }

    @Override
    public Vec zx(Layout.Block block) {
        return array("zx", block);
    }

    @Override
    public Vec zh(Layout.Block block) {
        return array("zh", block);
    }

    @Override
    public Vec prev(Layout.Part part) {
        return array("prev", part);
    }

    @Override
    public Vec next(Layout.Part part) {
        return array("next", part);
    }

    @Override
    public Vec saved(Layout.Saved quantity) {
        return array("saved", quantity);
    }

    @Override
    public Vec p(Layout.Unit parameter) {
        return array("p", parameter);
    }

    @Override
    public Vec dNext(Layout.Part part) {
        return array("dNext", part);
    }

    @Override
    public Vec dPrev(Layout.Part part) {
        return array("dPrev", part);
    }

    @Override
    public Vec d(Layout.Saved quantity) {
        return array("d", quantity);
    }

    @Override
    public Vec d(Layout.Part part) {
        return array("d", part);
    }

    @Override
    public Vec dz(Layout.Block block) {
        return array("dz", block);
    }

    @Override
    public Vec dzx(Layout.Block block) {
        return array("dzx", block);
    }

    @Override
    public Vec dzh(Layout.Block block) {
        return array("dzh", block);
    }

    @Override
    public Vec dp(Layout.Unit parameter) {
        return array("dp", parameter);
    }
}
