// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.DecodingFlags;
import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.decoding.Alignment;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Translator;
import io.github.unroll4j.plots.Heatmap;
import io.github.unroll4j.plots.Pictures;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A model that translates, and its pairs of sentences. */
record TranslationTrainee(Seq2Seq model, PairCorpus text, DecodingFlags decoding, Console console) implements Trainee {
    private static final int SHOWN = 5;

    /** What a model and the pairs that it was trained on must be the same as. */
    static Subject subject(Seq2Seq model, String text, String hash) {
        return new Subject(
                List.of(model.source(), model.target()),
                model.config(),
                model.config().describe(),
                text,
                hash);
    }

    @Override
    public Subject subject() {
        return subject(model, text.name(), text.hash());
    }

    @Override
    public String title() {
        return ModelText.title(model.config()) + ": " + text.name();
    }

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public void writeTo(Checkpoint.Builder checkpoint) {
        model.writeTo(checkpoint);
    }

    @Override
    public String describeSplit(boolean quickly) {
        return text.describeSplit();
    }

    @Override
    public boolean hasValidation() {
        return !text.validation().isEmpty();
    }

    @Override
    public String validationHash() {
        return text.validation().hash();
    }

    @Override
    public double validationLoss(boolean quickly) {
        return model.evaluate(text.validation().pairs()).nats();
    }

    /** What the lines of a sample are. */
    String legend() {
        return "> a sentence " + (hasValidation() ? "held out" : "it was trained on, since none is held out")
                + ", = its translation as it is known, < as the model writes it";
    }

    private PairCorpus.Part measured() {
        return hasValidation() ? text.validation() : text.train();
    }

    private List<Translation> greedy(List<String> sources) {
        Translator translator = new Translator(model, decoding.copyUnknown());
        return translator.translate(sources, decoding.greedy());
    }

    /** The first few pairs: a sentence, its translation as it should be, and as it is. */
    @Override
    public void show() {
        PairCorpus.Part some = measured();
        int count = Math.min(SHOWN, some.text().size());
        List<Translation> translations = greedy(some.text().sources().subList(0, count));
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < count; i++) {
            shown.append(String.format(
                    Locale.ROOT,
                    "%n> %s%n= %s%n< %s%n",
                    some.text().sources().get(i),
                    some.text().targets().get(i),
                    translations.get(i).text()));
        }
        console.text(shown.toString());
    }

    @Override
    public Map<String, String> results(RunFolder folder) {
        Map<String, String> results = new LinkedHashMap<>();
        results.put(
                hasValidation() ? "validation" : "training",
                Results.describe(model.evaluate(measured().pairs()), PairCorpus.unit(text.target())));
        String sentence = measured().text().sources().get(0);
        Translation first = greedy(List.of(sentence)).get(0);
        first.alignment().ifPresent(alignment -> {
            console.text("weights of attention: " + sentence);
            console.text(alignment.text());
            results.put("alignment", draw(sentence, alignment, folder));
        });
        return results;
    }

    private String draw(String sentence, Alignment alignment, RunFolder folder) {
        Heatmap picture = new Heatmap(ModelText.title(model.config()) + ": " + sentence, alignment);
        return Pictures.save(picture, folder.alignment(), "it is printed above");
    }

    @Override
    public Map<String, String> test(Path saved) {
        if (text.test().isEmpty()) {
            return Map.of();
        }
        try (Seq2Seq loaded = Seq2Seq.load(saved)) {
            return TranslationScores.of(loaded, text.test().text(), decoding);
        }
    }

    @Override
    public Map<String, String> commands(Path saved) {
        return Map.of(
                "translate",
                Commands.of(
                        "translate-text",
                        saved.toString(),
                        "--text",
                        measured().text().sources().get(0)));
    }
}
