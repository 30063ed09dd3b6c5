// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What every list of tokens must be. */
final class Tokens {
    private Tokens() {}

    /**
     * Returns the ids of tokens from some id on. Refuses lists that no vocabulary can have: an empty list, an empty
     * token, a repeated token, bad Unicode.
     */
    static Map<String, Integer> requireDistinct(String where, List<String> tokens, int from) {
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException(where + ": the list of tokens is empty, expected at least one");
        }
        Map<String, Integer> ids = new HashMap<>();
        for (int id = from; id < tokens.size(); id++) {
            String token = tokens.get(id);
            if (token == null || token.isEmpty()) {
                throw new IllegalArgumentException(
                        where + ": token " + id + " is " + (token == null ? "null" : "empty") + ", expected a text");
            }
            CodePoints.requireWellFormed(where + ": token " + id, token);
            Integer before = ids.put(token, id);
            if (before != null) {
                throw new IllegalArgumentException(where + ": token " + CodePoints.describe(token) + " has both id "
                        + before + " and id " + id + ", expected no token twice; likely cause: the list was edited");
            }
        }
        return ids;
    }
}
