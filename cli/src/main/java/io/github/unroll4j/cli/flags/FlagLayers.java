// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.checkpoint.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Puts the flags of a resumed run, and those of a preset, under the ones given: a flag that is given hides the same
 * flag below it, and its alternatives.
 *
 * @since 0.1.0
 */
public final class FlagLayers {
    private static final String KEY = "unroll4j.flags";
    private static final String COMMAND = "unroll4j.command";
    private static final List<Set<String>> ALTERNATIVES = List.of(
            Set.of("--text", "--data", "--train"),
            Set.of("--text", "--data", "--valid"),
            Set.of("--text", "--data", "--test"),
            Set.of("--iterations", "--epochs"),
            Set.of("--clip-value", "--clip-norm"));
    /**
     * What a run cannot go on without: the rows of the carried state, what the optimiser remembers, what an iteration
     * is.
     */
    private static final List<String> FIXED = List.of("--batch", "--optimizer", "--accumulate");
    /** Two ways of which a run goes on with the one that it was begun with. */
    private static final Set<String> EITHER = Set.of("--scheduled-sampling", "--teacher-forcing");
    /** Where a run is kept and how it is shown: not what it computes, so not remembered. */
    static final Set<String> FORGOTTEN = Set.of(
            "--preset",
            "--out",
            "--resume",
            "--dry-run",
            "--plot",
            "--quiet",
            "--threads",
            "--workers",
            "--help",
            "--version");

    /**
     * What a model file may say of a run that goes on: how it computes. A closed list, because a file may come from a
     * stranger, and it is not for the file to say what a command reads, writes or prints.
     */
    static final Set<String> TAKEN = Set.of("""
            --accumulate --attention --attention-size --batch --beam --bidirectional --bridge --cell
            --clip-norm --clip-value --copy-unknown --decoder-cell --directions --dropout --dtype --embed
            --embedding-dropout --end-of-line --epochs --focus --forget-bias --held-out --hidden --init
            --input-feeding --iterations --label-smoothing --layers --length-penalty --lower-case --lr
            --lr-decay --lr-decay-after --max-length --maxout --min-count --one-embedding --optimizer
            --patience --plain --radius --recurrent-dropout --reduction --residual --reversed --rms-decay
            --sample-every --scheduled-sampling --seed --seq-len --state --summary --teacher-forcing
            --temperature --text --tied --tokenizer --top-k --top-p --variational --weight-decay
            --weight-drop --zoneout --zoneout-memory
            """.strip().split("\\s+", -1));

    /** With their own text, or in a run that goes on, no preset applies unless one is named. */
    private static final List<String> WITHOUT_PRESET = List.of("--data", "--train", "--src", "--resume");

    private FlagLayers() {}

    /**
     * {@return the flags beside which no preset applies unless {@code --preset} names one; a command has some of them}
     */
    public static List<String> withoutPreset() {
        return WITHOUT_PRESET;
    }

    /**
     * Completes the flags of a command.
     *
     * @param command the command; only one with presets is completed
     * @param given its arguments
     * @return the arguments to parse
     * @throws ParameterException if there is no such preset
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException if the run to resume cannot be read
     * @throws IllegalArgumentException if there is no run in the file to resume, it is one of another command, or a
     *     flag is given that it cannot change
     */
    public static List<String> complete(CommandLine command, List<String> given) {
        if (!(command.getCommand() instanceof Presets)) {
            return given;
        }
        List<String> flags = over(preset(command, given), given);
        if (!value(given, "--resume").isEmpty()) {
            Path file = Path.of(value(given, "--resume"));
            Checkpoint checkpoint = Checkpoint.load(file);
            requireCommand(checkpoint, file, command.getCommandName());
            List<String> saved = new ArrayList<>(Inputs.read(file));
            saved.addAll(read(checkpoint, flags));
            requireFixed(file, saved, flags);
            flags = over(saved, flags);
            flags = over(List.of("--out=" + file.resolveSibling("")), flags);
        }
        return flags;
    }

    /**
     * The flags of the preset that applies beside the ones given: the one named, or {@code small}.
     *
     * @param command the command
     * @param given its arguments
     * @return the flags; none if no preset applies
     * @throws ParameterException if there is no such preset
     */
    public static List<String> preset(CommandLine command, List<String> given) {
        if (!(command.getCommand() instanceof Presets presets)) {
            return List.of();
        }
        boolean bundled = WITHOUT_PRESET.stream().noneMatch(name -> mentions(given, name));
        String name = bundled && !mentions(given, "--preset") ? "small" : value(given, "--preset");
        if (name.isEmpty()) {
            return List.of();
        }
        List<String> preset = presets.presets().get(name);
        if (preset == null) {
            throw new ParameterException(
                    command,
                    "Invalid value for option '--preset': expected one of "
                            + new TreeSet<>(presets.presets().keySet()) + " but was '" + name + "'");
        }
        return preset;
    }

    /**
     * The value that a flag has where it is not given: empty if a preset has its alternative.
     *
     * @param name of the flag
     * @param preset the flags of the preset that applies
     * @param usual the value without a preset
     * @return the value of the preset, the usual one, or an empty text
     */
    static String standard(String name, List<String> preset, String usual) {
        return mentions(preset, name) ? value(preset, name) : hidden(name, preset) ? "" : usual;
    }

