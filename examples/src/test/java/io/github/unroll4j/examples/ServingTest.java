// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.text.CharVocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What docs/serving.md shows is compiled, and runs. */
class ServingTest {
    private static final int CLIENTS = 4;

    private LanguageModel model;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        var vocabulary = CharVocabulary.of("The crow found a stone in a jug.\n");
        model = LanguageModel.create(vocabulary, new LanguageModelConfig("lstm", 32), Rng.seeded(1));
        server = WriterServer.start(model, 0);
    }

    @AfterEach
    void stop() {
        server.stop(0);
        ((ExecutorService) server.getExecutor()).shutdown();
        model.close();
    }

    @Test
    void theDocumentShowsTheProgram() throws IOException {
        String source = Files.readString(Path.of("src/main/java/io/github/unroll4j/examples/WriterServer.java"))
                .replace("\r\n", "\n");
        String shown = source.substring(source.indexOf("public final class")).strip();
        assertThat(Snippets.shownIn("docs/serving.md"))
                .containsExactly(
                        shown,
                        Snippets.region(
                                Path.of("../consumers/spring/src/main/java/org/example/Writing.java"), "spring"),
                        Snippets.region("Serving.java", "batch"),
                        Snippets.region("Serving.java", "sessions"));
        assertThat(shown.lines().filter(line -> !line.isBlank()).count()).isLessThanOrEqualTo(40);
    }

    /** All at once, and each gets what the model writes alone with this seed. */
    @Test
    void fourClientsAtOnceGetTheirOwnTexts() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            CyclicBarrier together = new CyclicBarrier(CLIENTS);
            List<Future<String>> answers = IntStream.range(0, CLIENTS)
                    .mapToObj(seed -> clients.submit(() -> {
                        StringBuilder all = new StringBuilder();
                        for (int i = 0; i < 5; i++) {
                            together.await();
                            all.append(body(get(seed + "?The%20")));
                        }
                        return all.toString();
                    }))
                    .toList();
            for (int seed = 0; seed < CLIENTS; seed++) {
                String alone = model.generate("The ", 300, SamplingPolicy.temperature(0.7), Rng.seeded(seed));
                assertThat(answers.get(seed).get()).isEqualTo(alone.repeat(5)).hasSize(1500);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    /** In pieces, whose number and length nobody knows at the start. */
    @Test
    void anAnswerIsStreamed() throws IOException {
        HttpURLConnection answer = get("1");
        assertThat(answer.getResponseCode()).isEqualTo(200);
        assertThat(answer.getHeaderField("Transfer-Encoding")).isEqualTo("chunked");
        assertThat(body(answer)).hasSize(300);
    }

    @Test
    void whatTheModelCannotReadIsTold() throws IOException {
        HttpURLConnection answer = get("1?Xylophone");
        assertThat(answer.getResponseCode()).isEqualTo(400);
        try (InputStream said = answer.getErrorStream()) {
            assertThat(new String(said.readAllBytes(), StandardCharsets.UTF_8)).contains("X");
        }
        assertThat(get("one?The").getResponseCode()).isEqualTo(400);
    }

    @Test
    void promptsAreWrittenOnAsABatch() {
        assertThat(Serving.batch(model, List.of("The", "a crow", "")))
                .hasSize(3)
                .allSatisfy(text -> assertThat(text).hasSize(100))
                .doesNotHaveDuplicates();
    }

    @Test
    void sessionsAnswerAsOneBatch() {
        int[] typed = model.vocabulary().encode("Tha");
        int[] likely = Serving.sessions(model, typed);
        for (int user = 0; user < typed.length; user++) {
            double[] logP = model.session().next(typed[user]);
            assertThat(logP[likely[user]])
                    .isEqualTo(IntStream.range(0, logP.length)
                            .mapToDouble(id -> logP[id])
                            .max()
                            .getAsDouble());
        }
    }

    private HttpURLConnection get(String path) throws IOException {
        return (HttpURLConnection)
                URI.create("http://localhost:" + server.getAddress().getPort() + "/" + path)
                        .toURL()
                        .openConnection();
    }

    private static String body(HttpURLConnection answer) throws IOException {
        try (InputStream body = answer.getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
