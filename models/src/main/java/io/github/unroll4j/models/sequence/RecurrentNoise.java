// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

/**
 * Regularisers on the recurrent path of a layer; each is a probability, 0 for off.
 *
 * <p>Dropout masks h_prev on its way into W_h only: where a cell's own equations use h_prev, as the {@code z ⊙ h_prev}
 * of a GRU, they see all of it. Dropout and weight drop scale what is left by 1/(1-rate) and are off outside training.
 * Zoneout is not off there: it takes the mean of both outcomes, so that a trained layer needs its rates to be evaluated
 * as it was trained.
 *
 * @param dropout of h_prev on its way into W_h, one mask for all steps of a pass (Gal and Ghahramani, 2016)
 * @param weightDrop of the elements of W_h, one mask for all steps and rows of a pass (Merity, Keskar and Socher, 2018)
 * @param zoneout of each unit of h keeping its value from before the step, drawn at each step (Krueger et al., 2017);
 *     outside training h is the mean of the two, {@code rate h_prev + (1-rate) made}, made being the h that the cell
 *     made
 * @param zoneoutMemory the same for the other state parts, such as c
 * @since 0.1.0
 */
public record RecurrentNoise(double dropout, double weightDrop, double zoneout, double zoneoutMemory) {
    /** No regulariser. */
    public static final RecurrentNoise NONE = new RecurrentNoise(0, 0, 0, 0);

    /**
     * Checks the rates.
     *
     * @param dropout {@link #dropout()}
     * @param weightDrop {@link #weightDrop()}
     * @param zoneout {@link #zoneout()}
     * @param zoneoutMemory {@link #zoneoutMemory()}
     */
    public RecurrentNoise {
        Noise.requireRate("RecurrentNoise", "dropout", dropout);
        Noise.requireRate("RecurrentNoise", "weightDrop", weightDrop);
        Noise.requireRate("RecurrentNoise", "zoneout", zoneout);
        Noise.requireRate("RecurrentNoise", "zoneoutMemory", zoneoutMemory);
    }

    /**
     * The same with dropout of h_prev.
     *
     * @param rate probability of dropping
     * @return the changed copy
     */
    public RecurrentNoise dropping(double rate) {
        return new RecurrentNoise(rate, weightDrop, zoneout, zoneoutMemory);
    }

    /**
     * The same with dropout of the recurrent weights.
     *
     * @param rate probability of dropping
     * @return the changed copy
     */
    public RecurrentNoise droppingWeights(double rate) {
        return new RecurrentNoise(dropout, rate, zoneout, zoneoutMemory);
    }

    /**
     * The same with zoneout.
     *
     * @param ofOutput probability that a unit of h keeps its value
     * @param ofMemory the same for the other parts of the state
     * @return the changed copy
     */
    public RecurrentNoise zoningOut(double ofOutput, double ofMemory) {
        return new RecurrentNoise(dropout, weightDrop, ofOutput, ofMemory);
    }
}
