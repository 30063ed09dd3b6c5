// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.models.attention.Focus;
import java.util.Locale;

/** What a model is made of, in words. */
final class ConfigText {
    private ConfigText() {}

    static String describe(Seq2SeqConfig config) {
        Seq2SeqConfig.Options options = config.options();
        Bridge.Options bridge = config.bridge();
        return side(config.encoder()) + (options.bidirectional() ? " both ways" : "") + " -> " + side(config.decoder())
                + " in " + options.dtype() + ", " + describe(config.attending()) + ", bridge "
                + name(bridge.kind()) + (options.bidirectional() ? " of " + name(bridge.directions()) : "")
                + (options.reversed() ? ", sources reversed" : "")
                + (options.sharedEmbedding() ? ", one embedding" : "")
                + (options.dropout() > 0 ? ", dropout " + options.dropout() : "");
    }

    private static String side(Seq2SeqConfig.Side side) {
        return side.cell() + " " + side.hidden() + " x " + side.layers() + " of embedding " + side.embedding();
    }

    private static String describe(AttentionKind attending) {
        if (attending instanceof AttentionKind.Bahdanau additive) {
            return "additive attention of " + additive.size() + size(", maxout ", additive.maxout());
        }
        if (attending instanceof AttentionKind.Luong luong) {
            return name(luong.score()) + " attention" + size(" of ", luong.size()) + describe(luong.focus())
                    + (luong.inputFeeding() ? ", input feeding" : "");
        }
        AttentionKind.None none = (AttentionKind.None) attending;
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
}
