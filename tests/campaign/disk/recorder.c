/* A layer between a process and its disk, loaded by LD_PRELOAD: writes down what is done to the files of one folder, in
 * order, and lets a chosen call fail or be the last one of the process. tests/campaign/disk/recorder.py reads it.
 *
 * A record is kind (1 byte), handle (8), offset (8), length (4), then so many bytes:
 *   O opened (its path)  N the same, and the file is new  C cut when opened   W written   T cut to `offset`
 *   S synced             F a sync failed                  R renamed (old \0 new)          U removed (its path)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, CUT = 4, OPEN = 8, NAME = 16 };
enum { MOST = 4096 };

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static size_t length;
static int output = -1, real_syncs;
static int64_t handles[MOST];
static char judged[MOST];
static uint32_t opened;

static int fault_calls, fault_errno, fault_dies;
static long fault_first, fault_times, seen, hit;

#define REAL(type, name, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

/* Watch `path` from now on; `out` gets the records (-1: none). `syncs` says whether the disk is really synced. */
void disk_watch(const char *path, int out, int syncs) {
    strncpy(folder, path, sizeof folder - 1);
    length = strlen(folder);
    output = out;
    real_syncs = syncs;
}

/* Let the calls number `first` to `first + times - 1` of these kinds on the database fail with `error`, or the first of
 * them be the last thing that the process does (`dies`: 1 before it, 2 after it). */
void disk_fault(int calls, long first, long times, int error, int dies) {
    fault_calls = calls, fault_first = first, fault_times = times, fault_errno = error, fault_dies = dies;
    seen = hit = 0;
}

long disk_hits(void) { return hit; }
long disk_calls(void) { return seen; }

