// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import java.util.List;

/**
 * The arrays of a step by name, for tests that reach into a cell whose handles they do not have.
 *
 * @param layout of the cell
 * @param step the step
 */
public record Inside(Layout layout, Step step) {
    /** The handle of a name. */
    public static <T extends Layout.Handle> T find(List<T> kind, String name) {
        return kind.stream()
                .filter(handle -> handle.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among " + kind));
    }

    private Layout.Block block(String name) {
        return find(layout.blocks(), name);
    }

    private Layout.Part part(String name) {
        return find(layout.state(), name);
    }

    private Layout.Unit unit(String name) {
        return find(layout.units(), name);
    }

    private boolean isGate(String name) {
        return layout.blocks().stream().anyMatch(block -> block.name().equals(name));
    }

    /** How many numbers a row has in most arrays. */
    public int units() {
        return step.units();
    }

    /** How many numbers most arrays have. */
    public int n() {
        return step.rows() * step.units();
    }

    /** Summed pre-activations. */
    public Vec z(String block) {
        return step.z(block(block));
    }

    /** Pre-activations from the input. */
    public Vec zx(String block) {
        return step.zx(block(block));
    }

    /** Pre-activations from the state. */
    public Vec zh(String block) {
        return step.zh(block(block));
    }

    /** A gate, or what else is saved. */
    public Vec saved(String name) {
        return isGate(name) ? step.saved(block(name)) : step.saved(find(layout.saved(), name));
    }

    /** The gradient of a gate, or of what else is saved. */
    public Vec d(String name) {
        return isGate(name) ? step.d(block(name)) : step.d(find(layout.saved(), name));
    }

    /** The whole gradient of a part of the state. */
    public Vec dWhole(String part) {
        return step.d(part(part));
    }

    /** A part of the state before. */
    public Vec prev(String part) {
        return step.prev(part(part));
    }

    /** A part of the state after. */
    public Vec next(String part) {
        return step.next(part(part));
    }

    /** The gradient that arrived. */
    public Vec dNext(String part) {
        return step.dNext(part(part));
    }

    /** The gradient that leaves. */
    public Vec dPrev(String part) {
        return step.dPrev(part(part));
    }

    /** The gradient of summed pre-activations. */
    public Vec dz(String block) {
        return step.dz(block(block));
    }

    /** The gradient of pre-activations from the input. */
    public Vec dzx(String block) {
        return step.dzx(block(block));
    }

    /** The gradient of pre-activations from the state. */
    public Vec dzh(String block) {
        return step.dzh(block(block));
    }

    /** A number for each unit. */
    public Vec p(String unit) {
        return step.p(unit(unit));
    }

    /** Its gradient. */
    public Vec dp(String unit) {
        return step.dp(unit(unit));
    }

    /** One product back. */
    public void productBack(String product, Vec dy, Vec dx) {
        step.productBack(find(layout.products(), product), dy, dx);
    }

    /** One number of an array. */
    @FunctionalInterface
    public interface Element {
        /** Number k. */
        double at(int k);
    }

    /** {@code array[k] = element(k)} for every k. */
    public static void set(Vec array, Element element) {
        for (int k = 0; k < array.length(); k++) {
            array.set(k, element.at(k));
        }
    }

    /** {@code array[k] += element(k)} for every k. */
    public static void add(Vec array, Element element) {
        set(array, k -> array.get(k) + element.at(k));
    }
}
