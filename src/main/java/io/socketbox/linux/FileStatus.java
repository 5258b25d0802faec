package io.socketbox.linux;

/**
 * What stat(2) says of a file.
 *
 * @param mode type and permission bits
 * @param length of a regular file, bytes; 0 for most others
 */
public record FileStatus(long device, long inode, int mode, int uid, int gid, long length) {
    private static final int TYPE = io.socketbox.bindings.x86_64.linux_h.S_IFMT();

    /** Whether it is a UNIX socket. */
    public boolean isSocket() {
        return (mode & TYPE) == io.socketbox.bindings.x86_64.linux_h.S_IFSOCK();
    }

    /** Whether it is a directory. */
    public boolean isDirectory() {
        return (mode & TYPE) == io.socketbox.bindings.x86_64.linux_h.S_IFDIR();
    }

    /** Whether it is a regular file. */
    public boolean isRegular() {
        return (mode & TYPE) == io.socketbox.bindings.x86_64.linux_h.S_IFREG();
    }

    /** The permission bits, with set-uid, set-gid and sticky. */
    public int permissions() {
        return mode & ~TYPE;
    }

    /** Whether both are the same file. */
    public boolean isSameFile(FileStatus other) {
        return device == other.device && inode == other.inode;
    }
}
