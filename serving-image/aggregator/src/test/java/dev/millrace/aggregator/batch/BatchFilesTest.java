package dev.millrace.aggregator.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchFilesTest {
    @TempDir
    Path dir;

    @BeforeEach
    void files() throws Exception {
        for (String file : List.of(
                "daily/dt=1/b.csv",
                "daily/dt=1/a.csv",
                "daily/dt=2/a.csv.gz",
                "daily/dt=2/notes.txt",
                "daily/_tmp/c.csv",
                "daily/.d.csv",
                "daily/e.csv")) {
            Path path = dir.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, "x");
        }
    }

    private List<String> find(String path) throws SourceException {
        return BatchFiles.find(dir + "/" + path, BatchFormat.CSV).stream()
                .map(file -> dir.relativize(file).toString())
                .toList();
    }

    @Test
    void aDirectoryIsAllThatHasTheEnding() throws Exception {
        assertThat(find("daily"))
                .containsExactly("daily/dt=1/a.csv", "daily/dt=1/b.csv", "daily/dt=2/a.csv.gz", "daily/e.csv");
    }

    @Test
    void aPatternIsWhatItMatchesWhateverTheEnding() throws Exception {
        assertThat(find("daily/dt=*/a.*")).containsExactly("daily/dt=1/a.csv", "daily/dt=2/a.csv.gz");
        assertThat(find("daily/**.csv")).containsExactly("daily/dt=1/a.csv", "daily/dt=1/b.csv", "daily/e.csv");
        assertThat(find("daily/dt=[2-9]/{notes,a}.txt")).containsExactly("daily/dt=2/notes.txt");
        assertThat(find("*/e.csv")).containsExactly("daily/e.csv");
    }

    @Test
    void aFileIsItselfEvenIfItsNameLooksLikeAPattern() throws Exception {
        Files.writeString(dir.resolve("daily/[x].csv"), "x");
        assertThat(find("daily/[x].csv")).containsExactly("daily/[x].csv");
        assertThat(find("daily/dt=2/notes.txt")).containsExactly("daily/dt=2/notes.txt");
    }

    @Test
    void nothingIsSaidByName() {
        assertThatThrownBy(() -> find("daily/*.parquet"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("daily/*.parquet");
        assertThatThrownBy(() -> find("none/*.csv")).isInstanceOf(SourceException.class);
        assertThatThrownBy(() -> find("none.csv"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("none.csv: there is no such file");
        assertThatThrownBy(() -> find("daily/dt={1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("is no pattern");
    }
}
