package dev.millrace.contract.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchRunTest {
    private static final BatchRun RUN = new BatchRun("profile", 1_000, 3_500, 990, 4, 6, 900L, null);

    @Test
    void isReadAsItWasWritten() {
        assertThat(BatchRun.decode(RUN.encode())).isEqualTo(RUN);
        BatchRun failed = new BatchRun("profile", 1_000, 3_500, 0, 0, 6, null, "profile.csv: has no column 'x'");
        assertThat(BatchRun.decode(failed.encode())).isEqualTo(failed);
        assertThat(RUN.summary()).isEqualTo("profile: rows=990 rejected=6 superseded=4 seconds=2.50");
    }

    @Test
    void aRecordOfAnotherReleaseIsReadAsFarAsItGoesOrNotAtAll() {
        assertThat(BatchRun.decode(RUN.encode().replaceFirst("\\{", "{\"shards\":3,")))
                .isEqualTo(RUN);
        assertThat(BatchRun.decode("{\"group\":\"profile\"}")).isNull();
        assertThat(BatchRun.decode("not json")).isNull();
    }
}
