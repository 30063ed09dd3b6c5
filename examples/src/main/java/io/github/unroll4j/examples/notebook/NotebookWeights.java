// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.notebook;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * Draws the weights of a model as a notebook draws its own: matrix by matrix, from NumPy's generator, N(0, 1) times a
 * scale. Layout.Biases stay as the model has them: 0, and 1 for the forget gate of an LSTM.
 *
 * <p>The notebooks multiply columns from the left, W [out, in], the library rows from the right, W [in, out]; so what
 * is drawn row by row there fills column by column here.
 */
public final class NotebookWeights {
    private final Parameters parameters;
    private final MersenneTwister random;
    private final DoubleBinaryOperator scale;

    /**
     * Begins with the first matrix.
     *
     * @param parameters (Output) of the model
     * @param seed of NumPy
     * @param scale of a matrix by its rows and columns
     */
    public NotebookWeights(Parameters parameters, long seed, DoubleBinaryOperator scale) {
        this.parameters = parameters;
        this.scale = scale;
        random = MersenneTwister.numpy(seed);
    }

    /** The same scale for every matrix. */
    public static DoubleBinaryOperator always(double scale) {
        return (rows, columns) -> scale;
    }

    /** √(2 / (rows + columns)), after Glorot and Bengio (2010). */
    public static DoubleBinaryOperator glorot() {
        return (rows, columns) -> Math.sqrt(2 / (rows + columns));
    }

    /**
     * Draws a table, a row for each token, as it stands.
     *
     * @param name of its parameter
     * @return this
     */
    public NotebookWeights table(String name) {
        Parameter table = parameters.get(name);
        table.set(draw(table.size(0), table.size(1)));
        return this;
    }

    /**
     * Draws matrices that are parameters by themselves.
     *
     * @param names of the parameters, in the order of the notebook
     * @return this
     */
    public NotebookWeights matrices(String... names) {
        for (String name : names) {
            Parameter matrix = parameters.get(name);
            int in = matrix.size(0);
            int out = matrix.size() / in;
            matrix.set(transposed(out, draw(out, in)));
        }
        return this;
    }

    /**
     * Draws the matrices of a cell, one for each gate over columns [h ; x], and deals them out to its blocks: the
     * columns of h to W_h, or to U_n where the candidate has a matrix of its own, and those of x to W_x.
     *
     * @param scope of the cell's parameters, e.g. {@code l0.lstm}
     * @param blocks of the cell in the order of the notebook, e.g. {@code f i g o}
     * @return this
     */
    public NotebookWeights gates(String scope, String blocks) {
        Parameter wX = parameters.get(scope + ".W_x");
        Parameter wH = parameters.get(scope + ".W_h");
        int h = wH.size(0);
        int x = wX.size(0);
        for (String block : blocks.split(" ", -1)) {
            double[] drawn = transposed(h, draw(h, h + x));
            boolean own = !names(wH).contains(block);
            Parameter recurrent = own ? parameters.get(scope + ".U_" + block) : wH;
            setBlock(recurrent, own ? 0 : names(wH).indexOf(block), h, Arrays.copyOf(drawn, h * h));
            setBlock(wX, names(wX).indexOf(block), h, Arrays.copyOfRange(drawn, h * h, drawn.length));
        }
        return this;
    }

    /** The names of the blocks side by side in a parameter, as its axes tell them: {@code D,4H:i|f|o|g}. */
    private static List<String> names(Parameter p) {
        return List.of(p.axes().substring(p.axes().indexOf(':') + 1).split("\\|", -1));
    }

    private static void setBlock(Parameter p, int block, int width, double... numbers) {
        double[] all = p.valuesCopy();
        int columns = p.size(1);
        for (int k = 0; k < numbers.length; k++) {
            all[k / width * columns + block * width + k % width] = numbers[k];
        }
        p.set(all);
    }

    private double[] draw(int rows, int columns) {
        double factor = scale.applyAsDouble(rows, columns);
        double[] drawn = new double[rows * columns];
        Arrays.setAll(drawn, k -> factor * random.nextGaussian());
        return drawn;
    }

    private static double[] transposed(int rows, double... w) {
        int columns = w.length / rows;
        double[] turned = new double[w.length];
        Arrays.setAll(turned, k -> w[k % rows * columns + k / rows]);
        return turned;
    }
}
