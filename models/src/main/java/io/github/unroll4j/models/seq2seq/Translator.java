// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.Alignment;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * From source texts to target texts, several at a time.
 *
 * <p>Every text has an answer. A source without tokens, empty or of white space, gives an empty target, finished,
 * without the model being asked. Words that the vocabulary of the sources does not know are read as {@code <UNK>}. A
 * source may be longer than any in training, and is read whole; attention reaches all of it, but for a location score,
 * which knows as many positions as it was built for. Where the model does not end a target, the longest length does,
 * and the translation says that it is not finished. What is translated side by side has no influence on each other.
 *
 * <p>Any number of threads may use one translator, or several of one model, at once.
 *
 * @since 0.1.0
 */
public final class Translator {
    /** Most sources that are run side by side: {@value}; fewer with beams, so that the rows do not take much memory. */
    public static final int BATCH = 128;

    private static final int MOST_ROWS = 160;

    private static final Translation EMPTY = new Translation("", 0, 0, true, Optional.empty());

    private final Seq2Seq model;
    private final boolean copyUnknown;

    /**
     * A translator.
     *
     * @param model borrowed
     * @param copyUnknown whether an {@code <UNK>} in a target becomes the source word that it looked at most, after
     *     Luong, Sutskever, Le, Vinyals and Zaremba (2015), "Addressing the rare word problem in neural machine
     *     translation", and Jean et al. (2015); the target of the alignment still says {@code <UNK>}. Of no effect
     *     without attention
     */
    public Translator(Seq2Seq model, boolean copyUnknown) {
        Objects.requireNonNull(model, "model");
        this.model = model;
        this.copyUnknown = copyUnknown;
    }

    /**
     * The best translation of each source.
     *
     * @param sources texts
     * @param how the search
     * @return one translation a source
     */
    public List<Translation> translate(List<String> sources, Decoding how) {
        return nBest(sources, how).stream().map(best -> best.get(0)).toList();
    }

    /**
     * The best translations of each source.
     *
     * @param sources texts
     * @param how the search; its {@code best} says how many
     * @return for each source its translations, best first; fewer where the search found fewer
     */
    public List<List<Translation>> nBest(List<String> sources, Decoding how) {
        List<List<Translation>> all = new ArrayList<>(Collections.nCopies(sources.size(), List.of(EMPTY)));
        List<List<Source>> batches = batches(sources, how.beams());
        model.run("Translator.translate", batches.size(), (own, part) -> {
            List<Source> some = batches.get(part);
            List<List<Hypothesis>> found = new Search(own.steps())
                    .search(some.stream().map(Source::ids).toList(), how);
            for (int b = 0; b < some.size(); b++) {
                Source source = some.get(b);
                all.set(
                        source.place(),
                        found.get(b).stream()
                                .map(h -> translation(source.text(), h))
                                .toList());
            }
        });
        return all;
    }

    /**
     * A translation of each source, drawn token by token. It depends on the source, its place in the list and the
     * generator, and not on what is translated beside it.
     *
     * @param sources texts
     * @param policy how a token is chosen; it is given ln p
     * @param rng source of randomness
     * @param maxLength longest target without {@code <EOS>}, 1 to {@value Decoding#MOST_TOKENS}
     * @return one translation a source
     */
    public List<Translation> sample(List<String> sources, SamplingPolicy policy, Rng rng, int maxLength) {
        Decoding.requireTokens("Translator.sample", maxLength);
        List<Rng> own = sources.stream().map(source -> rng.split()).toList(); // of empty ones too, for those after them
        List<Translation> all = new ArrayList<>(Collections.nCopies(sources.size(), EMPTY));
        List<List<Source>> batches = batches(sources, 1);
        model.run("Translator.sample", batches.size(), (workspace, part) -> {
            List<Source> some = batches.get(part);
            List<Hypothesis> found = new Search(workspace.steps())
                    .sample(
                            some.stream().map(Source::ids).toList(),
                            some.stream().map(source -> own.get(source.place())).toList(),
                            policy,
                            maxLength);
            for (int b = 0; b < some.size(); b++) {
                all.set(some.get(b).place(), translation(some.get(b).text(), found.get(b)));
            }
        });
        return all;
    }

    /** A text that has tokens, and its place in the list. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Source(int place, String text, int[] ids) {}

    /**
     * The sources that have tokens, those of like length together: then little of a batch is padding, and what is
     * translated side by side ends at about the same step. The batches know nothing of each other.
     */
    private List<List<Source>> batches(List<String> texts, int rowsEach) {
        int size = Math.max(1, Math.min(BATCH, MOST_ROWS / rowsEach));
        List<Source> sources = IntStream.range(0, texts.size())
                .mapToObj(i -> new Source(i, texts.get(i), model.source().encode(texts.get(i))))
                .filter(source -> source.ids().length > 0)
                .sorted(Comparator.comparingInt(source -> -source.ids().length))
                .toList();
        List<List<Source>> batches = new ArrayList<>();
        for (int from = 0; from < sources.size(); from += size) {
            batches.add(sources.subList(from, Math.min(sources.size(), from + size)));
        }
        return batches;
    }

    /**
     * Where the model looks when it is made to write a given target, as in training.
     *
     * @param source a text
     * @param target its translation
     * @return the alignment of the target's tokens and of {@code <EOS>}
     * @throws IllegalArgumentException if the model has no attention
     */
    public Alignment align(String source, String target) {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(target, "target");
        if (model.config().attending() instanceof AttentionKind.None) {
            throw new IllegalArgumentException("Translator.align: the model has no attention, so it has no alignment.");
        }
        int[] ids = model.source().encode(source);
        PairBatch batch = PairBatch.of(List.of(new Pair(ids, model.target().encode(target))));
        double[][] weights = model.read("Translator.align", own -> own.steps().weights(batch));
        return new Alignment(
                model.source().tokenizer().tokenize(source),
                ended(model.target().tokenizer().tokenize(target)),
                weights);
    }

    /** What is written and its end, which the model looks for as for a word. */
    private List<String> ended(List<String> words) {
        List<String> ended = new ArrayList<>(words);
        ended.add(model.target().token(WordVocabulary.EOS_ID));
        return ended;
    }

    private Translation translation(String source, Hypothesis h) {
        List<String> words = new ArrayList<>();
        for (int id : h.ids()) {
            words.add(model.target().token(id));
        }
        Optional<Alignment> alignment = Optional.empty();
        if (!(model.config().attending() instanceof AttentionKind.None)) {
            List<String> sourceWords = model.source().tokenizer().tokenize(source);
            Alignment found = new Alignment(sourceWords, h.finished() ? ended(words) : words, h.weights());
            alignment = Optional.of(found);
            for (int t = 0; copyUnknown && t < words.size(); t++) {
                if (h.ids()[t] == WordVocabulary.UNK_ID) {
                    words.set(t, sourceWords.get(found.mostAttended(t)));
                }
            }
        }
        String text = model.target().tokenizer().join(words);
        return new Translation(text, h.logProbability(), h.score(), h.finished(), alignment);
    }
}
