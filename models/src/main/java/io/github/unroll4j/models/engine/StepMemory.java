// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellParameters;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Slab;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Every array that a cell reads or writes over up to T steps of B rows, made once and used pass after pass. Both
 * runners of a cell work on it: {@link HoistedLayer} and {@link Unrolled}.
 *
 * <p>States and what is saved are kept for every step; the state after a step is the state before the next one.
 * Pre-activations and gradients are those of the step at hand. Of the gradient of a state there are two sets, used in
 * turn: what arrives at a step from the one after it, and what leaves it for the one before. Saved arrays and gradients
 * come into being when the cell first asks for them, so that a cell pays for what it uses.
 */
final class StepMemory implements Recurrent.States {
    /** A product with weights at each step, as a runner makes it: with W_h, or one inside the cell. */
    interface Product {
        /** {@code y = x U}, or {@code y += x U}; y has an array for each block of columns of U. Keeps x for dU. */
        void forward(int t, Vec x, Vec[] y, boolean add);

        /** {@code dx = dy Uᵀ}; gives dx. */
        Vec backward(int t, Vec[] dy, Vec dx);
    }

    final Layout layout;
    private final List<String> stateNames;
    final Dtype dtype;
    final int batch;
    /** Pre-activations of the step at hand; of a cell that takes the sum, {@code zx} holds it. */
    final Vec[] zx;

    final Vec[] zh;
    final Vec[] dzx;
    /** The same arrays as dzx for a cell that takes the sum. */
    final Vec[] dzh;
    /** State before step t at index t. */
    final Vec[][] state;
    /**
     * What the cell makes of step t: the state after it itself, or arrays of its own where zoneout comes in between.
     */
    final Vec[][] made;

    /** Room for numbers [B,size of h] on their way to be added. */
    final Vec scratch;

    private final PerRow[] perUnit;
    /** Of a cell that takes the maps summed, b + b_h. */
    private final PerRow bias;

    private final PerRow recurrentBias;
    final Padding padding;
    final Zoneout zoneout;
    final StepRecorder recorder;
    /** By slot: the gradient of what is saved, and the whole gradient of a part of the state. */
    private final @Nullable Vec[] d;

    private final Vec[][] dState;
    private final Vec[] dMade;
    private final At[] steps;
    private final List<? extends Product> products;
    /** A product inside a step has one block; kept, so that a step allocates nothing. */
    private final Vec[] oneBlock = new Vec[1];

    private boolean back;
    /** Steps of the pass at hand that are real in at least one row. */
    private int real;

    private long passes;

    /**
     * Room for a cell.
     *
     * @param weights those of the cell
     * @param capacity most steps T
     * @param batch rows B
     * @param products those inside a step
     */
    StepMemory(
            Layout layout,
            CellParameters weights,
            RecurrentNoise noise,
            int capacity,
            int batch,
            List<? extends Product> products) {
        this.layout = layout;
        stateNames = layout.stateNames();
        this.batch = batch;
        this.products = products;
        dtype = weights.W_x().owner().dtype();
        int G = layout.blocks().size();
        zx = blocks(G);
        zh = blocks(layout.recurrentBlocks());
        dzx = blocks(G);
        dzh = layout.isApart() ? blocks(layout.recurrentBlocks()) : dzx;
        boolean zoned = Zoneout.isOn(noise, layout);
        state = new Vec[capacity + 1][];
        made = new Vec[capacity][];
        state[0] = parts();
        for (int t = 0; t < capacity; t++) {
            state[t + 1] = parts();
            made[t] = zoned ? parts() : state[t + 1];
        }
        perUnit = weights.units().stream()
                .map(p -> new PerRow(List.of(p), layout.hidden(), batch))
                .toArray(PerRow[]::new);
        List<Parameter> ofInput = new ArrayList<>(weights.b().stream().toList());
        List<Parameter> ofState = weights.b_h().stream().toList();
        if (!layout.isApart()) {
            ofInput.addAll(ofState);
        }
        bias = new PerRow(ofInput, layout.hidden(), batch);
        recurrentBias = new PerRow(layout.isApart() ? ofState : List.of(), layout.hidden(), batch);
        scratch = Vec.zeros(dtype, state[0][0].length());
        d = new Vec[layout.slots()];
        dState = new Vec[][] {parts(), parts()};
        dMade = zoned ? parts() : new Vec[0];
        padding = new Padding(layout.stateSizes(), parts());
        zoneout = new Zoneout(noise, this);
        recorder = new StepRecorder(this);
        steps = new At[capacity];
        for (int t = 0; t < capacity; t++) {
            steps[t] = new At(t);
        }
    }

