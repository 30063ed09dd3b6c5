// SPDX-License-Identifier: Apache-2.0
/**
 * From text to token ids and back: vocabularies, tokenizers and the windows that a language model trains on.
 *
 * <p>The package is plain Java and can be used alone. It knows no arrays of a backend, no models, and no files other
 * than text files. The usual way through it, from a file to the windows of one epoch:
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
 *     <td>{@link io.github.unroll4j.text.Vocabulary#splitting()},
 *         {@link io.github.unroll4j.text.Vocabulary#hash()},
 *         {@link io.github.unroll4j.text.Vocabulary#differenceFrom}</td></tr>
 * <tr><td>Which part of the text does a training step see, and when is the state reset?</td>
 *     <td>{@link io.github.unroll4j.text.Windows}, {@link io.github.unroll4j.text.Window}</td></tr>
 * <tr><td>Which part of a text is kept for validation?</td><td>{@link io.github.unroll4j.text.Split}</td></tr>
 * <tr><td>Which vectors for the tokens are in a file of word2vec or GloVe?</td>
 *     <td>{@link io.github.unroll4j.text.WordVectors}</td></tr>
 * <tr><td>Which pairs of sequences does a training step see side by side?</td>
 *     <td>{@link io.github.unroll4j.text.PairBatches}, {@link io.github.unroll4j.text.PairBatch}</td></tr>
 * <tr><td>How good is what a model wrote?</td>
 *     <td>{@link io.github.unroll4j.text.Bleu}, {@link io.github.unroll4j.text.ExactMatch}</td></tr>
 * <tr><td>How is a file read?</td><td>{@link io.github.unroll4j.text.TextFiles}</td></tr>
 * </table>
 *
 * <p>Text is a sequence of Unicode code points everywhere: a character outside the Basic Multilingual Plane is one
 * symbol, not two. Nothing is normalised (NFC, NFD), and nothing is lower-cased unless a tokenizer says so. Bad input
 * causes an {@link java.lang.IllegalArgumentException}. Its message is one sentence that can be shown to the user.
 */
@NullMarked
package io.github.unroll4j.text;

import org.jspecify.annotations.NullMarked;
