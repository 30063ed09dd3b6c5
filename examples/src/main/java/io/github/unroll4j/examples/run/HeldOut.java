// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import io.github.unroll4j.text.Split;
import java.util.Arrays;

/**
 * A text to train on and its last tenth, held out to see how well the model does on text it has not read.
 *
 * @param train ids to train on
 * @param validation ids held out; none if a tenth is too little to say anything
 */
@SuppressWarnings("ArrayRecordComponent") // holds a whole text and is compared nowhere
public record HeldOut(int[] train, int[] validation) {
    private static final int TOO_LITTLE = 500;
    /** Enough for a figure to two digits while training; the result is measured on all. */
    private static final int QUICK = 20_000;

    /**
     * Splits a text.
     *
     * @param ids the text
     * @return nine tenths and one tenth, or all and none
     */
    public static HeldOut of(int... ids) {
        if (ids.length / 10 < TOO_LITTLE) {
            return new HeldOut(ids, new int[0]);
        }
        Split split = Split.of(ids, 0.9);
        return new HeldOut(split.train(), split.validation());
    }

    boolean hasValidation() {
        return validation.length > 0;
    }

    /** The part to measure on while training. */
    int[] quick() {
        return Arrays.copyOf(validation, Math.min(QUICK, validation.length));
    }

    /** The part to measure the result on. */
    int[] measured() {
        return hasValidation() ? validation : train;
    }

    String describe() {
        if (!hasValidation()) {
            return "all to train on: a tenth is too little to hold out";
        }
        String quick = validation.length > QUICK ? ", of which the first " + QUICK + " while training" : "";
        return train.length + " to train on, " + validation.length + " held out to measure on" + quick;
    }
}
