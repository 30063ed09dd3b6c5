// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.Regularisation;
import io.github.unroll4j.models.sequence.RecurrentNoise;

/** What a language model is built of, in words. */
final class ModelText {
    private ModelText() {}

    static String describe(LanguageModelConfig config) {
        Regularisation noise = config.regularisation();
        RecurrentNoise recurrent = noise.recurrent();
        return config.cell() + " " + config.hidden() + " x " + config.layers() + " in " + config.dtype()
                + (config.embedding() > 0 ? ", embedding " + config.embedding() : "")
                + (config.tied() ? ", tied" : "")
                + (config.residual() ? ", residual" : "")
                + rate(noise.variational() ? "variational dropout" : "dropout", noise.dropout())
                + rate("embedding dropout", noise.embeddingDropout())
                + rate("recurrent dropout", recurrent.dropout())
                + rate("weight drop", recurrent.weightDrop())
                + rate("zoneout", recurrent.zoneout())
                + rate("zoneout of the memory", recurrent.zoneoutMemory());
    }

    private static String rate(String name, double rate) {
        return rate > 0 ? ", " + name + " " + rate : "";
    }
}
