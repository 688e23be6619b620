/*
 * A disk that remembers: preloaded into a process, it writes down in order what happens to the files of one folder, so
 * that tests can say afterwards what a power cut at any moment would have left (tests/chaos/disk.py reads it). It can
 * also let a sync fail or stall, and let a file not grow.
 *
 * DISK_FOLDER is the folder, DISK_LOG the file that is appended to, DISK_ORDERS three 32-bit numbers that are looked at
 * before each call: the errno of every sync, whether syncs stall, the errno of every write that would need more room.
 *
 * A write is noted once it has happened, a sync both before and after: what is noted before a sync began, and only
 * that, has surely been done by it. What is written through a mapping is not seen; neither SQLite nor PostgreSQL does
 * that with what must last.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MOST_PARTS 64

struct orders {
    volatile int32_t sync_errno, sync_stalls, grow_errno;
};

/* As disk.py unpacks it: magic, kind, lengths of the path, of the second path and of the data, offset, number. */
struct head {
    char magic[8];
    uint32_t kind, path, other, data;
    int64_t offset, number;
};

enum kind { CREATE = 1, WRITE, RESIZE, UNLINK, RENAME, MKDIR, SYNC, SYNCED };

static char folder[PATH_MAX];
static size_t folder_length;
static int journal = -1;
static struct orders *orders;
static int64_t serial;

