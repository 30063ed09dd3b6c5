// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Workers;
import io.github.unroll4j.plots.Chart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Shows how the time of a token and the memory of a model grow with each of its sizes, the others kept: a table and a
 * picture each, which replace those of a page.
 *
 * <p>Arguments: seconds a measurement, the page, a folder beside it for its pictures. The page has a line
 * {@value #BEGIN} and a line {@value #END}; what stands between them is made anew.
 */
public final class Growth {
    private static final String BEGIN = "<!-- benchmarks/growth writes from here -->";
    private static final String END = "<!-- to here -->";
    private static final double MEGABYTE = 1 << 20;

    private Growth() {}

    /** A size that grows, in a language model of one LSTM layer whose other sizes stay. */
    private record Size(String name, String meaning, List<Integer> values) {
        static final List<Size> ALL = List.of(
                new Size("B", "rows of a batch", List.of(1, 4, 16, 32, 64, 128, 256)),
                new Size("T", "time steps", List.of(25, 50, 100, 200, 400)),
                new Size("H", "units", List.of(64, 128, 256, 512, 1024)),
                new Size("V", "tokens of the vocabulary", List.of(65, 1000, 5000, 10_000, 20_000, 50_000)));

        private int or(String size, int value, int otherwise) {
            return name.equals(size) ? value : otherwise;
        }

        Problem problem(int value) {
            int hidden = or("H", value, 256);
            return new LanguageCase(
                    name,
                    LanguageCase.CaseCell.LSTM,
                    or("V", value, 65),
                    hidden,
                    hidden,
                    1,
                    or("B", value, 32),
                    or("T", value, 50));
        }
    }

    /** What was measured at one value of a size. */
    private record Point(int value, double one, double two, double nativeMegabytes, double heapMegabytes) {
        static Point measure(Size size, int value, double seconds) {
            Problem problem = size.problem(value);
            double[] micros = new double[2];
            double nativeBytes = 0;
            double heapBytes = 0;
            for (int workers = 1; workers <= 2; workers++) {
                Workers.setThreads(workers);
                long nativeBefore = Backend.held();
                long heapBefore = heap();
                try (Problem.Training training = problem.open(Dtype.FLOAT)) {
                    micros[workers - 1] = Iterations.median(training, seconds) * 1e6 / problem.tokens();
                    if (workers == 1) {
                        nativeBytes = Backend.held() - nativeBefore;
                        heapBytes = heap() - heapBefore;
                    }
                }
            }
            return new Point(value, micros[0], micros[1], nativeBytes / MEGABYTE, heapBytes / MEGABYTE);
        }

        /** Bytes of the heap that somebody holds. */
        private static long heap() {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            return runtime.totalMemory() - runtime.freeMemory();
        }

        String row() {
            return String.format(
                    Locale.ROOT,
                    "| %d | %.2f | %.2f | %.2f | %.1f | %.1f |%n",
                    value,
                    one,
                    two,
                    one / two,
                    nativeMegabytes,
                    heapMegabytes);
        }
    }

    /**
     * Measures and writes.
     *
     * @param args seconds, page, name of the folder for pictures
     * @throws IOException if the page or a picture cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        double seconds = Double.parseDouble(args[0]);
        Path page = Path.of(args[1]);
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END, begin);
        if (begin < 0 || end < 0) {
            throw new IllegalArgumentException(page + ": a line " + BEGIN + " and a line " + END + " were expected.");
        }
        StringBuilder made = new StringBuilder(text.substring(0, begin + BEGIN.length())).append('\n');
        for (Size size : Size.ALL) {
            List<Point> points = new ArrayList<>();
            for (int value : size.values) {
                points.add(Point.measure(size, value, seconds));
                System.out.print(size.name + " " + points.get(points.size() - 1).row());
            }
            made.append(section(size, points, page.resolveSibling(args[2]), args[2]));
        }
        Files.writeString(page, made + text.substring(end));
    }

    private static String section(Size size, List<Point> points, Path folder, String name) throws IOException {
        double[] x = points.stream().mapToDouble(Point::value).toArray();
        String time = "growth-" + size.name.toLowerCase(Locale.ROOT) + ".png";
        new Chart("Time of a token in training, LSTM", size.name + ", " + size.meaning, "microseconds a token")
                .fromZero()
                .curve("1 worker", x, points.stream().mapToDouble(Point::one).toArray())
                .curve("2 workers", x, points.stream().mapToDouble(Point::two).toArray())
                .save(folder.resolve(time));
        String memory = "growth-memory-" + size.name.toLowerCase(Locale.ROOT) + ".png";
        double[] outside = points.stream().mapToDouble(Point::nativeMegabytes).toArray();
        double[] heap = points.stream().mapToDouble(Point::heapMegabytes).toArray();
        double[] sum = IntStream.range(0, x.length)
                .mapToDouble(i -> outside[i] + heap[i])
                .toArray();
        new Chart("Memory of a model in training, LSTM, 1 worker", size.name + ", " + size.meaning, "MiB")
                .fromZero()
                .curve("both", x, sum)
                .curve("native", x, outside)
                .curve("heap", x, heap)
                .save(folder.resolve(memory));
        StringBuilder section = new StringBuilder(String.format(
                Locale.ROOT,
                "%n**%s, %s**%n%n| %s | µs a token, 1 worker | 2 workers | times as fast | native MiB | heap MiB |%n"
                        + "|---|---|---|---|---|---|%n",
                size.name,
                size.meaning,
                size.name));
        points.forEach(point -> section.append(point.row()));
        return section.append(String.format("%n![time of a token by %s](%s/%s)%n", size.name, name, time))
                .append(String.format("![memory by %s](%s/%s)%n%n", size.name, name, memory))
                .toString();
    }
}
