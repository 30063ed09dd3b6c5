// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.text.Windows;
import picocli.CommandLine.Option;

/**
 * What the state is where a window of a text begins.
 *
 * @since 0.1.0
 */
public final class StateFlags {
    @Option(
            names = "--state",
            paramLabel = "NAME",
            description =
                    "from window to window the state is ${COMPLETION-CANDIDATES}: read on, or zero again (default: ${DEFAULT-VALUE})")
    private Carry state = Carry.CARRIED;

    private enum Carry {
        CARRIED,
        RESET
    }

    /** {@return the choice, in words} */
    public String describe() {
        return "state " + Choice.name(state);
    }

    /**
     * Cuts a text into windows.
     *
     * @param training sizes
     * @param ids the text
     * @return the windows
     */
    public Windows windows(TrainFlags training, int... ids) {
        return state == Carry.CARRIED ? training.windows(ids) : training.separateWindows(ids);
    }
}
