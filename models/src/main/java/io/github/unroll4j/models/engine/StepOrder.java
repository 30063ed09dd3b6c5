// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.models.sequence.Stepwise;

/** Holds a {@link Stepwise} layer to the order of its calls: all steps forward in turn, then all of them back. */
final class StepOrder {
    private static final int NO_PASS = -1;

    private final String name;
    /** Steps of the pass, {@link #NO_PASS} where none is under way step by step. */
    private int steps = NO_PASS;

    private int taken;
    /** Steps still to go back, -1 where the way back is not begun. */
    private int left = -1;

    private boolean wentBack;

    StepOrder(String name) {
        this.name = name;
    }

    /** A pass begins, of which nothing is taken yet. */
    void begin(int longest) {
        steps = longest;
        taken = 0;
        left = -1;
        wentBack = false;
    }

    /** No pass is under way step by step any more: one begins that takes all steps at once, or the layer is closed. */
    void end() {
        begin(NO_PASS);
    }

    /** Step t is about to be taken. */
    void forward(int t) {
        requireBegun("step");
        if (t != taken) {
            throw new IllegalStateException(
                    name + ".step: step " + t + " was asked for after " + taken + " steps, expected the next.");
        }
        if (t >= steps) {
            throw new IllegalStateException(name + ".step: step " + t
                    + " was asked for in a pass whose longest row has " + steps + " steps, which are taken already.");
        }
        taken++;
    }

    /** The way back is about to begin. */
    void beginBack() {
        requireBegun("beginBack");
        if (taken != steps) {
            throw new IllegalStateException(name + ".beginBack: " + taken + " steps were taken, expected " + steps
                    + ", the longest length of the pass; likely cause: a loop that ended early.");
        }
        left = steps;
        wentBack = false;
    }

    /** Step t is about to go back. */
    void back(int t) {
        if (left < 0) {
            throw new IllegalStateException(name + ".stepBack: called before beginBack.");
        }
        if (t != left - 1) {
            throw new IllegalStateException(name + ".stepBack: step " + t + " was asked for with " + left
                    + " steps left, expected the last of them.");
        }
        left--;
    }

    /** The way back is about to end. */
    void endBack() {
        if (left != 0) {
            throw new IllegalStateException(name + ".endBack: called "
                    + (left < 0 ? "before beginBack." : "with " + left + " steps still to go back."));
        }
        left = -1;
        wentBack = true;
    }

    /**
     * The state after some steps is about to be read: of a pass step by step one that has been taken, or lies in the
     * padding after the last.
     */
    void requireState(int t, int T) {
        int known = steps == NO_PASS || taken == steps ? T : taken;
        if (t < 0 || t > known) {
            throw new IllegalArgumentException(name + ".state: the state after " + t
                    + " steps was asked for, expected 0 to " + known + ", the steps of the pass so far.");
        }
    }

    /** Something is about to be read that is whole once every step has gone back. */
    void requireWentBack(String asked) {
        if (!wentBack) {
            throw new IllegalStateException(name + ": " + asked + " was asked for before endBack of a pass.");
        }
    }

    private void requireBegun(String method) {
        if (steps == NO_PASS) {
            throw new IllegalStateException(
                    name + "." + method
                            + ": called before begin; likely cause: forward, which takes all steps at once, or close came after it.");
        }
    }
}
