package io.socketbox.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.FileStatus;
import io.socketbox.observe.LogFormat;
import io.socketbox.observe.LogSettings;
import io.socketbox.observe.Severity;
import org.junit.jupiter.api.Test;

class LogOptionsTest {
    private enum Option implements CommandOption {
        LOG;

        @Override
        public Text text() {
            return new Text('\0', "log", "X", "");
        }
    }

    @Test
    void namesAreLowerCase() throws UsageException {
        LogOptions options = new LogOptions();
        assertEquals(LogSettings.DEFAULT, options.settings());
        options.format(Option.LOG, "json");
        options.level(Option.LOG, "error");
        assertEquals(new LogSettings(LogFormat.JSON, Severity.ERROR, false), options.settings());
    }

    @Test
    void whatIsNoChoiceIsAnsweredWithTheChoices() {
        UsageException e = assertThrows(UsageException.class, () -> new LogOptions().level(Option.LOG, "INFO"));
        assertEquals("--log INFO: choose one of error, warning, notice, info, debug", e.getMessage());
    }

    @Test
    void theJournalIsKnownByDeviceAndInode() {
        int[] pipe = Descriptors.pipe();
        try {
            FileStatus status = FileCalls.fstat(pipe[1]);
            String stream = status.device() + ":" + status.inode();
            assertTrue(LogOptions.isJournal(stream, pipe[1]));
            assertFalse(LogOptions.isJournal(stream + "0", pipe[1]));
            assertFalse(LogOptions.isJournal(null, pipe[1]));
            assertFalse(LogOptions.isJournal("", pipe[1]));
        } finally {
            Descriptors.close(pipe[0]);
            Descriptors.close(pipe[1]);
        }
        assertFalse(LogOptions.isJournal("1:2", Integer.MAX_VALUE));
    }
}
