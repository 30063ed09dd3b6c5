// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemv;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Matrix products in native memory, routed by shape: a product with one row is a matrix-vector product.
 *
 * <p>Calls the BLAS that ND4J's CPU backend loads, directly: {@code Nd4j.gemm} costs 10 to 15 µs of wrapping a call,
 * more than a whole recurrent step at batch one (docs/adr/0002). The destination comes first. A destination that
 * shares memory with an operand is the caller's error and is refused when the views start at the same element.
 */
public final class Gemm {
    private Gemm() {}

    /**
     * {@code C = A·B}.
     *
     * @param C (Output) [m,n], not transposed
     * @param A (Input) [m,k]
     * @param B (Input) [k,n]
     * @throws ShapeException if the shapes do not fit or C is an operand
     */
    public static void mulInto(NativeMatrix C, NativeMatrix A, NativeMatrix B) {
        multiply(C, A, B, 0);
    }

    /**
     * {@code C += A·B}.
     *
     * @param C (Accumulated) [m,n], not transposed
     * @param A (Input) [m,k]
     * @param B (Input) [k,n]
     * @throws ShapeException if the shapes do not fit or C is an operand
     */
    public static void mulAddInto(NativeMatrix C, NativeMatrix A, NativeMatrix B) {
        multiply(C, A, B, 1);
    }

    private static void multiply(NativeMatrix C, NativeMatrix A, NativeMatrix B, int beta) {
        int m = C.rows();
        int n = C.cols();
        int k = A.cols();
        if (A.rows() != m || B.rows() != k || B.cols() != n || C.transposed() || C.pointer.address() == A.pointer.address() || C.pointer.address() == B.pointer.address()) {
            throw refuse(C, A, B);
        }
        C.owner().requireOpen();
        A.owner().requireOpen();
        B.owner().requireOpen();
        if (m == 0 || n == 0) {
            return;
        }
        if (m == 1 && !A.transposed()) {
            // y = Bᵀ a: row-major B is [k,n]; BLAS wants the stored shape of B and how to read it
            int order = B.transposed() ? CblasNoTrans : CblasTrans;
            int storedRows = B.transposed() ? n : k;
            int storedCols = B.transposed() ? k : n;
            if (C.pointer instanceof FloatPointer c) {
                cblas_sgemv(CblasRowMajor, order, storedRows, storedCols, 1f, (FloatPointer) B.pointer, B.stride(), (FloatPointer) A.pointer, 1, beta, c, 1);
            } else {
                cblas_dgemv(CblasRowMajor, order, storedRows, storedCols, 1d, (DoublePointer) B.pointer, B.stride(), (DoublePointer) A.pointer, 1, beta, (DoublePointer) C.pointer, 1);
            }
            return;
        }
        int ta = A.transposed() ? CblasTrans : CblasNoTrans;
        int tb = B.transposed() ? CblasTrans : CblasNoTrans;
        if (C.pointer instanceof FloatPointer c) {
            cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1f, (FloatPointer) A.pointer, A.stride(), (FloatPointer) B.pointer, B.stride(), beta, c, C.stride());
        } else {
            cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1d, (DoublePointer) A.pointer, A.stride(), (DoublePointer) B.pointer, B.stride(), beta, (DoublePointer) C.pointer, C.stride());
        }
    }

    private static ShapeException refuse(NativeMatrix C, NativeMatrix A, NativeMatrix B) {
        String cause = C.pointer.address() == A.pointer.address() || C.pointer.address() == B.pointer.address()
                ? "the destination is also an operand"
                : "";
        return Shapes.error("Gemm", "C = A·B", C + " = " + A + " · " + B, "[m, n] = [m, k] · [k, n] with a destination of its own", cause);
    }
}