static int is_watched(const char *path) {
    return length && !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

static int is_database(const char *path) { return strstr(path + length, "desk.") != NULL; }

static void record(char kind, int64_t handle, int64_t offset, const void *bytes, uint32_t size) {
    if (output < 0) return;
    char head[21];
    head[0] = kind;
    memcpy(head + 1, &handle, 8);
    memcpy(head + 9, &offset, 8);
    memcpy(head + 17, &size, 4);
    struct iovec parts[2] = {{head, sizeof head}, {(void *)bytes, size}};
    if (writev(output, parts, 2) < 0) raise(SIGABRT);
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Whether this call fails; errno is set then. */
static int fails(int call) {
    if (!(fault_calls & call)) return 0;
    seen++;
    if (seen < fault_first || seen >= fault_first + fault_times) return 0;
    hit++;
    if (fault_dies == 1) die();
    if (fault_dies) return 0;
    errno = fault_errno;
    return 1;
}

/* Also after a call that did nothing, as for a file that is not there: it was counted. */
static void after(int call) {
    if (fault_dies == 2 && (fault_calls & call) && seen == fault_first) die();
}

static int is_known(int fd) { return fd >= 0 && fd < MOST && handles[fd]; }

static int open_as(const char *path, int flags, mode_t mode) {
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
    if (!is_watched(path)) return real(path, flags, mode);
    pthread_mutex_lock(&one);
    int fd = -1, database = is_database(path);
    int is_new = (flags & O_CREAT) && access(path, F_OK);
    if (!database || !fails(OPEN)) fd = real(path, flags, mode);
    if (fd >= 0 && fd < MOST) {
        handles[fd] = ((int64_t)getpid() << 32) | ++opened;
        judged[fd] = database;
        record(is_new ? 'N' : (flags & O_TRUNC) ? 'C' : 'O', handles[fd], 0, path, strlen(path));
    }
    if (database) after(OPEN);
    int kept = errno;
    pthread_mutex_unlock(&one);
    errno = kept;
    return fd;
}

#define MODE(flags)                          \
    mode_t mode = 0;                         \
    if ((flags) & (O_CREAT | O_TMPFILE)) {   \
        va_list more;                        \
        va_start(more, flags);               \
        mode = va_arg(more, mode_t);         \
        va_end(more);                        \
    }

int open(const char *path, int flags, ...) { MODE(flags) return open_as(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return open_as(path, flags, mode); }

int openat(int at, const char *path, int flags, ...) {
    MODE(flags)
    if (path[0] == '/') return open_as(path, flags, mode);
    return REAL(int, openat64, int, const char *, int, mode_t)(at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...) {
    MODE(flags)
    if (path[0] == '/') return open_as(path, flags, mode);
    return REAL(int, openat64, int, const char *, int, mode_t)(at, path, flags, mode);
}

int close(int fd) {
    if (fd >= 0 && fd < MOST) handles[fd] = 0;
    return REAL(int, close, int)(fd);
}

static ssize_t write_as(int fd, const void *bytes, size_t size, int64_t offset) {
    ssize_t done = -1;
    pthread_mutex_lock(&one);
    if (!judged[fd] || !fails(WRITE)) {
        if (offset >= 0) {
            done = REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, bytes, size, offset);
        } else {
            done = REAL(ssize_t, write, int, const void *, size_t)(fd, bytes, size);
            offset = lseek64(fd, 0, SEEK_CUR) - done;
        }
        if (done > 0) record('W', handles[fd], offset, bytes, done);
        if (judged[fd]) after(WRITE);
    }
    int kept = errno;
    pthread_mutex_unlock(&one);
    errno = kept;
    return done;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    if (is_known(fd)) return write_as(fd, bytes, size, -1);
    return REAL(ssize_t, write, int, const void *, size_t)(fd, bytes, size);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
    if (is_known(fd)) return write_as(fd, bytes, size, offset);
    return REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, bytes, size, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) { return pwrite64(fd, bytes, size, offset); }

int ftruncate64(int fd, off64_t size) {
    int (*real)(int, off64_t) = REAL(int, ftruncate64, int, off64_t);
    if (!is_known(fd)) return real(fd, size);
    int done = -1;
    pthread_mutex_lock(&one);
    if (!judged[fd] || !fails(CUT)) {
        done = real(fd, size);
        if (!done) record('T', handles[fd], size, "", 0);
        if (judged[fd]) after(CUT);
    }
    int kept = errno;
    pthread_mutex_unlock(&one);
    errno = kept;
    return done;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int sync_as(int fd, int (*real)(int)) {
    if (!is_known(fd)) return real(fd);
    int done = -1;
    pthread_mutex_lock(&one);
    if (judged[fd] && fails(SYNC)) {
        record('F', handles[fd], 0, "", 0);
    } else {
        done = real_syncs ? real(fd) : 0;
        if (!done) record('S', handles[fd], 0, "", 0);
        if (judged[fd]) after(SYNC);
    }
    int kept = errno;
    pthread_mutex_unlock(&one);
    errno = kept;
    return done;
}

int fsync(int fd) { return sync_as(fd, REAL(int, fsync, int)); }
int fdatasync(int fd) { return sync_as(fd, REAL(int, fdatasync, int)); }

int rename(const char *old, const char *new) {
    int (*real)(const char *, const char *) = REAL(int, rename, const char *, const char *);
    if (!is_watched(new)) return real(old, new);
    char both[2 * PATH_MAX];
    pthread_mutex_lock(&one);
    int done = fails(NAME) ? -1 : real(old, new);
    if (!done) {
        int size = snprintf(both, sizeof both, "%s%c%s", old, 0, new);
        record('R', 0, 0, both, size);
    }
    after(NAME);
    int kept = errno;
    pthread_mutex_unlock(&one);
    errno = kept;
    return done;
}

int unlink(const char *path) {
    int (*real)(const char *) = REAL(int, unlink, const char *);
    if (!is_watched(path)) return real(path);
    pthread_mutex_lock(&one);
    int done = fails(NAME) ? -1 : real(path);
    if (!done) {
        record('U', 0, 0, path, strlen(path));
    }
    after(NAME);
    int kept = errno;
    pthread_mutex_unlock(&one);
    errno = kept;
    return done;
}