static ssize_t (*real_writev)(int, const struct iovec *, int);

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *watched = getenv("DISK_FOLDER"), *log = getenv("DISK_LOG"), *given = getenv("DISK_ORDERS");
    if (!watched || !log || !given) return;
    real_writev = (ssize_t(*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
    snprintf(folder, sizeof folder, "%s", watched);
    folder_length = strlen(folder);
    int file = open(given, O_RDWR | O_CLOEXEC);
    if (file >= 0) {
        void *there = mmap(NULL, sizeof *orders, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (there != MAP_FAILED) orders = there;
        close(file);
    }
    journal = open(log, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (journal < 0 || !orders) {
        fprintf(stderr, "disk: %s or %s cannot be opened\n", log, given);
        _exit(97);
    }
    /* Out of the way: servers close the low numbers and reuse them. */
    int high = fcntl(journal, F_DUPFD_CLOEXEC, 700);
    if (high >= 0) {
        close(journal);
        journal = high;
    }
}

static int inside(const char *path) {
    return journal >= 0 && strncmp(path, folder, folder_length) == 0 &&
           (path[folder_length] == '/' || path[folder_length] == 0);
}

/* The path of an open file, if it is one of ours and still has a name. */
static int named(int file, char *path) {
    if (journal < 0 || file < 0) return 0;
    char link[40];
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    errno = kept;
    if (length <= 0) return 0;
    path[length] = 0;
    if (length > 10 && strcmp(path + length - 10, " (deleted)") == 0) return 0;
    return inside(path);
}

/* The same for a name, which may be relative to an open folder. */
static int placed(int at, const char *name, char *path) {
    if (journal < 0) return 0;
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return inside(path);
    }
    char parent[PATH_MAX];
    int kept = errno;
    if (at == AT_FDCWD) {
        if (!getcwd(parent, sizeof parent)) return errno = kept, 0;
    } else {
        char link[40];
        snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        ssize_t length = readlink(link, parent, sizeof parent - 1);
        if (length <= 0) return errno = kept, 0;
        parent[length] = 0;
    }
    errno = kept;
    if (snprintf(path, PATH_MAX, "%s/%s", parent, name) >= PATH_MAX) return 0;
    return inside(path);
}

static void note(enum kind kind, const char *path, const char *other, int64_t offset, int64_t number,
                 const struct iovec *parts, int count, size_t size) {
    struct head head = {"DISKNOTE", kind, strlen(path), other ? strlen(other) : 0, size, offset, number};
    struct iovec all[MOST_PARTS + 3];
    int used = 0, kept = errno;
    all[used++] = (struct iovec){&head, sizeof head};
    all[used++] = (struct iovec){(void *)path, head.path};
    if (other) all[used++] = (struct iovec){(void *)other, head.other};
    for (int each = 0; each < count && size; each++) {
        size_t length = parts[each].iov_len < size ? parts[each].iov_len : size;
        all[used++] = (struct iovec){parts[each].iov_base, length};
        size -= length;
    }
    /* One call on a file opened to append: notes of several processes never mix. */
    if (real_writev(journal, all, used) < 0) {
        fprintf(stderr, "disk: a note could not be kept\n");
        _exit(97);
    }
    errno = kept;
}

static void note_name(enum kind kind, const char *path, const char *other) {
    note(kind, path, other, 0, 0, NULL, 0, 0);
}

/* Whether there is no room for it: only what makes a file longer needs any. */
static int refused(int file, int64_t until) {
    char path[PATH_MAX];
    struct stat found;
    if (journal < 0 || !orders->grow_errno || !named(file, path)) return 0;
    if (fstat(file, &found) == 0 && S_ISREG(found.st_mode) && until > found.st_size) {
        errno = orders->grow_errno;
        return 1;
    }
    return 0;
}

static int opened(int at, const char *name, int flags, int file, int was_there) {
    char path[PATH_MAX];
    if (file >= 0 && (flags & (O_CREAT | O_TRUNC)) && placed(at, name, path)) {
        if (!was_there) note_name(CREATE, path, NULL);
        else if (flags & O_TRUNC) note(RESIZE, path, NULL, 0, 0, NULL, 0, 0);
    }
    return file;
}

static int there(int at, const char *name, int flags) {
    struct stat found;
    int kept = errno, is = !(flags & O_CREAT) || journal < 0 || fstatat(at, name, &found, 0) == 0;
    errno = kept;
    return is;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *name, int flags, ...) {
    REAL(open);
    MODE(flags)
    int was = there(AT_FDCWD, name, flags);
    return opened(AT_FDCWD, name, flags, real(name, flags, mode), was);
}

int openat(int at, const char *name, int flags, ...) {
    REAL(openat);
    MODE(flags)
    int was = there(at, name, flags);
    return opened(at, name, flags, real(at, name, flags, mode), was);
}

int open64(const char *name, int flags, ...) {
    MODE(flags)
    return open(name, flags | O_LARGEFILE, mode);
}

int openat64(int at, const char *name, int flags, ...) {
    MODE(flags)
    return openat(at, name, flags | O_LARGEFILE, mode);
}

static void written(int file, int64_t offset, const struct iovec *parts, int count, ssize_t size) {
    char path[PATH_MAX];
    if (size > 0 && named(file, path)) note(WRITE, path, NULL, offset, 0, parts, count, size);
}

static size_t sum(const struct iovec *parts, int count) {
    size_t size = 0;
    for (int each = 0; each < count; each++) size += parts[each].iov_len;
    return size;
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset) {
    REAL(pwrite);
    if (refused(file, offset + size)) return -1;
    ssize_t done = real(file, data, size, offset);
    written(file, offset, &(struct iovec){(void *)data, size}, 1, done);
    return done;
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset) { return pwrite(file, data, size, offset); }

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset) {
    REAL(pwritev);
    if (refused(file, offset + sum(parts, count))) return -1;
    if (count > MOST_PARTS) count = MOST_PARTS; /* a short write, which every caller has to take */
    ssize_t done = real(file, parts, count, offset);
    written(file, offset, parts, count, done);
    return done;
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t offset) {
    return pwritev(file, parts, count, offset);
}

/* Where a write without an offset ended: right also for files that are appended to. */
static void written_here(int file, const struct iovec *parts, int count, ssize_t done) {
    char path[PATH_MAX];
    if (done <= 0 || !named(file, path)) return;
    off_t end = lseek(file, 0, SEEK_CUR);
    if (end >= done) note(WRITE, path, NULL, end - done, 0, parts, count, done);
}

static int refused_here(int file, size_t size) {
    return journal >= 0 && orders->grow_errno && refused(file, lseek(file, 0, SEEK_CUR) + (int64_t)size);
}

ssize_t write(int file, const void *data, size_t size) {
    REAL(write);
    if (refused_here(file, size)) return -1;
    ssize_t done = real(file, data, size);
    written_here(file, &(struct iovec){(void *)data, size}, 1, done);
    return done;
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(writev);
    if (refused_here(file, sum(parts, count))) return -1;
    char path[PATH_MAX];
    if (count > MOST_PARTS && named(file, path)) count = MOST_PARTS;
    ssize_t done = real(file, parts, count);
    written_here(file, parts, count, done);
    return done;
}

int ftruncate(int file, off_t size) {
    REAL(ftruncate);
    int done = real(file, size);
    char path[PATH_MAX];
    if (done == 0 && named(file, path)) note(RESIZE, path, NULL, size, 0, NULL, 0, 0);
    return done;
}

int ftruncate64(int file, off64_t size) { return ftruncate(file, size); }

int truncate(const char *name, off_t size) {
    REAL(truncate);
    int done = real(name, size);
    char path[PATH_MAX];
    if (done == 0 && placed(AT_FDCWD, name, path)) note(RESIZE, path, NULL, size, 0, NULL, 0, 0);
    return done;
}

int posix_fallocate(int file, off_t offset, off_t size) {
    REAL(posix_fallocate);
    struct stat before;
    char path[PATH_MAX];
    if (refused(file, offset + size)) return errno;
    int ours = named(file, path) && fstat(file, &before) == 0;
    int done = real(file, offset, size);
    if (done == 0 && ours && offset + size > before.st_size)
        note(RESIZE, path, NULL, offset + size, 0, NULL, 0, 0);
    return done;
}

int posix_fallocate64(int file, off64_t offset, off64_t size) { return posix_fallocate(file, offset, size); }

static int synced(int file, int (*real)(int)) {
    char path[PATH_MAX];
    if (!named(file, path)) return real(file);
    int64_t number = ((int64_t)getpid() << 32) + __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
    while (orders->sync_stalls) nanosleep(&(struct timespec){0, 1000000}, NULL);
    if (orders->sync_errno) return errno = orders->sync_errno, -1;
    note(SYNC, path, NULL, 0, number, NULL, 0, 0);
    int done = real(file);
    if (done == 0) note(SYNCED, path, NULL, 0, number, NULL, 0, 0);
    return done;
}

int fsync(int file) {
    REAL(fsync);
    return synced(file, real);
}

int fdatasync(int file) {
    REAL(fdatasync);
    return synced(file, real);
}

int unlinkat(int at, const char *name, int flags) {
    REAL(unlinkat);
    char path[PATH_MAX];
    int ours = placed(at, name, path), done = real(at, name, flags);
    if (done == 0 && ours) note_name(UNLINK, path, NULL);
    return done;
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }

int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int renameat(int at, const char *name, int to, const char *other) {
    REAL(renameat);
    char path[PATH_MAX], target[PATH_MAX];
    int ours = placed(at, name, path) && placed(to, other, target), done = real(at, name, to, other);
    if (done == 0 && ours) note_name(RENAME, path, target);
    return done;
}

int rename(const char *name, const char *other) { return renameat(AT_FDCWD, name, AT_FDCWD, other); }

int mkdir(const char *name, mode_t mode) {
    REAL(mkdir);
    char path[PATH_MAX];
    int done = real(name, mode);
    if (done == 0 && placed(AT_FDCWD, name, path)) note_name(MKDIR, path, NULL);
    return done;
}
