// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

/**
 * A target that a search found.
 *
 * @param ids its tokens without {@code <EOS>}
 * @param logProbability ln p of the tokens, and of {@code <EOS>} where it is finished
 * @param score what it competed by
 * @param finished whether the model ended it; false where the longest length was reached first
 * @param weights where each step looked, [steps][source positions] in the order of the source as given: a step for each
 *     token and, where it is finished, one for {@code <EOS>}; empty rows without attention
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of fresh arrays, never compared
record Hypothesis(int[] ids, double logProbability, double score, boolean finished, double[][] weights) {}
