package dev.millrace.contract.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchProgressTest {
    @ParameterizedTest
    @CsvSource({
        "1, 0, 999, '0 of 1 file, 900 rows'",
        "8, 3, 2490000, '3 of 8 files, 2 M rows'",
        "8, 3, 0, '3 of 8 files, 0 rows'",
        "120, 50, 56789, '40% of 120 files, 50 k rows'",
        "120, 120, 123456789, '100% of 120 files, 100 M rows'"
    })
    void isCoarse(int files, int done, long rows, String expected) {
        assertThat(new BatchProgress(1, 2, files, done, rows).summary()).isEqualTo(expected);
    }

    @Test
    void isReadAsItIsWritten() {
        BatchProgress progress = new BatchProgress(1, 2, 3, 1, 5);
        assertThat(BatchProgress.decode(progress.encode())).isEqualTo(progress);
        assertThat(BatchProgress.decode("{")).isNull();
    }
}