    private Vec[] blocks(int count) {
        Vec[] arrays = new Vec[count];
        for (int g = 0; g < count; g++) {
            arrays[g] = Vec.zeros(dtype, batch * layout.hidden());
        }
        return arrays;
    }

    /** One array for each part of the state. */
    private Vec[] parts() {
        return layout.state().stream()
                .map(part -> Vec.zeros(dtype, batch * part.size()))
                .toArray(Vec[]::new);
    }

    boolean fits(int T, int B) {
        return T <= steps.length && B == batch;
    }

    int capacity() {
        return steps.length;
    }

    /** Begins a pass: takes its initial state, its lengths and this call's biases and per-unit parameters. */
    void begin(State s0, Pass pass) {
        passes++;
        real = pass.lengths().longest();
        back = false;
        for (int i = 0; i < state[0].length; i++) {
            state[0][i].set(s0.parts().get(i).data());
        }
        perRow(PerRow::load);
        padding.begin(pass.lengths());
        zoneout.begin(pass.noise(), pass.lengths());
        recorder.begin(pass);
    }

    /** Begins the way back from the gradient of the last state. */
    void beginBack(State dLast) {
        back = true;
        for (int i = 0; i < dState[0].length; i++) {
            arriving(real - 1)[i].set(dLast.parts().get(i).data());
        }
        perRow(PerRow::clear);
    }

    /** After the loop back: the gradients of the biases and of the per-unit parameters. */
    void end() {
        perRow(PerRow::end);
    }

    private void perRow(Consumer<PerRow> action) {
        action.accept(bias);
        action.accept(recurrentBias);
        for (PerRow unit : perUnit) {
            action.accept(unit);
        }
    }

    /** Ends (1): adds the biases to the maps of a step, and the two maps for a cell that takes the sum. */
    void sumPreActivations() {
        bias.addTo(zx);
        recurrentBias.addTo(zh);
        for (int g = 0; !layout.isApart() && g < zh.length; g++) {
            zx[g].add(zh[g]);
        }
    }

    /** Adds the gradients of a step's pre-activations to those of the biases, row by row. */
    void addBiasGradients() {
        bias.addGradient(dzx);
        recurrentBias.addGradient(dzh);
    }

    /** Steps of the pass that are real in at least one row. */
    int realSteps() {
        return real;
    }

    /** Step t. */
    At step(int t) {
        return steps[t];
    }

    /** h before step t, the first part of s_t. */
    Vec h(int t) {
        return state[t][0];
    }

    /** Copies h after each step; at steps that are padding in every row the last real one again. */
    Slab outputs(Slab H) {
        H.write();
        for (int t = 0; t < H.steps(); t++) {
            H.put(t, h(Math.min(t + 1, real)));
        }
        return H;
    }

    /** The gradient of h after step t, the first part of ds_{t+1}. */
    Vec dhAfter(int t) {
        return arriving(t)[0];
    }

    /** The gradient of h before step t, the first part of ds_t. */
    Vec dhBefore(int t) {
        return leaving(t)[0];
    }

    /** The gradient of the state after step t, which arrives there. */
    Vec[] arriving(int t) {
        return dState[(t + 1) & 1];
    }

    /** The gradient of the state before step t, which leaves for step t-1. */
    Vec[] leaving(int t) {
        return dState[t & 1];
    }

