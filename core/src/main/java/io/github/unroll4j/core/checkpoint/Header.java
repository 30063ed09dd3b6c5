// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file.
 *
 * @param tensors the declared tensors, in the order of their bytes
 * @param metadata the texts under {@code __metadata__}
 */
record Header(List<Declaration> tensors, Map<String, String> metadata) {
    /** The one key of the header that is not a tensor. */
    static final String METADATA = "__metadata__";

    /** The three keys of a tensor's declaration. */
    static final String DTYPE = "dtype";

    static final String SHAPE = "shape";
    static final String OFFSETS = "data_offsets";

    /** The number of bytes that the tensors take. */
    long bytes() {
        return tensors.isEmpty() ? 0 : tensors.get(tensors.size() - 1).end();
    }

    /**
     * One declared tensor.
     *
     * @param name its name
     * @param type element type
     * @param shape sizes
     * @param begin the index of its first byte, counted from the end of the header
     * @param end the index after its last byte
     */
    record Declaration(String name, ElementType type, List<Integer> shape, long begin, long end) {
        int[] sizes() {
            return shape.stream().mapToInt(Integer::intValue).toArray();
        }
    }
}
