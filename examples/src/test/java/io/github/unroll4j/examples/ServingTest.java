// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.ArrayList;
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
        String shown = source.substring(source.indexOf("import ")).strip();
        String program = source.substring(source.indexOf("public final class"));
        assertThat(Snippets.shownIn("docs/serving.md"))
                .containsExactly(
                        shown,
                        Snippets.region("Serving.java", "end"),
                        Snippets.region(
                                Path.of("../consumers/spring/src/main/java/org/example/Writing.java"), "spring"),
                        Snippets.region("Serving.java", "batch"),
                        Snippets.region("Serving.java", "sessions"));
        assertThat(program.lines().filter(line -> !line.isBlank()).count()).isLessThanOrEqualTo(40);
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
        assertThat(answer.getContentType()).isEqualTo("text/plain;charset=UTF-8");
        assertThat(answer.getHeaderField("Transfer-Encoding")).isEqualTo("chunked");
        assertThat(body(answer)).hasSize(300);
    }

    @Test
    void whatTheModelCannotReadIsTold() throws IOException {
        HttpURLConnection answer = get("1?Xylophone");
        assertThat(answer.getResponseCode()).isEqualTo(400);
        assertThat(refusal(answer)).contains("X");
        for (String noSeed : List.of("one?The", "?The", "favicon.ico")) {
            assertThat(get(noSeed).getResponseCode()).isEqualTo(400);
            assertThat(refusal(get(noSeed))).isEqualTo("Ask /SEED?PRIME, such as /1?The.");
        }
    }

    /** Each client has its first character when the end begins, and gets the other ones. */
    @Test
    void theEndWaitsForAnswersUnderWay() throws IOException, InterruptedException {
        LanguageModel larger =
                LanguageModel.create(model.vocabulary(), new LanguageModelConfig("lstm", 512), Rng.seeded(1));
        HttpServer ended = WriterServer.start(larger, 0);
        List<InputStream> answers = new ArrayList<>();
        for (int seed = 0; seed < CLIENTS; seed++) {
            answers.add(get(ended, seed + "?The%20").getInputStream());
        }
        for (InputStream answer : answers) {
            assertThat(answer.read()).isPositive();
        }
        Serving.end(ended, larger);
        for (InputStream answer : answers) {
            assertThat(answer.readAllBytes()).hasSize(299);
        }
        assertThatThrownBy(() -> larger.generate("The", 1, SamplingPolicy.greedy(), Rng.seeded(1)))
                .isInstanceOf(IllegalStateException.class);
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
        return get(server, path);
    }

    private static HttpURLConnection get(HttpServer from, String path) throws IOException {
        return (HttpURLConnection)
                URI.create("http://localhost:" + from.getAddress().getPort() + "/" + path)
                        .toURL()
                        .openConnection();
    }

    private static String refusal(HttpURLConnection answer) throws IOException {
        answer.getResponseCode();
        try (InputStream said = answer.getErrorStream()) {
            return new String(said.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String body(HttpURLConnection answer) throws IOException {
        try (InputStream body = answer.getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