    /** Sets what leaves step t to zero, for a cell that adds to it. */
    void clearLeaving(int t) {
        for (Vec part : leaving(t)) {
            part.clear();
        }
    }

    /** The gradient of what the cell made of step t. */
    Vec[] dMade(int t) {
        return dMade.length > 0 ? dMade : arriving(t);
    }

    /** Whether zoneout comes between what the cell makes and the state. */
    boolean zoned() {
        return dMade.length > 0;
    }

    /** The gradient {@link Step#d} of a quantity at the step at hand; null where the cell never asked for it. */
    @Nullable
    Vec d(Layout.Handle quantity) {
        return d[quantity.slot()];
    }

    /** The array of a quantity, made when it is first asked for. */
    private Vec array(@Nullable Vec[] arrays, Layout.Handle quantity) {
        Vec array = arrays[quantity.slot()];
        if (array == null) {
            array = Vec.zeros(dtype, batch * quantity.size());
            arrays[quantity.slot()] = array;
        }
        return array;
    }

    /** The gradient of the initial state, after the way back; a copy. */
    State initialGradient() {
        return copy(dState[0]);
    }

    @Override
    public State state(int t) {
        return copy(state[Math.min(t, real)]);
    }

    @Override
    public void stateInto(int t, State target) {
        Vec[] parts = state[Math.min(t, real)];
        for (int i = 0; i < parts.length; i++) {
            target.parts().get(i).data().set(parts[i]);
        }
    }

