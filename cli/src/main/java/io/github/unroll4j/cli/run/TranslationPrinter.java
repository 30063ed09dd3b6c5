// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.models.decoding.Alignment;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.plots.Heatmap;
import io.github.unroll4j.plots.Pictures;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prints translations, a line each, and where the model looked if that is asked for.
 *
 * @since 0.1.0
 */
public final class TranslationPrinter {
    /** Where a model looked for an empty line, which it is not asked about. */
    private static final Alignment NOTHING = new Alignment(List.of(), List.of(), new double[0][]);

    private final PrintWriter out;
    private final String title;
    private final @Nullable Format alignment;
    private final @Nullable Path pictures;
    private int sources;
    private @Nullable String undrawn;

    /** How an alignment is written. */
    public enum Format {
        /** A table to read. */
        TEXT,
        /** Comma-separated values. */
        CSV,
        /** A JSON object in one line. */
        JSON
    }

    /**
     * A printer.
     *
     * @param out where to
     * @param model translates, named in the titles of pictures
     * @param alignment how alignments are written, null for none
     * @param pictures a folder for a picture of the alignment of each source, null for none
     */
    public TranslationPrinter(PrintWriter out, Seq2Seq model, @Nullable Format alignment, @Nullable Path pictures) {
        this.out = out;
        title = ModelText.title(model.config());
        this.alignment = alignment;
        this.pictures = pictures;
    }

    /**
     * Prints what became of a source.
     *
     * @param source the source
     * @param best its translations, best first; where there may be several each has the number of the source, from 1,
     *     and its score before it, because sources have unlike numbers of them
     * @param several whether there may be several
     */
    public void print(String source, List<Translation> best, boolean several) {
        sources++;
        for (Translation translation : best) {
            String place = several ? String.format(Locale.ROOT, "%d\t%.4f\t", sources, translation.score()) : "";
            out.println(place + translation.text());
            if (alignment != null) {
                print(translation.alignment().orElse(NOTHING), alignment);
            }
        }
        Optional<Alignment> first = best.get(0).alignment();
        out.flush();
        if (pictures != null && first.isPresent() && undrawn == null) {
            try {
                Pictures.draw(new Heatmap(title + ": " + source, first.get()), pictures.resolve(sources + ".png"));
            } catch (IllegalStateException e) {
                undrawn = e.getMessage(); // the translations go on
            }
        }
    }

    /** {@return why a picture could not be drawn, after which none was tried; null if all were} */
    public @Nullable String undrawn() {
        return undrawn;
    }

    private void print(Alignment found, Format format) {
        switch (format) {
            case TEXT -> out.println(found.text());
            case CSV -> out.print(found.csv());
            case JSON -> out.println(found.json());
        }
    }
}
