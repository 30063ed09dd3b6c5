// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.optim.Reduction;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** One of some names, written in small letters with hyphens. */
abstract class Choice<E extends Enum<E>> implements ITypeConverter<E> {
    private final E[] values;

    private Choice(E[] values) {
        this.values = values;
    }

    /** Names of optimisers. */
    static final class OfOptimizer extends Choice<OptimizerName> {
        OfOptimizer() {
            super(OptimizerName.values());
        }
    }

    /** Names of reductions. */
    static final class OfReduction extends Choice<Reduction> {
        OfReduction() {
            super(Reduction.values());
        }
    }

    /** A value as it is written on the command line. */
    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public E convert(String text) {
        List<String> names = Arrays.stream(values).map(Choice::name).toList();
        int found = names.indexOf(text.toLowerCase(Locale.ROOT));
        if (found < 0) {
            throw new TypeConversionException("expected one of " + names + " but was '" + text + "'");
        }
        return values[found];
    }
}
