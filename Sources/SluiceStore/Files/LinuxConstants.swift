/// Numbers of the Linux kernel's interface that Swift's Glibc leaves out, the same on x86_64 and arm64.
enum Linux {
    /// open(2): a place in the tree, without the right to read it.
    static let pathOnly: Int32 = 0o10_000_000
    /// fcntl(2): open-file-description locks.
    static let askLock: Int32 = 36
    static let setLock: Int32 = 37
    static let waitLock: Int32 = 38
    /// ioctl(2): one file becomes a copy-on-write clone of another (`FICLONE`).
    static let clone: UInt = 0x4004_9409
    /// mount(2): `MS_NOSUID | MS_NODEV`.
    static let noPrivilegesNoDevices: UInt = 2 | 4
    /// umount2(2): `UMOUNT_NOFOLLOW`.
    static let unmountNoFollow: Int32 = 8
}
