// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.checkpoint.Json;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.attention.Focus;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A configuration as JSON with closed keys. */
final class Seq2SeqJson {
    private static final String KIND = "sequence-to-sequence";
    private static final int VERSION = 1;

    private final String where;
    private final Map<String, Object> json;

    private Seq2SeqJson(String where, Map<String, Object> json, String... keys) {
        this.where = where;
        this.json = json;
        Json.requireKnown(where, json, Set.of(keys));
    }

    static String write(Seq2SeqConfig config) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", KIND);
        json.put("version", VERSION);
        json.put("encoder", side(config.encoder()));
        json.put("decoder", side(config.decoder()));
        json.put("attending", attending(config.attending()));
        json.put("bridge", name(config.bridge().kind()));
        json.put("directions", name(config.bridge().directions()));
        Seq2SeqConfig.Options options = config.options();
        json.put("bidirectional", options.bidirectional());
        json.put("reversed", options.reversed());
        json.put("shared_embedding", options.sharedEmbedding());
        json.put("dropout", options.dropout());
        json.put("dtype", options.dtype().name());
        return Json.write(json);
    }

    private static Map<String, Object> side(Seq2SeqConfig.Side side) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cell", side.cell());
        json.put("embedding", side.embedding());
        json.put("hidden", side.hidden());
        json.put("layers", side.layers());
        return json;
    }

    private static Map<String, Object> attending(AttentionKind attending) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (attending instanceof AttentionKind.None none) {
            json.put("kind", "none");
            json.put("summary", none.summary());
            json.put("maxout", none.maxout());
        } else if (attending instanceof AttentionKind.Bahdanau before) {
            json.put("kind", "bahdanau");
            json.put("size", before.size());
            json.put("maxout", before.maxout());
        } else if (attending instanceof AttentionKind.Luong after) {
            json.put("kind", "luong");
            json.put("score", name(after.score()));
            json.put("size", after.size());
            json.put("focus", after.focus().getClass().getSimpleName().toLowerCase(Locale.ROOT));
            json.put("radius", radius(after.focus()));
            json.put("input_feeding", after.inputFeeding());
            json.put("bias", after.bias());
        }
        return json;
    }

    private static int radius(Focus focus) {
        if (focus instanceof Focus.Monotonic local) {
            return local.radius();
        }
        return focus instanceof Focus.Predictive local ? local.radius() : 0;
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param source the file, for messages
     * @param key the metadata key, for messages
     * @param text the JSON
     * @return the configuration
     */
    static Seq2SeqConfig read(String source, String key, String text) {
        String where = source + ": " + key;
        Map<String, Object> map = Json.parse(where, text);
        String kind = Json.get(where, map, "kind", String.class);
        int version = Json.get(where, map, "version", Integer.class);
        if (kind.equals("language-model")) {
            throw new CheckpointException(source + ": holds a " + kind + ", expected a " + KIND
                    + " model; LanguageModel.load reads it, and generate of the command line.");
        }
        if (!kind.equals(KIND) || version != VERSION) {
            throw new CheckpointException(source + ": holds a " + kind + " of format version " + version
                    + ", expected a " + KIND + " of version " + VERSION
                    + "; likely cause: it was written by a later release or is another kind of model.");
        }
        Seq2SeqJson json = new Seq2SeqJson(
                where,
                map,
                "kind",
                "version",
                "encoder",
                "decoder",
                "attending",
                "bridge",
                "directions",
                "bidirectional",
                "reversed",
                "shared_embedding",
                "dropout",
                "dtype");
        try {
            return json.config();
        } catch (CheckpointException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(where + ": " + e.getMessage() + " Likely cause: the file was edited.", e);
        }
    }

    private Seq2SeqConfig config() {
        return new Seq2SeqConfig(
                inner("encoder", "cell", "embedding", "hidden", "layers").side(),
                inner("decoder", "cell", "embedding", "hidden", "layers").side(),
                attending(),
                new Bridge.Options(
                        choice("bridge", Bridge.Kind.values()), choice("directions", Bridge.Directions.values())),
                new Seq2SeqConfig.Options(
                        get("bidirectional", Boolean.class),
                        get("reversed", Boolean.class),
                        get("shared_embedding", Boolean.class),
                        get("dropout", Double.class),
                        choice("dtype", Dtype.values()),
                        false,
                        Seq2SeqConfig.Start.OF_PARTS));
    }

    private Seq2SeqConfig.Side side() {
        return new Seq2SeqConfig.Side(
                get("cell", String.class),
                get("embedding", Integer.class),
                get("hidden", Integer.class),
                get("layers", Integer.class));
    }

    private AttentionKind attending() {
        Map<?, ?> raw = get("attending", Map.class);
        String kind = String.valueOf(raw.get("kind"));
        return switch (kind) {
            case "none" -> inner("attending", "kind", "summary", "maxout").none();
            case "bahdanau" -> inner("attending", "kind", "size", "maxout").bahdanau();
            case "luong" ->
                inner("attending", "kind", "score", "size", "focus", "radius", "input_feeding", "bias")
                        .luong();
            default ->
                throw new CheckpointException(
                        where + ": attending is '" + kind + "', expected none, bahdanau or luong.");
        };
    }

    private AttentionKind none() {
        return new AttentionKind.None(get("summary", Boolean.class), get("maxout", Integer.class));
    }

    private AttentionKind bahdanau() {
        return new AttentionKind.Bahdanau(get("size", Integer.class), get("maxout", Integer.class));
    }

    private AttentionKind luong() {
        return new AttentionKind.Luong(
                choice("score", AttentionKind.ScoreName.values()),
                get("size", Integer.class),
                focus(),
                get("input_feeding", Boolean.class),
                get("bias", Boolean.class));
    }

    private Focus focus() {
        String name = get("focus", String.class);
        int radius = get("radius", Integer.class);
        return switch (name) {
            case "global" -> Focus.global();
            case "monotonic" -> new Focus.Monotonic(radius);
            case "predictive" -> new Focus.Predictive(radius);
            default ->
                throw new CheckpointException(
                        where + ": focus is '" + name + "', expected global, monotonic or predictive.");
        };
    }

    private Seq2SeqJson inner(String key, String... keys) {
        Map<String, Object> object = new LinkedHashMap<>();
        ((Map<?, ?>) get(key, Map.class)).forEach((name, value) -> object.put(String.valueOf(name), value));
        return new Seq2SeqJson(where + ": " + key, object, keys);
    }

    private <T> T get(String key, Class<T> type) {
        return Json.get(where, json, key, type);
    }

    private <T extends Enum<T>> T choice(String key, T[] values) {
        String found = get(key, String.class);
        for (T value : values) {
            if (name(value).equals(found.toLowerCase(Locale.ROOT))) {
                return value;
            }
        }
        throw new CheckpointException(where + ": " + key + " is '" + found + "', expected one of "
                + Arrays.stream(values).map(Seq2SeqJson::name).toList() + ".");
    }
}
