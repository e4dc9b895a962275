/* Whole files and paths. Every function here may block on the disk. */
#ifndef DUBAN_BASE_FILE_H
#define DUBAN_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/base/buffer.h"
#include "common/base/error.h"

/* Reads a regular file to the end, behind what *out holds. More than max bytes is ERROR_INPUT. "-" reads stdin. */
__attribute__((warn_unused_result)) enum error_code file_read(const char *path, size_t max, struct buffer *out,
                                                              struct error *err);

/* Replaces the file in one step: temporary file beside it, fsync, rename, fsync of the folder. A reader sees the old
 * bytes or the new, never half. */
__attribute__((warn_unused_result)) enum error_code file_write(const char *path, const void *bytes, size_t len,
                                                               mode_t mode, struct error *err);
/* The same without the two fsync, for files that only describe a running process. */
__attribute__((warn_unused_result)) enum error_code file_write_fast(const char *path, const void *bytes, size_t len,
                                                                    mode_t mode, struct error *err);

/* Makes a folder and all above it; fine when it exists. */
__attribute__((warn_unused_result)) enum error_code file_make_folders(const char *path, mode_t mode, struct error *err);
bool file_exists(const char *path);

/* path itself when absolute, else folder/path ("./x" loses its dot). Gives heap text, NULL without memory. */
char *path_join(const char *folder, const char *path);
char *path_folder(const char *path);     /* "a/b.yaml" → "a", "b.yaml" → "."; heap */
char *path_absolute(const char *path);   /* against the working folder; need not exist; heap */
const char *path_name(const char *path); /* borrows: the part behind the last slash */

#endif
