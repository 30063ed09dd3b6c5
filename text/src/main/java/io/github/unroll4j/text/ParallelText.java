// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Source lines and their target lines: sentences and their translations, or questions and answers.
 *
 * <p>A pair with an empty side teaches nothing. It is left out and counted. A side is empty if it is of white space, or
 * if its vocabulary finds no token in it, which {@link #withTokens} and {@link #encode} look at.
 *
 * @param sources the source lines, none blank
 * @param targets the target line of each source line, none blank
 * @param skipped number of pairs left out because one side was empty
 * @since 0.1.0
 */
public record ParallelText(List<String> sources, List<String> targets, int skipped) {
    /**
     * Copies the lists and checks that they have the same length.
     *
     * @param sources {@link #sources()}
     * @param targets {@link #targets()}
     * @param skipped {@link #skipped()}
     */
    public ParallelText {
        Objects.requireNonNull(sources, "sources");
        Objects.requireNonNull(targets, "targets");
        sources = List.copyOf(sources);
        targets = List.copyOf(targets);
        if (sources.size() != targets.size()) {
            throw new IllegalArgumentException("ParallelText: " + sources.size() + " sources and " + targets.size()
                    + " targets, expected a target for each source");
        }
    }

    /** {@return a text without pairs} */
    public static ParallelText none() {
        return new ParallelText(List.of(), List.of(), 0);
    }

    /**
     * Makes pairs of lines.
     *
     * @param sources source lines
     * @param targets target lines, as many as source lines
     * @return the pairs without those that have a blank side
     * @throws IllegalArgumentException if one side has more lines than the other
     */
    public static ParallelText of(List<String> sources, List<String> targets) {
        if (sources.size() != targets.size()) {
            throw new IllegalArgumentException("ParallelText.of: there are " + sources.size() + " sources and "
                    + targets.size() + " targets, expected a target for each source");
        }
        List<String> keptSources = new ArrayList<>();
        List<String> keptTargets = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            if (!isBlank(sources.get(i)) && !isBlank(targets.get(i))) {
                keptSources.add(sources.get(i));
                keptTargets.add(targets.get(i));
            }
        }
        return new ParallelText(keptSources, keptTargets, sources.size() - keptSources.size());
    }

    private static boolean isBlank(String line) {
        return line.codePoints().allMatch(Unicode::isWhiteSpace);
    }

    /**
     * Reads two files. Line i of one file belongs to line i of the other.
     *
     * @param source a UTF-8 file, read as {@link TextFiles#lines} does
     * @param target another file with as many lines
     * @return the pairs without those that have a blank side
     * @throws IllegalArgumentException if a file cannot be read, the numbers of lines differ, or no pair is left; the
     *     message names the files
     */
    public static ParallelText read(Path source, Path target) {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(target, "target");
        List<String> sources = lines(source);
        List<String> targets = lines(target);
        if (sources.size() != targets.size()) {
            throw new IllegalArgumentException("ParallelText.read: " + source + " has " + sources.size() + " lines and "
                    + target + " has " + targets.size() + ", expected as many: line i of one belongs to line i"
                    + " of the other; likely cause: one file was cut, or lines are missing in only one of them");
        }
        ParallelText read = of(sources, targets);
        if (read.size() == 0) {
            throw new IllegalArgumentException("ParallelText.read: of the " + sources.size() + " lines of " + source
                    + " and " + target + " none has words on both sides");
        }
        return read;
    }

    private static List<String> lines(Path file) {
        List<String> lines = TextFiles.lines(file);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("ParallelText.read: " + file + " is empty, expected lines");
        }
        return lines;
    }

    /** {@return the number of pairs} */
    public int size() {
        return sources.size();
    }

    /**
     * Returns the pairs that have a token on both sides. A tokenizer may drop what others keep, such as an emoji.
     *
     * @param source vocabulary of the sources
     * @param target vocabulary of the targets
     * @return those pairs; what was left out is added to {@link #skipped}
     * @throws IllegalArgumentException if there are pairs and none of them is left
     */
    public ParallelText withTokens(Vocabulary source, Vocabulary target) {
        List<String> keptSources = new ArrayList<>();
        List<String> keptTargets = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            if (source.encode(sources.get(i)).length > 0 && target.encode(targets.get(i)).length > 0) {
                keptSources.add(sources.get(i));
                keptTargets.add(targets.get(i));
            }
        }
        requireSome(keptSources.size(), source, target);
        return new ParallelText(keptSources, keptTargets, skipped + size() - keptSources.size());
    }

    /**
     * Returns the pairs as ids.
     *
     * @param source vocabulary of the sources
     * @param target vocabulary of the targets
     * @return one pair of id sequences for each pair of {@link #withTokens}
     * @throws IllegalArgumentException if there are pairs and none of them has a token on both sides
     */
    public List<Pair> encode(Vocabulary source, Vocabulary target) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            Pair pair = new Pair(source.encode(sources.get(i)), target.encode(targets.get(i)));
            if (pair.source().length > 0 && pair.target().length > 0) {
                pairs.add(pair);
            }
        }
        requireSome(pairs.size(), source, target);
        return pairs;
    }

    private void requireSome(int left, Vocabulary source, Vocabulary target) {
        if (left == 0 && size() > 0) {
            throw new IllegalArgumentException(
                    "ParallelText: of " + size() + " pairs none has a token on both sides, as "
                            + source.splitting() + " and " + target.splitting()
                            + " split them; likely cause: a tokenizer for texts of another kind");
        }
    }
}
