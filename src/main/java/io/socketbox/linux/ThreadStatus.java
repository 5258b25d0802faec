package io.socketbox.linux;

import java.util.List;

/**
 * The privileges of one thread, from /proc/self/task/TID/status (proc_pid_status(5)).
 *
 * @param uids real, effective, saved and file system user id
 * @param gids the same of the group
 * @param groups supplementary groups
 * @param inheritable capability set as a bit mask, as the next four
 * @param noNewPrivileges whether execve(2) can give no more than there is
 * @param seccomp 0 none, 1 strict, 2 filter
 */
public record ThreadStatus(
        int threadId,
        String name,
        List<Integer> uids,
        List<Integer> gids,
        List<Integer> groups,
        long inheritable,
        long permitted,
        long effective,
        long bounding,
        long ambient,
        boolean noNewPrivileges,
        int seccomp) {}
