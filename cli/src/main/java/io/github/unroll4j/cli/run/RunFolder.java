// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.Inputs;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a run: {@code model.safetensors}, {@code best.safetensors}, {@code metrics.csv}, {@code loss.png},
 * {@code inputs.txt}.
 */
final class RunFolder implements AutoCloseable {
    private static final String METRICS = "metrics.csv";

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

    /** Makes the folder and makes sure that it can be written, by this run alone, before hours of training find out. */
    static RunFolder open(Path folder, String command) {
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

    /** Where a model that translates looks. */
    Path alignment() {
        return file("alignment.png");
    }

    Path file(String name) {
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

    /** Makes sure that no other run has taken the folder, before something is saved there. */
    void requireHeld() {
        try {
            if (lock != null) {
                lock.requireHeld();
            }
        } catch (IOException e) {
            throw new CheckpointException("--out: " + folder + " cannot be written: " + reason(e), e);
        }
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
     * Keeps the files of an earlier run under other names, {@code model.previous.safetensors} and so on. The model is
     * copied, so that a run which never saves one does not take it away.
     */
    void keepEarlierRun() {
        for (Path file : List.of(model(), best(), metrics(), picture(), alignment(), Inputs.file(folder))) {
            keep(file);
        }
    }

    /** Keeps a file under another name. A link is kept as a link. */
    void keep(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.indexOf('.');
        Path kept = file.resolveSibling(name.substring(0, dot) + ".previous" + name.substring(dot));
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException("--out: " + file + " is a folder, expected a file or nothing");
        }
        try {
            if (file.equals(model()) && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.copy(file, kept, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
            } else if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(file, kept, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("--out: " + file + " cannot be moved out of the way: " + reason(e), e);
        }
    }
}
