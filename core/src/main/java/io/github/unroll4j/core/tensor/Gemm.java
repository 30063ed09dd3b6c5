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
 * more than a whole recurrent step at batch one (docs/adr/0002). The destination comes first, and shares no
 * element with an operand.
 */
public final class Gemm {
    private Gemm() {}

    /**
     * {@code C = A·B}.
     *
     * @param C (Output) [m,n], not transposed
     * @param A (Input) [m,k]
     * @param B (Input) [k,n]
     * @throws ShapeException if shapes or element types do not fit or C is an operand
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
     * @throws ShapeException if shapes or element types do not fit or C is an operand
     */
    public static void mulAddInto(NativeMatrix C, NativeMatrix A, NativeMatrix B) {
        multiply(C, A, B, 1);
    }

    private static void multiply(NativeMatrix C, NativeMatrix A, NativeMatrix B, int beta) {
        requireFit(C, A, B);
        if (C.isEmpty()) {
            return;
        }
        if (A.cols() == 0) { // an empty sum; BLAS would leave the destination as it was
            if (beta == 0) {
                C.zero();
            }
        } else if (C.rows() == 1 && !A.transposed()) {
            multiplyRow(C, A, B, beta);
        } else {
            multiplyMatrix(C, A, B, beta);
        }
    }

    /** {@code c = a·B} as {@code c = Bᵀ a}: BLAS wants the stored shape of B and how to read it. */
    private static void multiplyRow(NativeMatrix C, NativeMatrix A, NativeMatrix B, int beta) {
        int order = B.transposed() ? CblasNoTrans : CblasTrans;
        int rows = B.transposed() ? B.cols() : B.rows();
        int cols = B.transposed() ? B.rows() : B.cols();
        if (C.pointer instanceof FloatPointer c) {
            FloatPointer a = (FloatPointer) A.pointer;
            FloatPointer b = (FloatPointer) B.pointer;
            cblas_sgemv(CblasRowMajor, order, rows, cols, 1f, b, B.stride(), a, 1, beta, c, 1);
        } else {
            DoublePointer a = (DoublePointer) A.pointer;
            DoublePointer b = (DoublePointer) B.pointer;
            DoublePointer c = (DoublePointer) C.pointer;
            cblas_dgemv(CblasRowMajor, order, rows, cols, 1d, b, B.stride(), a, 1, beta, c, 1);
        }
    }

    private static void multiplyMatrix(NativeMatrix C, NativeMatrix A, NativeMatrix B, int beta) {
        int orderA = A.transposed() ? CblasTrans : CblasNoTrans;
        int orderB = B.transposed() ? CblasTrans : CblasNoTrans;
        int m = C.rows();
        int n = C.cols();
        int k = A.cols();
        if (C.pointer instanceof FloatPointer c) {
            FloatPointer a = (FloatPointer) A.pointer;
            FloatPointer b = (FloatPointer) B.pointer;
            cblas_sgemm(CblasRowMajor, orderA, orderB, m, n, k, 1f, a, A.stride(), b, B.stride(), beta, c, C.stride());
        } else {
            DoublePointer a = (DoublePointer) A.pointer;
            DoublePointer b = (DoublePointer) B.pointer;
            DoublePointer c = (DoublePointer) C.pointer;
            cblas_dgemm(CblasRowMajor, orderA, orderB, m, n, k, 1d, a, A.stride(), b, B.stride(), beta, c, C.stride());
        }
    }

    private static void requireFit(NativeMatrix C, NativeMatrix A, NativeMatrix B) {
        boolean shapes = A.rows() == C.rows() && B.rows() == A.cols() && B.cols() == C.cols() && !C.transposed();
        boolean dtypes = A.dtype() == C.dtype() && B.dtype() == C.dtype();
        boolean apart = !C.overlaps(A) && !C.overlaps(B);
        if (!shapes || !dtypes || !apart) {
            throw Shapes.error(
                    "Gemm",
                    "C = A·B",
                    C + " = " + A + " · " + B,
                    "[m, n] = [m, k] · [k, n] with a destination of its own",
                    !shapes ? "" : !dtypes ? "FLOAT and DOUBLE are mixed" : "the destination shares memory with an operand");
        }
        C.owner().requireOpen();
        A.owner().requireOpen();
        B.owner().requireOpen();
    }
}
