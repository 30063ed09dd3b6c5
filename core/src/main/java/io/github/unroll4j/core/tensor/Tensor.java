// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An array with a shape, in row-major order on the heap: what users pass in and get back.
 *
 * <p>Owns no native memory and needs no closing. Mutable through {@link #data()}; every method that keeps a tensor says
 * so.
 *
 * @since 0.1.0
 */
public final class Tensor {
    private final int[] shape;
    private final Vec data;

    private Tensor(Vec data, int[] shape) {
        this.data = data;
        this.shape = shape;
    }

    /**
     * Zeros.
     *
     * @param dtype element type
     * @param shape sizes
     * @return a new tensor
     */
    public static Tensor zeros(Dtype dtype, int... shape) {
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(shape, "shape");
        return new Tensor(Vec.zeros(dtype, elements(shape)), shape.clone());
    }

    /**
     * Wraps numbers without copying them.
     *
     * @param data the storage, row-major
     * @param shape sizes whose product is {@code data.length()}
     * @return a tensor over {@code data}
     * @throws ShapeException if the sizes do not match
     */
    public static Tensor of(Vec data, int... shape) {
        Objects.requireNonNull(shape, "shape");
        if (elements(shape) != data.length()) {
            throw ShapeException.of(
                    "Tensor.of", "data", data.length() + " elements", "the product of " + Arrays.toString(shape), "");
        }
        return new Tensor(data, shape.clone());
    }

    /**
     * A copy of an ND4J array.
     *
     * @param array any FLOAT or DOUBLE array, of any order or stride
     * @return a tensor with the same shape and numbers
     * @throws IllegalArgumentException if the array has another element type
     */
    public static Tensor of(INDArray array) {
        if (array.dataType() != DataType.FLOAT && array.dataType() != DataType.DOUBLE) {
            throw new IllegalArgumentException(
                    "Tensor.of: the array has element type " + array.dataType() + ", expected FLOAT or DOUBLE.");
        }
        Dtype dtype = array.dataType() == DataType.DOUBLE ? Dtype.DOUBLE : Dtype.FLOAT;
        int[] shape = Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray();
        INDArray dense = array.dup('c');
        Vec data = dtype == Dtype.DOUBLE
                ? new DoubleVec(dense.data().asDouble())
                : new FloatVec(dense.data().asFloat());
        dense.close();
        return new Tensor(data, shape);
    }

    /**
     * The number of elements of a shape.
     *
     * @param shape sizes, none negative
     * @return their product, 1 for rank 0
     * @throws ShapeException if a size is negative or the product exceeds an {@code int}
     */
    public static int elements(int... shape) {
        Objects.requireNonNull(shape, "shape");
        long count = 1;
        for (int size : shape) {
            if (size < 0) {
                throw ShapeException.of("Tensor", "a shape", Arrays.toString(shape), "sizes of 0 or more", "");
            }
            count *= size;
            if (count > Integer.MAX_VALUE) {
                throw ShapeException.of("Tensor", "a shape", Arrays.toString(shape), "at most 2^31-1 elements", "");
            }
        }
        return (int) count;
    }

    /** {@return a copy as an ND4J array in native memory; the caller closes it} */
    public INDArray toINDArray() {
        Backend.allocate(dtype(), 1).close(); // speaks plainly where no backend is installed
        long[] sizes = Arrays.stream(shape).asLongStream().toArray();
        return data instanceof FloatVec f
                ? Nd4j.create(f.array(), sizes, 'c')
                : Nd4j.create(((DoubleVec) data).array(), sizes, 'c');
    }

    /** {@return the element type} */
    public Dtype dtype() {
        return data.dtype();
    }

    /** {@return the sizes, a copy} */
    public int[] shape() {
        return shape.clone();
    }

    /** {@return the number of axes} */
    public int rank() {
        return shape.length;
    }

    /**
     * One size.
     *
     * @param axis 0 for the first axis
     * @return the size of that axis
     * @throws ShapeException if there is no such axis
     */
    public int size(int axis) {
        if (axis < 0 || axis >= shape.length) {
            throw ShapeException.of(
                    "Tensor.size", "the axis", Integer.toString(axis), "0 to " + (shape.length - 1), "");
        }
        return shape[axis];
    }

    /** {@return the numbers themselves, row-major; writing here writes the tensor} */
    public Vec data() {
        return data;
    }

    /**
     * One element, for reading results and tests.
     *
     * @param index one position per axis
     * @return the element
     * @throws ShapeException if the index does not fit the shape
     */
    public double at(int... index) {
        int flat = 0;
        for (int i = 0; i < shape.length; i++) {
            if (index.length != shape.length || index[i] < 0 || index[i] >= shape[i]) {
                throw ShapeException.of(
                        "Tensor.at", "the index", Arrays.toString(index), "one inside " + Arrays.toString(shape), "");
            }
            flat = flat * shape[i] + index[i];
        }
        return data.get(flat);
    }

    /** {@return a deep copy} */
    public Tensor copy() {
        return new Tensor(data.copy(), shape);
    }

    @Override
    public String toString() {
        return dtype() + Arrays.toString(shape);
    }
}
