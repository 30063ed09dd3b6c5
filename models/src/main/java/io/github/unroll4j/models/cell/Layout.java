// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.param.Init;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Cell} is made of: its named quantities, each declared once. A declaration gives a handle, by which
 * {@link Step} hands out the array of that name.
 *
 * <p>A cell declares its blocks in the order of the columns of W_x and W_h, and its state with the output h first. From
 * that, a runner declares parameters and lays out memory. Once a layer has been made, nothing can be added any more.
 *
 * @since 0.1.0
 */
public final class Layout {
    /** So that the columns of all blocks can be counted in an int; their weights would fit into no array anyway. */
    private static final int MOST = 1 << 24;

    private final String name;
    private final int hidden;
    private final List<Block> blocks = new ArrayList<>();
    private final List<Part> state = new ArrayList<>();
    private final List<Saved> saved = new ArrayList<>();
    private final List<Unit> units = new ArrayList<>();
    private final List<Product> products = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private Biases biases = Biases.ONE;
    private boolean apart;
    private @Nullable Init inputWeights;
    private @Nullable Init recurrentWeights;
    private @Nullable Init bias;
    private int slots;
    private boolean closed;

    /**
     * Begins a layout without quantities.
     *
     * @param name stable short name of the cell, e.g. {@code lstm}; the scope of its parameters' names
     * @param hidden number of units H
     * @throws IllegalArgumentException if the name is blank, or H is below 1 or above 2^24
     */
    public Layout(String name, int hidden) {
        if (name.isBlank() || hidden < 1 || hidden > MOST) {
            throw new IllegalArgumentException("Layout: the name is '" + name + "' and the hidden size " + hidden
                    + ", expected a short word and 1 to " + MOST + ".");
        }
        this.name = name;
        this.hidden = hidden;
    }

    /**
     * How many biases the two affine maps of a cell have.
     *
     * <p>{@link #ONE} and {@link #TWO} describe the same functions for a cell that takes the maps summed, and the
     * gradient of each bias is the gradient of the sum. Training differs. With two, each takes the step that the one
     * would take, under Adam of the size of the learning rate, so that their sum moves twice as far. Two biases
     * reproduce a training run of PyTorch, Zaremba or char-rnn update for update, or take weights over as they are. One
     * is enough for everything else. Cho, Chung and Bahdanau (2014) print their equations without any: {@link #NONE}.
     */
    public enum Biases {
        /** x_t W_x and h_prev W_h. */
        NONE,
        /** x_t W_x + b and h_prev W_h. */
        ONE,
        /** x_t W_x + b and h_prev W_h + b_h; b_h starts at zeros. */
        TWO
    }

    /** A handle: the name of one quantity of one cell, its place among its kind, and the size of a row. */
    public abstract static sealed class Handle {
        final Layout layout;
        private final String name;
        private final int index;
        private final int slot;
        private final int size;

        Handle(Layout layout, String name, int index, int size) {
            this.layout = layout;
            this.name = name;
            this.index = index;
            this.size = size;
            slot = layout.slots++;
        }

        /** {@return the name, e.g. {@code tanhC}} */
        public String name() {
            return name;
        }

        /** {@return the place among the quantities of the same kind, in the order of declaration} */
        public int index() {
            return index;
        }

        /**
         * {@return the place among all quantities of the cell, below {@link Layout#slots}; for arrays of several kinds}
         */
        public int slot() {
            return slot;
        }

        /** {@return the size of a row; H for most} */
        public int size() {
            return size;
        }

        /**
         * {@return whether a layout declared this handle}
         *
         * @param other the layout
         */
        public boolean of(Layout other) {
            return layout == other;
        }

        @Override
        public String toString() {
            return layout.name + "." + name;
        }
    }

    /** A quantity that forward keeps for backward. */
    public static sealed class Saved extends Handle {
        private Saved(Layout layout, String name, int index, int size) {
            super(layout, name, index, size);
        }
    }

