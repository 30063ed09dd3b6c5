// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import java.util.List;
import java.util.Map;

/**
 * A command with named lists of flags.
 *
 * @since 0.1.0
 */
public interface Presets {
    /**
     * The flags behind each {@code --preset}, in the form {@code --name=value}.
     *
     * @return holds at least {@code small}, which suits the bundled text
     */
    Map<String, List<String>> presets();
}
