// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.checkpoint.Json;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A configuration as JSON with closed keys. Version 1, of the first release, knew sizes only; version 2 has the
 * embedding, how layers and head are joined, and the regularisers.
 */
final class ConfigJson {
    private static final String KIND = "language-model";
    private static final int VERSION = 2;
    private static final Set<String> KEYS_1 = keys("kind", "version", "cell", "hidden", "layers", "dtype");
    private static final Set<String> KEYS_2 = keys(
            "kind", "version", "cell", "hidden", "layers", "dtype", "embedding", "tied", "residual", "regularisation");
    private static final Set<String> REGULARISATION_KEYS = keys(
            "dropout",
            "variational",
            "embedding_dropout",
            "recurrent_dropout",
            "weight_drop",
            "zoneout",
            "zoneout_memory");

    private ConfigJson() {}

    private static Set<String> keys(String... names) {
        return new LinkedHashSet<>(List.of(names));
    }

    static String write(LanguageModelConfig config) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", KIND);
        json.put("version", VERSION);
        json.put("cell", config.cell());
        json.put("hidden", config.hidden());
        json.put("layers", config.layers());
        json.put("dtype", config.dtype().name());
        json.put("embedding", config.embedding());
        json.put("tied", config.tied());
        json.put("residual", config.residual());
        json.put("regularisation", regularisation(config.regularisation()));
        return Json.write(json);
    }

    private static Map<String, Object> regularisation(Regularisation regularisation) {
        RecurrentNoise recurrent = regularisation.recurrent();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("dropout", regularisation.dropout());
        json.put("variational", regularisation.variational());
        json.put("embedding_dropout", regularisation.embeddingDropout());
        json.put("recurrent_dropout", recurrent.dropout());
        json.put("weight_drop", recurrent.weightDrop());
        json.put("zoneout", recurrent.zoneout());
        json.put("zoneout_memory", recurrent.zoneoutMemory());
        return json;
    }

    /**
     * Reads what {@link #write} wrote, in this release or an earlier one.
     *
     * @param source the file, for messages
     * @param key the metadata key, for messages
     * @param text the JSON
     * @return the configuration
     */
    static LanguageModelConfig read(String source, String key, String text) {
        String where = source + ": " + key;
        Map<String, Object> json = Json.parse(where, text);
        String kind = Json.get(where, json, "kind", String.class);
        int version = Json.get(where, json, "version", Integer.class);
        if (kind.equals("sequence-to-sequence")) {
            throw new CheckpointException(source + ": holds a " + kind + " model, expected a " + KIND
                    + "; Seq2Seq.load reads it, and translate-text of the command line.");
        }
        if (!kind.equals(KIND) || version < 1 || version > VERSION) {
            throw new CheckpointException(source + ": holds a " + kind + " of format version " + version
                    + ", expected a " + KIND + " of version 1 to " + VERSION
                    + "; likely cause: it was written by a later release or is another kind of model.");
        }
        Json.requireKnown(where, json, version == 1 ? KEYS_1 : KEYS_2);
        try {
            return version == 1 ? sizes(where, json) : whole(where, json);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(where + ": " + e.getMessage() + " Likely cause: the file was edited.", e);
        }
    }

    private static LanguageModelConfig sizes(String where, Map<String, Object> json) {
        return new LanguageModelConfig(
                Json.get(where, json, "cell", String.class),
                Json.get(where, json, "hidden", Integer.class),
                Json.get(where, json, "layers", Integer.class),
                dtype(where, Json.get(where, json, "dtype", String.class)));
    }

    private static LanguageModelConfig whole(String where, Map<String, Object> json) {
        return sizes(where, json)
                .embedding(Json.get(where, json, "embedding", Integer.class))
                .tied(Json.get(where, json, "tied", Boolean.class))
                .residual(Json.get(where, json, "residual", Boolean.class))
                .with(regularisation(where + ": regularisation", Json.get(where, json, "regularisation", Map.class)));
    }

    private static Regularisation regularisation(String where, Map<?, ?> object) {
        Map<String, Object> json = new LinkedHashMap<>();
        object.forEach((name, value) -> json.put((String) name, value));
        Json.requireKnown(where, json, REGULARISATION_KEYS);
        return new Regularisation(
                Json.get(where, json, "dropout", Double.class),
                Json.get(where, json, "variational", Boolean.class),
                Json.get(where, json, "embedding_dropout", Double.class),
                new RecurrentNoise(
                        Json.get(where, json, "recurrent_dropout", Double.class),
                        Json.get(where, json, "weight_drop", Double.class),
                        Json.get(where, json, "zoneout", Double.class),
                        Json.get(where, json, "zoneout_memory", Double.class)));
    }

    private static Dtype dtype(String where, String name) {
        for (Dtype dtype : Dtype.values()) {
            if (dtype.name().equals(name)) {
                return dtype;
            }
        }
        throw new CheckpointException(where + " has the dtype " + name + ", expected FLOAT or DOUBLE.");
    }
}
