// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import io.github.unroll4j.text.Tokenizer;
import java.util.List;

/** Splits where a digit begins: no built-in tokenizer does. */
public final class AtDigits implements Tokenizer {
    @Override
    public List<String> tokenize(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("(?=[0-9])"));
    }

    @Override
    public String name() {
        return "at-digits";
    }
}