    /** An affine block, H columns of W_x and W_h, and the gate that is made of it, which is saved under its name. */
    public static final class Block extends Saved {
        private final Init bias;
        private final boolean recurrent;

        private Block(Layout layout, String name, Init bias, boolean recurrent) {
            super(layout, name, layout.blocks.size(), layout.hidden);
            this.bias = bias;
            this.recurrent = recurrent;
        }

        /** {@return whether W_h has columns for it} */
        public boolean recurrent() {
            return recurrent;
        }
    }

    /** A part of the state. */
    public static final class Part extends Handle {
        private Part(Layout layout, String name, int size) {
            super(layout, name, layout.state.size(), size);
        }
    }

    /** A parameter with one number a unit, [H]. */
    public static final class Unit extends Handle {
        private final Init init;

        private Unit(Layout layout, String name, Init init) {
            super(layout, name, layout.units.size(), layout.hidden);
            this.init = init;
        }
    }

    /** A product with a matrix inside the step. */
    public static final class Product extends Handle {
        private final String axes;
        private final int inputSize;
        private final Init init;
        private final boolean recurrent;

        private Product(Layout layout, String name, String axes, int[] shape, Init init, boolean recurrent) {
            super(layout, name, layout.products.size(), shape[1]);
            this.axes = axes;
            inputSize = shape[0];
            this.init = init;
            this.recurrent = recurrent;
        }

        /** {@return the size of a row that is multiplied} */
        public int inputSize() {
            return inputSize;
        }

        /** {@return whether the regularisers of the recurrent path reach it} */
        public boolean recurrent() {
            return recurrent;
        }
    }

    /**
     * Says how many biases the maps have; {@link Biases#ONE} unless said.
     *
     * @param biases how many
     * @return this
     */
    public Layout biases(Biases biases) {
        Objects.requireNonNull(biases, "biases");
        requireOpen("biases");
        this.biases = biases;
        return this;
    }

    /**
     * Says that the cell takes the two maps apart, as zx and zh, and gives dzx and dzh; otherwise it takes their sum z.
     *
     * @return this
     */
    public Layout apart() {
        requireOpen("apart");
        apart = true;
        return this;
    }

    /**
     * Declares the next affine block, whose bias starts at zero.
     *
     * @param block its name, which is also that of the gate saved under it
     * @return the handle
     */
    public Block block(String block) {
        Objects.requireNonNull(block, "block");
        return block(block, Init.zeros());
    }

    /**
     * Declares the next affine block.
     *
     * @param block its name
     * @param start how its bias starts
     * @return the handle
     * @throws IllegalArgumentException if an input block stands before it
     */
    public Block block(String block, Init start) {
        Objects.requireNonNull(block, "block");
        Objects.requireNonNull(start, "start");
        if (!blocks.isEmpty() && !blocks.get(blocks.size() - 1).recurrent) {
            throw new IllegalArgumentException(this + ": block " + block + " is declared after the input block "
                    + blocks.get(blocks.size() - 1).name() + ", expected input blocks last.");
        }
        requireNoOther(saved, block);
        return add(blocks, block, new Block(this, block, start, true));
    }

    /**
     * Declares the next affine block as one of the input side alone: W_x has columns for it, W_h has none. Its z is x_t
     * W_x + b (+ b_h), to which the cell may add a product inside the step.
     *
     * @param block its name
     * @return the handle
     */
    public Block inputBlock(String block) {
        Objects.requireNonNull(block, "block");
        requireNoOther(saved, block);
        return add(blocks, block, new Block(this, block, Init.zeros(), false));
    }

    /**
     * Declares the next part of the state, [B,H]; the first is the output h.
     *
     * @param part its name
     * @return the handle
     */
    public Part state(String part) {
        Objects.requireNonNull(part, "part");
        return state(part, hidden);
    }

