// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.cli.flags.BundledText;
import io.github.unroll4j.cli.run.Commands;
import io.github.unroll4j.cli.run.Interrupt;
import io.github.unroll4j.cli.run.RunFolder;
import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.ParameterTensors;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.decoding.Alignment;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.plots.Heatmap;
import io.github.unroll4j.plots.Picture;
import io.github.unroll4j.plots.Pictures;
import io.github.unroll4j.text.TextFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a running program is given: the values of its flags, its text, a folder for its files, a place to print and
 * draw, and a training that Ctrl-C ends so that a later run goes on with it. No part of the library; it is here so that
 * the programs are short.
 */
public class Example {
    private static final String MODEL = ".safetensors";
    /** What the models of the library put before the name of a parameter. */
    private static final String PREFIX = "model.";

    private static final int SAVES = 10; // in the course of a training
    private static final int QUIET = 5000; // milliseconds without a line of progress

    private final Program program;
    private final Map<String, String> values;
    private final PrintWriter out;
    private @Nullable RunFolder folder;
    private boolean saved; // something to go on with
    private long begin; // iterations of an earlier run
    private long said; // when progress was shown last, in milliseconds of the training
    private volatile boolean idle; // outside of a training, where Ctrl-C has nothing to save

    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** A program with values for its flags. */
    Example(Program program, PrintWriter out, String... args) {
        this.program = program;
        this.out = out;
        values = program.values(args);
    }

    /** Does all of it, and returns the exit code. */
    int run() throws IOException {
        boolean own = !value("data").isEmpty() && !value("data").startsWith(Program.BUNDLED);
        if (own && goesOn()) { // which a file of the run may have said
            say("reads %s", value("data"));
        }
        Thread ctrlC = new Thread(() -> {
            if (idle) {
                say(
                        isSaved()
                                ? "stopped; what was trained is saved, go on with: " + again()
                                : "stopped; nothing is saved");
            }
        });
        Runtime.getRuntime().addShutdownHook(ctrlC);
        idle = true;
        try {
            program.body().run(this);
            return 0;
        } catch (Stopped e) {
            return 130;
        } finally {
            idle = false;
            if (folder != null) {
                folder.close();
            }
        }
    }

    private boolean goesOn() {
        return !value("resume").isEmpty();
    }

    private String again() {
        return Commands.of(program.name(), "--resume", file("").normalize().toString());
    }

    /** Whether this run has left something to go on with. */
    private boolean isSaved() {
        return folder != null && saved && values.containsKey("resume");
    }

    /** The value of a flag, empty if it has none. */
    String value(String flag) {
        return values.getOrDefault(flag, "");
    }

