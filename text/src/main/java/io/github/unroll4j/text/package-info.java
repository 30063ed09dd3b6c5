// SPDX-License-Identifier: Apache-2.0
/**
 * Text in, token ids out, and back: vocabularies, tokenizers and the windows a language model trains on.
 *
 * <p>The package is plain Java: it knows nothing of arrays on a backend, models or files other than text, and can be
 * used alone. The usual way through it, from a file to the windows of one epoch:
 *
 * <pre>{@code
 * String text = TextFiles.read(Path.of("book.txt"));
 * Vocabulary vocabulary = CharVocabulary.of(text);
 * Split split = Split.of(vocabulary.encode(text), 0.9);
 * for (Window window : Windows.of(split.train(), 50, 32)) {
 *     // window.inputs() and window.targets() hold ids, time-major: entry (t, b) at t * batch + b
 * }
 * String again = vocabulary.decode(vocabulary.encode("once more"));
 * }</pre>
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>Which ids stand for which characters or words?</td>
 *     <td>{@link io.github.unroll4j.text.CharVocabulary}, {@link io.github.unroll4j.text.WordVocabulary}</td></tr>
 * <tr><td>What happens to a character or word outside the vocabulary?</td>
 *     <td>{@link io.github.unroll4j.text.UnknownRule}</td></tr>
 * <tr><td>Where does one word end and the next begin?</td>
 *     <td>{@link io.github.unroll4j.text.Tokenizer}, {@link io.github.unroll4j.text.Tokenizers}</td></tr>
 * <tr><td>How is a vocabulary stored beside weights, rebuilt and compared?</td>
 *     <td>{@link io.github.unroll4j.text.VocabularySpec},
 *         {@link io.github.unroll4j.text.Vocabulary#hash()},
 *         {@link io.github.unroll4j.text.Vocabulary#differenceFrom}</td></tr>
 * <tr><td>Which part of the text does a training step see, and when is the state reset?</td>
 *     <td>{@link io.github.unroll4j.text.Windows}, {@link io.github.unroll4j.text.Window}</td></tr>
 * <tr><td>What is kept back for validation?</td><td>{@link io.github.unroll4j.text.Split}</td></tr>
 * <tr><td>Which vectors does a file of word2vec or GloVe have for the tokens?</td>
 *     <td>{@link io.github.unroll4j.text.WordVectors}</td></tr>
 * <tr><td>Which pairs does a training step see side by side?</td>
 *     <td>{@link io.github.unroll4j.text.PairBatches}, {@link io.github.unroll4j.text.PairBatch}</td></tr>
 * <tr><td>How good is what a model wrote?</td>
 *     <td>{@link io.github.unroll4j.text.Bleu}, {@link io.github.unroll4j.text.ExactMatch}</td></tr>
 * <tr><td>How is a file read?</td><td>{@link io.github.unroll4j.text.TextFiles}</td></tr>
 * </table>
 *
 * <p>Text is a sequence of Unicode code points throughout: a character outside the Basic Multilingual Plane is one
 * symbol, not two. Nothing is normalised (NFC, NFD) and nothing lower-cased unless a tokenizer says so. Bad input is
 * answered by an {@link java.lang.IllegalArgumentException} whose message is one sentence fit to be shown to the user.
 */
@NullMarked
package io.github.unroll4j.text;

import org.jspecify.annotations.NullMarked;
