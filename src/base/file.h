/* Files: read with a maximum, written so that a crash leaves the old or the new one. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "src/base/buf.h"
#include "src/base/err.h"

/* Reads all of it; longer than out->max is refused. "-" is standard input. */
enum errc file_read(struct buf *out, const char *path, struct err *e);
/* Creates PATH (it must not exist) with 0600, writes, fsyncs file and folder. On failure it is gone. */
enum errc file_write_new(const char *path, const void *data, size_t len, struct err *e);
bool fd_write_all(int fd, const void *data, size_t len); /* EINTR and short writes handled */
/* Makes what was created in, linked into or removed from a folder durable; false sets errno. */
bool folder_sync(const char *folder);
/* mkdir -p with mode for what is made, which is made durable as far as the parent can be read. */
enum errc folder_make(const char *path, mode_t mode, struct err *e);
/* $XDG_DATA_HOME/authrack, $XDG_CONFIG_HOME/authrack (XDG Base Directory); heap text, caller frees. */
char *path_data_home(const char *name) __attribute__((returns_nonnull));
char *path_config_home(const char *name);
char *path_join(const char *folder, const char *name);
char *path_parent(const char *path);

#endif
