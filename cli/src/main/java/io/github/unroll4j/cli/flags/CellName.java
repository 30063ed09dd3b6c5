// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.models.cells.Cells;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The name of a built-in cell. */
final class CellName implements ITypeConverter<String> {
    @Override
    public String convert(String name) {
        if (!Cells.names().contains(name)) {
            throw new TypeConversionException("expected one of " + Cells.names() + " but was '" + name + "'");
        }
        return name;
    }
}
