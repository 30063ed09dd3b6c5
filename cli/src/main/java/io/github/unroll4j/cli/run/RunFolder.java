// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.Inputs;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.train.TrainListener;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a run: its models, {@code metrics.csv}, pictures, and what it was started with: {@code inputs.txt} of a
 * command, {@code command.txt} of an example.
 *
 * @since 0.1.0
 */
public final class RunFolder implements AutoCloseable {
    private static final String METRICS = "metrics.csv";
    private static final String COMMAND = "command.txt";
    /** What runs leave in their folders; what else is there is not theirs, and stays. */
    private static final Pattern OF_A_RUN = Pattern.compile("(model|best|(rnn|lstm|gru)(\\.\\d)?)\\.safetensors"
            + "|(loss|error|gradients|gates|alignment)\\.png|metrics\\.csv|inputs\\.txt|command\\.txt");

    private final Path folder;
    private final @Nullable RunLock lock;

    private RunFolder(Path folder, @Nullable RunLock lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** The folder that a saved model lies in. */
    static RunFolder of(Path model) {
        return new RunFolder(model.resolveSibling(""), null);
    }

    /**
     * Makes the folder and makes sure that it can be written, by this run alone, before hours of training find out.
     *
     * @param folder its path
     * @param command who writes there
     * @return the folder, to be closed
     * @throws IllegalArgumentException if it cannot be written, or another run is writing there
     */
    public static RunFolder open(Path folder, String command) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, "writable", null));
            return new RunFolder(folder, RunLock.take(folder, command, folder.resolve(METRICS)));
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException("--out: " + e.getMessage() + " is a file, expected a folder", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("--out: " + folder + " cannot be written: " + reason(e), e);
        }
    }

    @Override
    public void close() {
        if (lock != null) {
            lock.close();
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason != null ? reason : e.toString();
    }

    Path model() {
        return folder.resolve("model.safetensors");
    }

    /** The model that did best on the held-out text. */
    Path best() {
        return file("best.safetensors");
    }

    Path metrics() {
        return folder.resolve(METRICS);
    }

    Path picture() {
        return file("loss.png");
    }

    /** How large the gradients were. */
    Path gradients() {
        return file("gradients.png");
    }

    /** Where a model that translates looks. */
    Path alignment() {
        return file("alignment.png");
    }

    /**
     * A file in the folder.
     *
     * @param name of the file, empty for the folder
     * @return its path
     */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Whether both are one folder, by whatever name. */
    boolean isSameAs(RunFolder other) {
        try {
            return Files.isSameFile(folder.toAbsolutePath(), other.folder.toAbsolutePath());
        } catch (IOException e) { // one of them is not there
            return false;
        }
    }

    /** Keeps others out by the metrics too, which are being written. */
    void lockMetrics() {
        try {
            if (lock != null) {
                lock.lockToo(metrics());
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("--out: " + metrics() + " cannot be locked: " + reason(e), e);
        }
    }

    /**
     * Makes sure that no other run has taken the folder, before something is saved there.
     *
     * @throws IllegalStateException if one has
     */
    public void requireHeld() {
        try {
            if (lock != null) {
                lock.requireHeld();
            }
        } catch (IOException e) {
            throw new CheckpointException("--out: " + folder + " cannot be written: " + reason(e), e);
        }
    }

    /**
     * Saves every so often, unless a step has just made a weight infinite whose loss is yet to come: such a model must
     * not replace a sound one.
     *
     * @param iterations from one save to the next
     * @param parameters looked at
     * @param save saves them
     * @param tell told of a save that failed; the run goes on, and the next save is another try
     * @return the listener that does it
     */
    public static TrainListener every(
            long iterations, Parameters parameters, Runnable save, Consumer<CheckpointException> tell) {
        return TrainListener.every(iterations, step -> {
            if (Double.isFinite(parameters.values().sumOfSquares(0, parameters.count()))) {
                try {
                    save.run();
                } catch (CheckpointException e) {
                    tell.accept(e);
                }
            }
        });
    }

    /** Writes down what the run reads, for one that goes on with it. */
    void keepInputs(List<String> inputs) {
        Path file = Inputs.file(folder);
        if (!inputs.isEmpty()) {
            try (LineFile lines = LineFile.replace(file)) {
                inputs.forEach(lines::println);
            }
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("--out: " + file + " cannot be removed: " + reason(e), e);
        }
    }

    /**
     * The command line of the example whose run is in a folder.
     *
     * @param folder its path
     * @return the name of the program, then its flags
     * @throws IllegalArgumentException if the folder has none
     */
    public static List<String> command(Path folder) {
        Path file = folder.resolve(COMMAND);
        try {
            List<String> lines = Files.readAllLines(file);
            if (!lines.isEmpty()) {
                return lines;
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--resume: there is no run in " + folder + ": " + COMMAND + ": " + Outputs.reason(e), e);
        }
        throw new IllegalArgumentException("--resume: " + file + " is empty, expected the name of a program");
    }

    /** Whether an example left its command line in a folder. */
    static boolean hasCommand(Path folder) {
        return Files.isRegularFile(folder.resolve(COMMAND), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Writes down the command line of an example, for a run that goes on with it.
     *
     * @param command the name of the program, then its flags
     */
    public void keepCommand(List<String> command) {
        try (LineFile lines = LineFile.replace(folder.resolve(COMMAND))) {
            command.forEach(lines::println);
        }
    }

    /**
     * Moves the files of an earlier run out of the way, into a folder of their own in this one: {@code earlier.1}, of
     * the next time {@code earlier.2}.
     *
     * @return where they are now; empty if there are none
     * @throws IllegalArgumentException if one cannot be moved
     */
    public Optional<Path> keepEarlierRun() {
        return keep(OF_A_RUN.asMatchPredicate());
    }

    /** Moves files out of the way. A link is moved as a link. */
    Optional<Path> keep(Predicate<String> names) {
        String[] all = folder.toFile().list((in, name) -> names.test(name));
        List<Path> files = all == null
                ? List.of()
                : Stream.of(all).sorted().map(folder::resolve).toList();
        if (files.isEmpty()) {
            return Optional.empty();
        }
        Path kept = folder.resolve("earlier.1");
        for (int k = 2; Files.exists(kept, LinkOption.NOFOLLOW_LINKS); k++) {
            kept = folder.resolve("earlier." + k);
        }
        try {
            for (Path file : files) {
                if (Files.isDirectory(file)) {
                    throw new IllegalArgumentException("--out: " + file + " is a folder, expected a file or nothing");
                }
            }
            Files.createDirectory(kept);
            for (Path file : files) {
                Files.move(file, kept.resolve(file.getFileName()));
            }
            return Optional.of(kept);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--out: the files of an earlier run in " + folder + " cannot be moved to " + kept + ": "
                            + reason(e),
                    e);
        }
    }
}