    /** The value of a flag as a number. */
    double number(String flag) {
        try {
            return Double.parseDouble(value(flag));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + flag + " is '" + value(flag) + "', expected a number", e);
        }
    }

    /** The value of a flag as a whole number. */
    int count(String flag, int least) {
        double number = number(flag);
        if (number < least || number != (int) number) {
            throw new IllegalArgumentException(
                    "--" + flag + " is " + value(flag) + ", expected a whole number of " + least + " or more");
        }
        return (int) number;
    }

    int count(String flag) {
        return count(flag, 1);
    }

    long iterations() {
        return count("iterations");
    }

    long seed() {
        return count("seed", 0);
    }

    /** What the full size reaches; of another size nothing is known. */
    String expected(String figure) {
        return program.isStandard(values) ? figure : "– (known of the full size)";
    }

    /** The text of {@code --data}. */
    String text() {
        String file = value("data");
        return file.startsWith(Program.BUNDLED)
                ? BundledText.read(file.substring(Program.BUNDLED.length()))
                : TextFiles.read(Path.of(file));
    }

    /** Prints a line, numbers as in English. */
    void say(String format, Object... values) {
        out.println(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
        out.flush();
    }

    /** A file in the folder of this run. */
    Path file(String file) {
        return opened().file(file);
    }

    private RunFolder opened() {
        if (folder == null) {
            folder = open(Path.of(value("out")));
        }
        return folder;
    }

    private RunFolder open(Path path) {
        RunFolder opened = RunFolder.open(path, program.name());
        if (!goesOn()) {
            opened.keepEarlierRun().ifPresent(kept -> say("the files of an earlier run there are in %s now", kept));
        }
        say("files go to %s", path);
        List<String> command = new ArrayList<>(List.of(program.name()));
        values.forEach((flag, value) -> {
            if (!value.isEmpty() && !flag.equals("resume")) {
                command.add("--" + flag + "=" + value);
            }
        });
        opened.keepCommand(command);
        return opened;
    }

    /** Prints where a model looked, and draws it. */
    void show(String title, Alignment alignment) {
        say(
                "%n%s%n%s",
                String.join(" ", alignment.source()) + " → " + String.join(" ", alignment.target()), alignment.text());
        draw("alignment.png", new Heatmap(title, alignment));
    }

    /** Draws a picture; a machine without fonts must not cost a result. */
    void draw(String file, Picture picture) {
        if (value("plot").equals("text")) {
            say("%n%s", picture.text());
        }
        say("drawn: %s", Pictures.save(picture, file(file), "its figures are printed"));
    }

    /** Says which notebook it was, which paper and page it goes back to, and what to try next. */
    void end(String notebook, String page, String paper, String next) {
        say("%nnotebook  %s, of \"Sequence Modeling from Scratch\", doi:10.5281/zenodo.17720229", notebook);
        say("page      docs/derivations/%s%npaper     %s%nnext      %s %s", page, paper, Commands.launcher(), next);
        if (notebook.startsWith("seq2seq")) {
            say("loss      summed over the words of a sentence and its end, in nats");
        } else {
            say(
                    "loss      summed over a window of 25, in nats: a 25th of it is that of a token. The notebooks train for");
            say("          different times, so that theirs compare nothing; %s does", Commands.of("compare-cells"));
        }
    }

    /** Prints what a training has reached, and the time left as soon as its pace can be told. */
    void progress(TrainStep step, String reached) {
        said = step.elapsed().toMillis();
        long done = step.iteration() - begin;
        long left = said * (iterations() - step.iteration()) / done / 1000;
        say("%s", done < 10 ? reached : String.format(Locale.ROOT, "%s  %d:%02d left", reached, left / 60, left % 60));
    }

    void train(Trainer trainer, LanguageModel model) {
        train("model", trainer, model.parameters(), model::writeTo);
    }

    void train(Trainer trainer, Seq2Seq model) {
        train("model", trainer, model.parameters(), model::writeTo);
    }

    /** Trains to the end or to Ctrl-C, from where an earlier run was, and saves on the way; all is printed. */
    @SuppressWarnings("try") // the interrupt does its work by being open
    void train(String model, Trainer trainer, Parameters parameters, Consumer<Checkpoint.Builder> writer) {
        Path file = file(model + MODEL);
        if (goesOn() && Files.exists(file)) {
            Checkpoint before = Checkpoint.load(file);
            ParameterTensors.load(before, PREFIX, parameters);
            trainer.restore(before);
            say("%s goes on after %d iterations", model, trainer.iteration());
        }
        begin = trainer.iteration();
        saved = saved || begin > 0;
        said = 0;
        Runnable save = () -> {
            opened().requireHeld();
            Checkpoint.Builder checkpoint = Checkpoint.builder();
            writer.accept(checkpoint);
            trainer.writeTo(checkpoint);
            checkpoint.build().save(file);
            saved = true;
        };
        long each = Math.max(1, iterations() / SAVES);
        trainer.listen(RunFolder.every(
                        each,
                        parameters,
                        save,
                        e -> say("not saved: %s Training goes on.", String.valueOf(e.getMessage()))))
                .listen(new Progress());
        idle = false;
        try (Interrupt interrupt = new Interrupt(trainer::requestStop)) {
            Outcome outcome = trainer.run();
            if (outcome instanceof Outcome.Diverged diverged) {
                throw new IllegalStateException(diverged.sentence());
            }
            save.run();
            if (outcome instanceof Outcome.Stopped) {
                say("stopped after %d iterations; go on with: %s", outcome.iteration(), again());
                throw new Stopped();
            }
        }
        idle = true;
    }

    /** Trains weights that belong to no model of the library. */
    void train(String model, Trainer trainer, Parameters parameters) {
        train(
                model,
                trainer,
                parameters,
                c -> ParameterTensors.toTensors(PREFIX, parameters).forEach(c::put));
    }

    /** Shows each measurement, and the loss where nothing else was shown for a while. */
    private final class Progress implements TrainListener {
        @Override
        public void onStep(TrainStep step) {
            if (step.elapsed().toMillis() > said + QUIET) {
                progress(step, reached(step, "training", step.lossPerToken()));
            }
        }

        @Override
        public void onEvaluation(TrainStep step, double loss) {
            progress(step, reached(step, "validation", loss));
        }

        private String reached(TrainStep step, String what, double loss) {
            return String.format(Locale.ROOT, "%7d of %d  %-10s %.5f", step.iteration(), iterations(), what, loss);
        }
    }
}
