// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
        List<String> preset = FlagLayers.preset(command, given);
        command.setHelpFactory((spec, scheme) -> new Help(spec, scheme) {
            @Override
            public IOptionRenderer createDefaultOptionRenderer() {
                IOptionRenderer usual = super.createDefaultOptionRenderer();
                return (option, labels, colors) ->
                        usual.render(inSmallLetters(described(option, preset)), labels, colors);
            }
        });
        CommandSpec spec = command.getCommandSpec();
        spec.usageMessage().sortOptions(false); // in the order of a reader's questions: what, of what, how, where to
        if (command.getCommand() instanceof Presets presets) {
            String without = FlagLayers.withoutPreset().stream()
                    .filter(name -> spec.findOption(name) != null)
                    .collect(Collectors.joining(" or "));
            List<String> lines = new ArrayList<>();
            lines.add("The preset small applies unless another, " + without + " is given; "
                    + (preset.isEmpty()
                            ? "with these flags none does."
                            : "the defaults above are those with the preset."));
            new TreeMap<>(presets.presets())
                    .forEach((name, flags) -> lines.add("  --preset " + name + ": " + String.join(" ", flags)));
            lines.addAll(List.of(spec.usageMessage().footer()));
            spec.usageMessage().footer(lines.toArray(String[]::new));
        }
    }

    /** The names of values as a user types them; Java writes them in capitals. */
    private static OptionSpec inSmallLetters(OptionSpec option) {
        if (!option.type().isEnum()) {
            return option;
        }
        String text = String.join(" ", option.description());
        for (Object value : option.type().getEnumConstants()) {
            text = text.replaceAll("\\b" + value + "\\b", value.toString().toLowerCase(Locale.ROOT));
        }
        return OptionSpec.builder(option).description(text).build();
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
