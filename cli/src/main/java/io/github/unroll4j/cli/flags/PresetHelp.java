// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Help whose defaults are those that a run with the same flags has: of the preset that applies where there is one.
 *
 * @since 0.1.0
 */
public final class PresetHelp {
    private static final Pattern DEFAULT = Pattern.compile(" \\(default: (.*)\\)$");

    private PresetHelp() {}

    /**
     * Makes the help of a command such.
     *
     * @param command the command
     * @param given its arguments
     */
    public static void prepare(CommandLine command, List<String> given) {
        if (!(command.getCommand() instanceof Presets presets)) {
            return;
        }
        List<String> preset = FlagLayers.preset(command, given);
        command.setHelpFactory((spec, scheme) -> new Help(spec, scheme) {
            @Override
            public IOptionRenderer createDefaultOptionRenderer() {
                IOptionRenderer usual = super.createDefaultOptionRenderer();
                return (option, labels, colors) -> usual.render(described(option, preset), labels, colors);
            }
        });
        CommandSpec spec = command.getCommandSpec();
        String without = FlagLayers.withoutPreset().stream()
                .filter(name -> spec.findOption(name) != null)
                .collect(Collectors.joining(" or "));
        List<String> lines = new ArrayList<>();
        lines.add("The preset small applies unless another, " + without + " is given; "
                + (preset.isEmpty() ? "with these flags none does." : "the defaults above are those with the preset."));
        new TreeMap<>(presets.presets())
                .forEach((name, flags) -> lines.add("  --preset " + name + ": " + String.join(" ", flags)));
        spec.usageMessage().footer(lines.toArray(String[]::new));
    }

    private static OptionSpec described(OptionSpec option, List<String> preset) {
        String[] lines = option.description();
        String text = String.join(" ", lines);
        Matcher end = DEFAULT.matcher(text);
        String usual = end.find() ? end.group(1) : "";
        String value = FlagLayers.standard(option.longestName(), preset, usual);
        if (value.equals(usual)) {
            return option;
        }
        String what = end.replaceFirst("") + (value.isEmpty() ? "" : " (default: " + value + ")");
        return OptionSpec.builder(option).description(what).build();
    }
}
