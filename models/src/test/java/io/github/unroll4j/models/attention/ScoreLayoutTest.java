// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Sequence;
import org.junit.jupiter.api.Test;

class ScoreLayoutTest {
    private static final Init INIT = Init.glorotUniform();

    @Test
    void aScoreHasANameAndASize() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScoreLayout(" ", 3))
                .withMessageStartingWith("ScoreLayout: the name is ' ' and the size 3, expected a short word");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScoreLayout("mine", 0))
                .withMessageStartingWith("ScoreLayout: the name is 'mine' and the size 0, expected");
    }

    @Test
    void aMapToKeysHasAScoreThatReadsThem() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScoreLayout("mine", 3).withoutKeys().key("U_a", INIT))
                .withMessageStartingWith("ScoreLayout(mine): 'U_a' is declared, expected");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScoreLayout("mine", 3).key("U_a", INIT).withoutKeys())
                .withMessageStartingWith("ScoreLayout(mine): 'withoutKeys' is declared, expected");
    }

    @Test
    void everythingIsDeclaredOnceAndByName() {
        ScoreLayout layout = new ScoreLayout("mine", 3).query("W_a", INIT).key("U_a", INIT);
        layout.vector("v", INIT);
        layout.scratch("v"); // a quantity is no parameter
        assertThatIllegalArgumentException().isThrownBy(() -> layout.query("W_b", INIT));
        assertThatIllegalArgumentException().isThrownBy(() -> layout.key("U_b", INIT));
        assertThatIllegalArgumentException().isThrownBy(() -> layout.vector("v", INIT));
        assertThatIllegalArgumentException().isThrownBy(() -> layout.vector(" ", INIT));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.scratch("v"))
                .withMessageStartingWith("ScoreLayout(mine): 'v' is declared, expected a name, each once");
        assertThat(layout.vectors()).hasToString("[mine.v]");
        assertThat(layout.scratch()).hasToString("[mine.v]");
    }

    @Test
    void nothingIsDeclaredAfterAttentionWasMade() {
        AdditiveScore score = new AdditiveScore(3);
        Parameters.Builder p = Parameters.builder();
        Attention attention = new Attention(score, Focus.global(), 2, 2, p);
        assertThat(attention.name()).isEqualTo("additive");
        assertThatIllegalStateException()
                .isThrownBy(() -> score.layout().vector("late", INIT))
                .withMessageStartingWith("ScoreLayout(additive): late came after attention was made of this layout");
        new Attention(score, Focus.global(), 2, 2, Parameters.builder());
    }

    @Test
    void aHandleOfAnotherLayoutIsNamed() {
        ScoreLayout mine = new ScoreLayout("mine", 3);
        ScoreLayout other = new ScoreLayout("other", 3);
        ScoreLayout.Vector v = other.vector("v", INIT);
        ScoreLayout.Scratch u = other.scratch("u");
        Pairs p = new Pairs(mine, Dtype.FLOAT, 2, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> p.p(v))
                .withMessage(
                        "Pairs: the handle other.v is of another layout, expected one of"
                                + " ScoreLayout(mine); likely cause: a score that makes its layout anew at each call of layout().");
        assertThatIllegalArgumentException().isThrownBy(() -> p.dp(v));
        assertThatIllegalArgumentException().isThrownBy(() -> p.scratch(u));
        assertThatIllegalArgumentException().isThrownBy(() -> p.d(u));
    }

    @Test
    void aMemoryHoldsNumbers() {
        try (Memory memory = new Memory(Dtype.DOUBLE, 4)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> memory.load(Sequence.ids(new int[] {1, 2}, 2, 1), Lengths.full(2, 1)))
                    .withMessage("Memory.load: H is token ids, expected numbers [S,B,M].");
        }
    }
}
