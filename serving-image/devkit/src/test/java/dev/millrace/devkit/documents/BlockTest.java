package dev.millrace.devkit.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BlockTest {

    @Test
    void blocksWithTheirLineAndLanguage() {
        assertThat(Block.of("# A\n```yaml\na: 1\n```\ntext\n```\nx\n```\n"))
                .containsExactly(new Block(3, "yaml", "a: 1\n"), new Block(7, "", "x\n"));
    }

    @Test
    void aFenceThatDoesNotEndIsToldByItsLine() {
        assertThatThrownBy(() -> Block.of("a\n```sh\nb\n")).hasMessage("the block from line 2 does not end");
    }

    @Test
    void commandsAreWholeAndWithoutComments() {
        Block block = new Block(1, "sh", "# first\nmvn verify    # all\n\ncurl a \\\n  -d '# no comment'\n");
        assertThat(block.commands()).containsExactly("mvn verify", "curl a    -d '# no comment'");
    }

    @Test
    void wordsAsAShellSplitsThem() {
        assertThat(Block.words("curl  -d '{\"a\": \"b c\"}' --x=\"y z\" ''"))
                .isEqualTo(List.of("curl", "-d", "{\"a\": \"b c\"}", "--x=y z", ""));
    }
}