    /**
     * Declares the next part of the state, of another size than H.
     *
     * @param part its name
     * @param size size of a row; that of the first is the size of an output, and the number of rows of W_h
     * @return the handle
     */
    public Part state(String part, int size) {
        Objects.requireNonNull(part, "part");
        requireSize(part, size);
        requireNew(part);
        return add(state, part, new Part(this, part, size));
    }

    /**
     * Declares a quantity [B,H] that forward keeps for backward, beside the gates, which are saved under the names of
     * their blocks.
     *
     * @param quantity its name
     * @return the handle
     */
    public Saved saved(String quantity) {
        requireNew(quantity);
        requireNoOther(blocks, quantity);
        return add(saved, quantity, new Saved(this, quantity, saved.size(), hidden));
    }

    /**
     * Declares a parameter [H] with one number a unit, such as a peephole.
     *
     * @param parameter its name
     * @param init how it starts
     * @return the handle
     */
    public Unit unit(String parameter, Init init) {
        Objects.requireNonNull(parameter, "parameter");
        Objects.requireNonNull(init, "init");
        return add(units, parameter, new Unit(this, parameter, init));
    }

    /**
     * Declares a product inside the step that does not belong to the recurrent path, such as a projection of the
     * output.
     *
     * @param weights name of its weights [in,out]
     * @param axes letters of the two axes, e.g. {@code H,P}
     * @param in size of a row that is multiplied
     * @param out size of a row of the result
     * @param init how the weights start
     * @return the handle
     */
    public Product product(String weights, String axes, int in, int out, Init init) {
        Objects.requireNonNull(weights, "weights");
        Objects.requireNonNull(axes, "axes");
        Objects.requireNonNull(init, "init");
        return product(weights, axes, new int[] {in, out}, init, false);
    }

    /**
     * Declares a product inside the step of what the state before became, such as {@code (r ⊙ h_prev) U_n}. It is a
     * part of the recurrent path: dropout of h_prev masks its operand too, and weight drop its weights.
     *
     * @param weights name of its weights [size of h,H]
     * @param init how they start
     * @return the handle
     * @throws IllegalArgumentException if no state was declared yet
     */
    public Product recurrentProduct(String weights, Init init) {
        Objects.requireNonNull(weights, "weights");
        Objects.requireNonNull(init, "init");
        if (state.isEmpty()) {
            throw new IllegalArgumentException(this + ": the recurrent product " + weights
                    + " is declared before any part of the state, expected after it: its operand has the size of h.");
        }
        int in = h().size();
        return product(weights, axis(in) + ",H", new int[] {in, hidden}, init, true);
    }

    private Product product(String weights, String axes, int[] shape, Init init, boolean recurrent) {
        requireSize(weights, Math.min(shape[0], shape[1]));
        return add(products, weights, new Product(this, weights, axes, shape, init, recurrent));
    }

    /**
     * Says how the affine maps start, in place of Glorot-uniform W_x, orthogonal blocks of W_h and the biases of the
     * blocks.
     *
     * @param ofInput W_x [D,G·H]
     * @param ofState W_h [H,G·H]
     * @param ofBias b [G·H]
     * @return this
     */
    public Layout startingWith(Init ofInput, Init ofState, Init ofBias) {
        Objects.requireNonNull(ofInput, "ofInput");
        Objects.requireNonNull(ofState, "ofState");
        Objects.requireNonNull(ofBias, "ofBias");
        requireOpen("startingWith");
        inputWeights = ofInput;
        recurrentWeights = ofState;
        bias = ofBias;
        return this;
    }

    private <T extends Handle> T add(List<T> kind, String quantity, T handle) {
        requireOpen(quantity);
        if (quantity.isBlank() || kind.stream().anyMatch(other -> other.name().equals(quantity))) {
            throw new IllegalArgumentException(this + ": '" + quantity + "' is declared, expected a name that "
                    + kind.stream().map(Handle::name).toList() + " does not have.");
        }
        kind.add(handle);
        return handle;
    }

    private void requireNew(String quantity) {
        if (!names.add(quantity)) {
            throw new IllegalArgumentException(
                    this + ": " + quantity + " is declared twice, as saved or as a part of the"
                            + " state, expected a name of its own for each, under which a trace shows it.");
        }
    }

