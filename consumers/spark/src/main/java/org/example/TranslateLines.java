// SPDX-License-Identifier: Apache-2.0
package org.example;

import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Workers;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Translator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkFiles;
import org.apache.spark.api.java.JavaSparkContext;

// [spark]
/** Translates every line of a file, or of all files of a folder: TranslateLines MODEL FROM TO. */
public final class TranslateLines {
    private static Translator translator; // one for the process, so one for all tasks of an executor

    public static void main(String... args) {
        try (JavaSparkContext spark = new JavaSparkContext(new SparkConf().setAppName("translate lines"))) {
            spark.addFile(args[0]); // every executor gets the model file once
            String model = Path.of(args[0]).getFileName().toString();
            spark.textFile(args[1]).mapPartitions(lines -> translated(lines, model)).saveAsTextFile(args[2]);
        }
    }

    private static synchronized Translator translator(String model) {
        if (translator == null) {
            Workers.setThreads(1); // the tasks of Spark are what fills the cores
            System.err.println("The backend started in " + Backend.start().toMillis() + " ms");
            translator = new Translator(Seq2Seq.load(Path.of(SparkFiles.get(model))), true);
        }
        return translator;
    }

    private static Iterator<String> translated(Iterator<String> lines, String model) {
        Translator translator = translator(model);
        return new Iterator<>() { // a batch at a time: a partition may be larger than the memory
            private Iterator<String> batch = Collections.emptyIterator();

            @Override
            public boolean hasNext() {
                return batch.hasNext() || lines.hasNext();
            }

            @Override
            public String next() {
                if (!batch.hasNext()) {
                    List<String> some = new ArrayList<>();
                    do {
                        some.add(lines.next());
                    } while (lines.hasNext() && some.size() < Translator.BATCH);
                    List<Translation> found = translator.translate(some, Decoding.beam(5));
                    batch = IntStream.range(0, some.size())
                            .mapToObj(i -> some.get(i) + "\t" + found.get(i).text())
                            .iterator();
                }
                return batch.next();
            }
        };
    }
}
// [/spark]
