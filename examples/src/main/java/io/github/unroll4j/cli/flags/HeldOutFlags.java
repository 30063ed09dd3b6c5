// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import java.util.List;
import picocli.CommandLine.Option;

/** The same of a problem with so many questions that some can be kept from training. */
public final class HeldOutFlags extends TaskFlags {
    @Option(
            names = "--held-out",
            paramLabel = "N",
            converter = Numbers.Count.class,
            description = "questions kept from training, to measure on (default: ${DEFAULT-VALUE})")
    private int heldOut = 10_000;

    /**
     * What is expected of a run.
     *
     * @param claim what holds for the settings of a preset
     * @param preset flags with {@code --hidden}, {@code --batch}, {@code --iterations} and {@code --lr}
     * @return the claim if this run has these settings, or more units, sequences or iterations; a dash else
     */
    public String expected(String claim, List<String> preset) {
        boolean holds = hidden() >= number(preset, "--hidden=")
                && batch() >= number(preset, "--batch=")
                && iterations() >= number(preset, "--iterations=")
                && lr() == number(preset, "--lr=");
        return holds ? claim : "–";
    }

    private static double number(List<String> flags, String name) {
        return flags.stream()
                .filter(flag -> flag.startsWith(name))
                .mapToDouble(flag -> Double.parseDouble(flag.substring(name.length())))
                .findFirst()
                .orElseThrow();
    }

    /** Number of questions kept from training. */
    public int heldOut() {
        return heldOut;
    }
}
