// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.decoding.Alignment;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.plots.Heatmap;
import io.github.unroll4j.plots.Picture;
import io.github.unroll4j.plots.Pictures;
import io.github.unroll4j.text.TextFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a running program is given: the values of its flags, its text, a folder for its files, and a training that
 * Ctrl-C ends so that a later run goes on with it. No part of the library; it is here so that the programs are short.
 */
class Example {
    /** Stands before the name of a text that comes with the programs. */
    static final String BUNDLED = "bundled:";

    private final Program program;
    private final PrintWriter out;
    private final Map<String, String> flags;
    private @Nullable Path folder;
    private long begin;

    /** Ends a program after Ctrl-C. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    Example(Program program, PrintWriter out, String... args) {
        this.program = program;
        this.out = out;
        flags = program.values(args);
        boolean own = !flag("data").isEmpty() && !flag("data").startsWith(BUNDLED);
        if (own && !flag("resume").isEmpty()) { // which a file of the run may have said
            say("reads %s", Program.printable(flag("data")));
        }
    }

    /** The value of a flag, empty if it has none. */
    String flag(String name) {
        return flags.getOrDefault(name, "");
    }

    double number(String flag) {
        try {
            return Double.parseDouble(flag(flag));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + flag + " is '" + flag(flag) + "', expected a number", e);
        }
    }

    int count(String flag) {
        return count(flag, 1);
    }

    /** The value of a flag as a whole number. */
    int count(String flag, int least) {
        double number = number(flag);
        if (number < least || number != (int) number) {
            throw new IllegalArgumentException(
                    "--" + flag + " is " + flag(flag) + ", expected a whole number of " + least + " or more");
        }
        return (int) number;
    }

    long iterations() {
        return count("iterations");
    }

    long seed() {
        return count("seed", 0);
    }

    /** The text of {@code --data}, or the bundled one. */
    String text() {
        String name = flag("data");
        if (!name.startsWith(BUNDLED)) {
            return TextFiles.read(Path.of(name));
        }
        try (InputStream in = Example.class.getResourceAsStream(name.substring(BUNDLED.length()))) {
            if (in == null) {
                throw new IllegalArgumentException("--data: there is no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of {@code --data}, or one with the bundled text. */
    Path textFile() throws IOException {
        String name = flag("data");
        return name.startsWith(BUNDLED)
                ? Files.writeString(file(name.substring(BUNDLED.length())), text())
                : Path.of(name);
    }

    /** A file with one column of {@code --data}, whose lines have tabs; lines without one are left out. */
    Path column(int column) throws IOException {
        return Files.write(
                file("column" + column + ".txt"),
                text().lines()
                        .filter(line -> line.contains("\t"))
                        .map(line -> line.split("\t", -1)[column])
                        .toList());
    }

    /** Prints a line, numbers as in English. */
    void say(String format, Object... values) {
        out.println(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
    }

    /** Whether every number is the usual one, so that the program reaches what it claims. */
    boolean isFull() {
        return program.flags().entrySet().stream()
                .filter(flag -> !List.of("seed", "out", "resume").contains(flag.getKey()))
                .allMatch(flag -> flag(flag.getKey()).equals(flag.getValue().standard()));
    }

    /** Prints what a training has reached, and the time left as soon as its pace can be told. */
    void progress(TrainStep step, String reached) {
        long done = step.iteration() - begin;
        long left = step.elapsed().toMillis() * (iterations() - step.iteration()) / done / 1000;
        say("%s", done < 10 ? reached : String.format(Locale.ROOT, "%s  %d:%02d left", reached, left / 60, left % 60));
    }

    /** A file in the folder of this run. */
    Path file(String name) {
        if (folder == null) {
            folder = RunFolder.open(program.name(), flags);
            String wanted = flag("out");
            boolean asked = folder.toString().equals(wanted);
            say(asked ? "files go to %s" : "files go to %s, since %s holds some", folder, wanted);
        }
        return folder.resolve(name);
    }

    /** Prints where a model looked, and draws it. */
    void show(Alignment alignment) {
        String title = String.join(" ", alignment.source()) + " → " + String.join(" ", alignment.target());
        say("%n%s%n%s", title, alignment.text());
        draw("alignment.png", new Heatmap(title, alignment));
    }

    /** Draws a picture; a machine without fonts must not cost a result. */
    void draw(String name, Picture picture) {
        say("drawn: %s", Pictures.save(picture, file(name), "its figures are printed"));
    }

    /** Says which notebook it was, which paper it goes back to, and what to try next. */
    void end(String notebook, String paper, String next) {
        say("%nnotebook  %s, of \"Sequence Modeling from Scratch\", doi:10.5281/zenodo.17720229", notebook);
        say("paper     %s%nnext      %s %s", paper, Program.LAUNCHER, next);
    }

    void train(Trainer trainer, LanguageModel model) {
        train("model", trainer, model.parameters(), model::writeTo);
    }

    void train(Trainer trainer, Seq2Seq model) {
        train("model", trainer, model.parameters(), model::writeTo);
    }

    void train(String name, Trainer trainer, Parameters parameters) {
        train(name, trainer, parameters, SavedTraining.weights(parameters));
    }

    private void train(String name, Trainer trainer, Parameters parameters, Consumer<Checkpoint.Builder> model) {
        SavedTraining training = new SavedTraining(
                file(name + ".safetensors"), trainer, parameters, model, sentence -> say("%s", sentence));
        if (training.restore()) {
            say("%s goes on after %d iterations", name, trainer.iteration());
        }
        begin = trainer.iteration();
        training.run(iterations(), this::requireFinished);
    }

    private void requireFinished(Outcome outcome) {
        if (outcome instanceof Outcome.Stopped) {
            say("stopped after %d iterations; go on with: %s", outcome.iteration(), goOn());
            throw new Stopped();
        }
    }

    private String goOn() {
        return program.command() + " --resume "
                + Program.word(file("").normalize().toString());
    }

    /** What Ctrl-C outside of a training leaves behind. */
    String stopped() {
        String[] files = folder == null ? null : folder.toFile().list((in, name) -> name.endsWith(".safetensors"));
        boolean saved = files != null && files.length > 0 && program.flags().containsKey("resume");
        return saved ? "stopped; what was trained is saved, go on with: " + goOn() : "stopped; nothing was trained yet";
    }
}