    /**
     * Whether a file holds a run to go on with.
     *
     * @param checkpoint (Input) the file
     * @return false if it holds a model only
     */
    public static boolean isRun(Checkpoint checkpoint) {
        return checkpoint.metadata().containsKey(COMMAND);
    }

    /**
     * Requires that a file says nothing that is not for a file to say.
     *
     * @param checkpoint (Input) the file of a run
     * @return the command that can go on with it
     * @throws CheckpointException if it does
     */
    public static String check(Checkpoint checkpoint) {
        read(checkpoint, List.of());
        return checkpoint.metadata(COMMAND);
    }

    private static void requireCommand(Checkpoint checkpoint, Path file, String name) {
        String saved = checkpoint.metadata().get(COMMAND);
        if (saved == null) {
            Path run = file.resolveSibling("model.safetensors");
            boolean beside = Files.exists(run) && !run.equals(file);
            throw new IllegalArgumentException("--resume: " + file + " holds no state of a training run, only a model;"
                    + " go on from " + (beside ? run + ", which has both" : "the model.safetensors of a run"));
        }
        if (!saved.equals(name)) {
            throw new IllegalArgumentException("--resume: the run in " + checkpoint.source() + " is one of " + saved
                    + ", which alone can go on with it");
        }
    }

    private static void requireFixed(Path file, List<String> saved, List<String> given) {
        for (String name : FIXED) {
            String before = value(saved, name);
            String now = value(given, name);
            if (!before.isEmpty() && !now.isEmpty() && !before.equalsIgnoreCase(now)) {
                throw cannotChange(file, name + " " + before, name + " " + now);
            }
        }
        for (String name : EITHER) {
            for (String other : EITHER) {
                if (!name.equals(other) && mentions(saved, name) && mentions(given, other)) {
                    throw cannotChange(file, name + " " + value(saved, name), other + " " + value(given, other));
                }
            }
        }
    }

    private static IllegalArgumentException cannotChange(Path file, String before, String now) {
        return new IllegalArgumentException("--resume: the run in " + file + " was begun with " + before
                + ", which cannot change on the way; leave out " + now);
    }

    private static List<String> over(List<String> lower, List<String> upper) {
        List<String> merged = new ArrayList<>(lower);
        merged.removeIf(flag -> hidden(flag.substring(0, flag.indexOf('=')), upper));
        merged.addAll(upper);
        return merged;
    }

    private static boolean hidden(String name, List<String> upper) {
        return mentions(upper, name)
                || ALTERNATIVES.stream()
                        .filter(set -> set.contains(name))
                        .anyMatch(set -> set.stream().anyMatch(other -> mentions(upper, other)));
    }

    private static boolean mentions(List<String> flags, String name) {
        return flags.stream().anyMatch(flag -> flag.equals(name) || flag.startsWith(name + "="));
    }

    /** The value of a flag, empty if it is not there: a flag without its value is for the parser to refuse. */
    private static String value(List<String> flags, String name) {
        for (int i = 0; i < flags.size(); i++) {
            if (flags.get(i).startsWith(name + "=")) {
                return flags.get(i).substring(name.length() + 1);
            }
            if (flags.get(i).equals(name) && i + 1 < flags.size()) {
                return flags.get(i + 1);
            }
        }
        return "";
    }

    /**
     * Saves the flags that a run was started with, so that {@code --resume} needs no other.
     *
     * @param command the command, parsed
     * @param checkpoint (Output) where to
     */
    public static void writeTo(Checkpoint.Builder checkpoint, CommandLine command) {
        Map<String, String> flags = new TreeMap<>(); // one order, so that equal runs write equal files
        for (OptionSpec option : command.getParseResult().matchedOptions()) {
            if (TAKEN.contains(option.longestName())) {
                flags.put(option.longestName(), option.stringValues().get(0));
            }
        }
        for (String name : FIXED) { // also where the default was taken, which another release may change
            OptionSpec option = command.getCommandSpec().findOption(name);
            if (option != null) {
                flags.put(name, String.valueOf((Object) option.getValue()));
            }
        }
        checkpoint.metadata(COMMAND, command.getCommandName()).metadata(KEY, Json.write(flags));
    }

    /** The flags that a run was started with, as far as a model file may say them. */
    private static List<String> read(Checkpoint checkpoint, List<String> given) {
        String where = checkpoint.source() + ": " + KEY;
        List<String> flags = new ArrayList<>();
        Map<String, Object> saved = Json.parse(where, checkpoint.metadata(KEY));
        for (String name : saved.keySet()) {
            if (Inputs.isOne(name) && mentions(given, name)) {
                continue; // an earlier release kept it here; what is given counts
            }
            if (!TAKEN.contains(name)) {
                throw new CheckpointException(
                        where + ": the file says " + name + ", which is not for a model file to say"
                                + (Inputs.isOne(name) ? "; give the flag yourself" : "")
                                + "; likely cause: the file was edited, or written by another release.");
            }
            flags.add(name + "=" + Json.get(where, saved, name, String.class));
        }
        return flags;
    }
}