    /** Of a block, its gate is what is saved under the name. */
    private void requireNoOther(List<? extends Handle> others, String quantity) {
        if (others.stream().anyMatch(other -> other.name().equals(quantity))) {
            throw new IllegalArgumentException(this + ": " + quantity
                    + " is declared as a block and as saved, expected a name of its own for each,"
                    + " under which a trace shows the gate and what is saved.");
        }
    }

    private void requireSize(String quantity, int size) {
        if (size < 1) {
            throw new IllegalArgumentException(
                    this + ": " + quantity + " is declared with size " + size + ", expected 1 or more.");
        }
    }

    private void requireOpen(String what) {
        if (closed) {
            throw new IllegalStateException(
                    this + ": " + what + " came after a layer was made of this layout; expected all"
                            + " declarations in the constructor of the cell.");
        }
    }

    /** Closes the layout, for whoever lays out memory by it; checks that there is a block and a state. */
    Layout close() {
        if (!closed && (blocks.isEmpty() || !blocks.get(0).recurrent || state.isEmpty())) {
            throw new IllegalArgumentException(
                    this + ": a cell has at least one block with a recurrent side and one part"
                            + " of the state, found blocks " + blocks + " and state " + state + ".");
        }
        closed = true;
        return this;
    }

    /** {@return the cell's name} */
    public String name() {
        return name;
    }

    /** {@return the number of units H} */
    public int hidden() {
        return hidden;
    }

    /** {@return how many biases there are} */
    public Biases biases() {
        return biases;
    }

    /** {@return whether the maps reach the cell apart} */
    public boolean isApart() {
        return apart;
    }

    /** {@return the number of all quantities, of whatever kind} */
    public int slots() {
        return slots;
    }

    /** {@return the blocks, in the order of the columns} */
    public List<Block> blocks() {
        return Collections.unmodifiableList(blocks);
    }

    /** {@return the parts of the state, the output h first} */
    public List<Part> state() {
        return Collections.unmodifiableList(state);
    }

    /** {@return what is saved beside the gates} */
    public List<Saved> saved() {
        return Collections.unmodifiableList(saved);
    }

    /** {@return the parameters with one number a unit} */
    public List<Unit> units() {
        return Collections.unmodifiableList(units);
    }

    /** {@return the products inside the step} */
    public List<Product> products() {
        return Collections.unmodifiableList(products);
    }

    /** {@return the output, first part of the state} */
    public Part h() {
        if (state.isEmpty()) {
            throw new IllegalArgumentException(this + ": h is asked for before any part of the state was declared.");
        }
        return state.get(0);
    }

    /** {@return the number of blocks with a recurrent side, which come first} */
    public int recurrentBlocks() {
        return (int) blocks.stream().filter(Block::recurrent).count();
    }

    /** {@return the names of the parts of the state} */
    public List<String> stateNames() {
        return state.stream().map(Handle::name).toList();
    }

    /** {@return the sizes of the rows of the parts of the state} */
    public int[] stateSizes() {
        return state.stream().mapToInt(Handle::size).toArray();
    }

    String axis(int size) {
        return size == hidden ? "H" : "P";
    }

    Init inputWeights() {
        return inputWeights == null ? Init.glorotUniform(blocks.size()) : inputWeights;
    }

    Init recurrentWeights() {
        return recurrentWeights == null ? Init.orthogonalBlocks(recurrentBlocks()) : recurrentWeights;
    }

    Init bias() {
        return bias == null
                ? Init.blocks(blocks.stream().map(block -> block.bias).toArray(Init[]::new))
                : bias;
    }

    Init init(Unit unit) {
        return unit.init;
    }

    Init init(Product product) {
        return product.init;
    }

    String axes(Product product) {
        return product.axes;
    }

    @Override
    public String toString() {
        return "Layout(" + name + ")";
    }
}