    private State copy(Vec[] parts) {
        List<Tensor> copies = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            copies.add(Tensor.of(parts[i].copy(), batch, layout.state().get(i).size()));
        }
        return new State(stateNames, copies);
    }

    /** One time step, as the cell sees it. */
    final class At implements Step {
        private final int t;
        /** By slot: what the cell saves. */
        private final @Nullable Vec[] saved = new Vec[layout.slots()];
        /** By product: the pass in which it was made last. */
        private final long[] madeIn = new long[layout.products().size()];

        private At(int t) {
            this.t = t;
        }

        /** What the cell saved; null where it never asked for the array. */
        @Nullable
        Vec savedOrNull(Layout.Saved quantity) {
            return saved[quantity.slot()];
        }

        @Override
        public int rows() {
            return batch;
        }

        @Override
        public int units() {
            return layout.hidden();
        }

        @Override
        public Vec z(Layout.Block block) {
            return preActivation("z", false, zx, block);
        }

        @Override
        public Vec zx(Layout.Block block) {
            return preActivation("zx", true, zx, block);
        }

        @Override
        public Vec zh(Layout.Block block) {
            return preActivation("zh", true, zh, block);
        }

        private Vec preActivation(String name, boolean apart, Vec[] arrays, Layout.Block block) {
            if (back) {
                throw new IllegalStateException(layout + ": backward asks for " + name + "(" + block.name()
                        + "), which the next step has overwritten; expected forward to save what backward needs.");
            }
            return map(name, apart, arrays, own(block));
        }

        /** The array of a block, of maps that a cell takes apart or summed. */
        private Vec map(String name, boolean apart, Vec[] arrays, int block) {
            if (apart != layout.isApart() || block >= arrays.length) {
                throw new IllegalStateException(layout + ": the cell asks for " + name + "("
                        + layout.blocks().get(block).name() + "), but "
                        + (apart != layout.isApart()
                                ? "takes the two maps " + (apart ? "summed." : "apart.")
                                : "the block has no recurrent side."));
            }
            return arrays[block];
        }

        @Override
        public Vec prev(Layout.Part part) {
            return state[t][own(part)];
        }

        @Override
        public Vec next(Layout.Part part) {
            return made[t][own(part)];
        }

        @Override
        public Vec saved(Layout.Saved quantity) {
            own(quantity);
            if (saved[quantity.slot()] == null && layout.stateNames().contains(quantity.name())) {
                throw new IllegalStateException(layout + ": the cell saves a gate under the name " + quantity.name()
                        + ", which a part of the state has too; expected another name for the block.");
            }
            return array(saved, quantity);
        }

        @Override
        public Vec p(Layout.Unit parameter) {
            return perUnit[own(parameter)].values[0];
        }

        @Override
        public void product(Layout.Product U, Vec x, Vec y) {
            multiply(U, x, y, false);
        }

        @Override
        public void addProduct(Layout.Product U, Vec x, Vec y) {
            multiply(U, x, y, true);
        }

        private void multiply(Layout.Product U, Vec x, Vec y, boolean add) {
            Product product = products.get(own(U));
            requireRows(U, "x", x, U.inputSize());
            requireRows(U, "y", y, U.size());
            if (madeIn[U.index()] == passes) {
                throw new IllegalStateException(layout + ": the cell makes the product " + U.name()
                        + " a second time in one step, expected once; a second product needs weights of its own.");
            }
            if (t > 0 && steps[t - 1].madeIn[U.index()] != passes) {
                throw new IllegalStateException(layout + ": the cell makes the product " + U.name() + " at step " + t
                        + " and did not at the step before, expected it at every step; likely cause: a product under a"
                        + " condition.");
            }
            madeIn[U.index()] = passes;
            oneBlock[0] = y;
            product.forward(t, x, oneBlock, add);
        }

        @Override
        public void productBack(Layout.Product U, Vec dy, Vec dx) {
            Product product = products.get(ownInBackward("productBack", U));
            requireRows(U, "dy", dy, U.size());
            requireRows(U, "dx", dx, U.inputSize());
            if (madeIn[U.index()] != passes) {
                throw new IllegalStateException(layout + ": backward asks for productBack(" + U.name() + ") at step "
                        + t + ", of which forward made no product; expected forward to make it at every step.");
            }
            oneBlock[0] = dy;
            product.backward(t, oneBlock, dx);
        }

        private void requireRows(Layout.Product U, String what, Vec rows, int size) {
            if (rows.length() != batch * size) {
                throw new IllegalArgumentException(layout + ": the product " + U.name() + " is given " + what + " of "
                        + rows.length() + " numbers, expected B=" + batch + " rows of " + size + ".");
            }
        }

        @Override
        public Vec dNext(Layout.Part part) {
            return dMade(t)[ownInBackward("dNext", part)];
        }

        @Override
        public Vec dPrev(Layout.Part part) {
            return leaving(t)[ownInBackward("dPrev", part)];
        }

        @Override
        public Vec d(Layout.Saved quantity) {
            ownInBackward("d", quantity);
            return array(d, quantity);
        }

        @Override
        public Vec d(Layout.Part part) {
            ownInBackward("d", part);
            return array(d, part);
        }

        @Override
        public Vec dz(Layout.Block block) {
            return map("dz", false, dzx, ownInBackward("dz", block));
        }

        @Override
        public Vec dzx(Layout.Block block) {
            return map("dzx", true, dzx, ownInBackward("dzx", block));
        }

        @Override
        public Vec dzh(Layout.Block block) {
            return map("dzh", true, dzh, ownInBackward("dzh", block));
        }

        @Override
        public Vec dp(Layout.Unit parameter) {
            return perUnit[ownInBackward("dp", parameter)].gradients[0];
        }

        /** The place of a quantity among its kind, if it is one of this cell. */
        private int own(Layout.Handle quantity) {
            if (!quantity.of(layout)) {
                throw new IllegalArgumentException(layout + ": the cell asks for " + quantity
                        + ", expected a handle of its own layout; likely cause: the layout is made anew at each call.");
            }
            return quantity.index();
        }

        private int ownInBackward(String name, Layout.Handle quantity) {
            if (!back) {
                throw new IllegalStateException(layout + ": forward asks for " + name + "(" + quantity.name()
                        + "), a gradient, which there is in backward only.");
            }
            return own(quantity);
        }
    }
}
