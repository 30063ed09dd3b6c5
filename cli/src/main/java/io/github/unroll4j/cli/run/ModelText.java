// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.Regularisation;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import java.util.Locale;

/** What a model is built of, in words. */
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

    /** A model that translates, in as many words as a title has room for. */
    static String title(Seq2SeqConfig config) {
        String attention = config.attending() instanceof AttentionKind.Luong luong
                ? luong.score().name().toLowerCase(Locale.ROOT) + " attention"
                : config.attending() instanceof AttentionKind.Bahdanau ? "additive attention" : "no attention";
        return config.encoder().cell() + " " + config.encoder().hidden() + ", " + attention;
    }

    private static String rate(String name, double rate) {
        return rate > 0 ? ", " + name + " " + rate : "";
    }
}
