// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.Regularisation;
import io.github.unroll4j.models.seq2seq.Attending;
import io.github.unroll4j.models.seq2seq.Bridge;
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

    static String describe(Seq2SeqConfig config) {
        Seq2SeqConfig.Options options = config.options();
        Bridge.Options bridge = config.bridge();
        return side(config.encoder()) + (options.bidirectional() ? " both ways" : "") + " -> " + side(config.decoder())
                + " in " + options.dtype() + ", " + describe(config.attending()) + ", bridge "
                + name(bridge.kind()) + (options.bidirectional() ? " of " + name(bridge.directions()) : "")
                + (options.reversed() ? ", sources reversed" : "")
                + (options.sharedEmbedding() ? ", one embedding" : "")
                + rate("dropout", options.dropout());
    }

    private static String side(Seq2SeqConfig.Side side) {
        return side.cell() + " " + side.hidden() + " x " + side.layers() + " of embedding " + side.embedding();
    }

    private static String describe(Attending attending) {
        if (attending instanceof Attending.Bahdanau additive) {
            return "additive attention of " + additive.size() + size(", maxout ", additive.maxout());
        }
        if (attending instanceof Attending.Luong luong) {
            return name(luong.score()) + " attention" + size(" of ", luong.size()) + describe(luong.focus())
                    + (luong.inputFeeding() ? ", input feeding" : "");
        }
        Attending.None none = (Attending.None) attending;
        return (none.summary() ? "a summary at every step" : "no attention") + size(", maxout ", none.maxout());
    }

    private static String describe(Focus focus) {
        if (focus instanceof Focus.Monotonic local) {
            return " within " + local.radius() + " of its own step";
        }
        return focus instanceof Focus.Predictive local ? " within " + local.radius() + " of a predicted position" : "";
    }

    private static String size(String name, int size) {
        return size > 0 ? name + size : "";
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String rate(String name, double rate) {
        return rate > 0 ? ", " + name + " " + rate : "";
    }
}
